"""Find where independent sources give different values for what was asked.

This first detection compares figures and dates; names wait for the trained reader. A value is taken from a sentence only
if it is of the kind that the question wants and stands near the question's own words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qa.asking import Question, read_question
from qa.datatypes import Evidence
from qa.figures import Figure, find_figures
from qa.names import find_names
from qa.terms import content_stems, stem

# Sentences that score less than this part of the best one may be about something else.
COMPARABLE_SCORE = 0.2
# The part of the question's words around the leading value that has to stand around another one too.
SAME_SUBJECT = 0.5
# Values closer than this are one value, told with other precision.
TOLERANCE = Decimal("0.02")
_NEAR = 60  # characters on either side of a figure in which the question's words have to occur
_KINDS = {"amount": ("percent", "money", "count"), "percent": ("percent",), "count": ("count",), "date": ("date",)}
# A change and a level are different things: 'grew by $100 billion' does not contradict 'reached $342 billion'.
_CHANGE_BEFORE = re.compile(
    r"\b(?:by|up|down|another|extra|additional|rise of|gain of|increase of)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_LEVEL_BEFORE = re.compile(r"\b(?:to|reach(?:ed|ing|es)?)\s+$", re.IGNORECASE)
_ASKS_CHANGE = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many)\b.*\b(?:rise|fall|gain|grow|jump|drop|increase|decrease|expand|change|surge|lose)\b",
    re.IGNORECASE,
)
_ASKS_LEVEL = re.compile(
    r"^\W*what (?:is|was|are|were)\b(?!.*\b(?:rise|fall|gain|growth|increase|decrease|change)\b)", re.IGNORECASE
)
# A figure over another stretch of time is another figure.
_FRAME = re.compile(
    r"\byear[- ]to[- ]date\b|\bsince (?:the (?:start|beginning)|january|the year|last year)\b|\b(?:per|a|each|every) (?:day|week|month|year|annum|quarter)\b|"
    r"\b(?:daily|weekly|monthly|quarterly|annual(?:ly)?|yearly)\b|\bso far this year\b|\bover the (?:past|last)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:more than|less than|fewer than|at least|at most|up to|as many as|as much as|over|under|above|below|about|around|"
    r"nearly|almost|approximately|roughly|some|close to)\s+(?:a\s+)?$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|on|at|for)\s+(?:the\s+)?((?:[A-Z][\w.&’'-]*)(?:\s+[A-Z][\w.&’'-]*){0,5})|((?:[A-Z]\w+)(?:\s+[A-Z]\w+){0,5})(?:-listed|-traded|\s+(?:shares|stock|listing|market|exchange))"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One value and the evidence, of one or more independent sources, that states it."""

    value: str
    qualifier: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A figure that may be the answer, and which of the question's stems stand around it."""

    figure: Figure
    evidence: Evidence
    around: frozenset[str]


def find_conflict(question: str, evidence: Sequence[Evidence]) -> list[Side]:
    """The sides of a disagreement, the best supported first; empty where the sources agree or say one thing only."""
    asked = read_question(question)
    if asked.wanted not in _KINDS or not evidence:
        return []
    floor = COMPARABLE_SCORE * evidence[0].score
    claims = [claim for item in evidence if item.score >= floor for claim in _claims(asked, item)]
    groups = _grouped(_comparable(claims))
    if len(groups) < 2 or len({claim.evidence.source for group in groups for claim in group}) < 2:
        return []
    # The same source may state two values of different things; that is no disagreement.
    sides = [group for group in groups if not _also_states_another(group, groups)]
    if len(sides) < 2:
        return []
    sides.sort(key=lambda group: (-len({claim.evidence.source for claim in group}), group[0].evidence.number))
    return [_side(group, sides, asked) for group in sides]


def _claims(asked: Question, item: Evidence) -> list[_Claim]:
    """The figures of a sentence that may be what was asked for: right in kind, and near the question's words."""
    text = item.sentence.text
    if _FRAME.search(text) and not _FRAME.search(asked.text):
        return []
    said = {figure.value for figure in asked.figures}
    found = [
        figure
        for figure in find_figures(text)
        if figure.kind in _KINDS[asked.wanted] and figure.value not in said and _same_frame(asked, text, figure)
    ]
    claims = [_Claim(figure, item, _around(asked, text, figure)) for figure in found]
    most = max((len(claim.around) for claim in claims), default=0)
    return [claim for claim in claims if len(claim.around) == most and most][:2]


def _same_frame(asked: Question, text: str, figure: Figure) -> bool:
    """Whether the figure is a change where a change is asked for, and a level where that is."""
    before = _BOUND.sub("", text[max(0, figure.start - 40) : figure.start])
    if _ASKS_LEVEL.search(asked.text) and _CHANGE_BEFORE.search(before):
        return False
    return not (_ASKS_CHANGE.search(asked.text) and _LEVEL_BEFORE.search(before))


def _around(asked: Question, text: str, figure: Figure) -> frozenset[str]:
    """The question's stems around the figure; none where a count is of another thing than the one asked for."""
    stems = set(asked.stems)
    if figure.kind == "count" and not stems & set(content_stems(text[figure.end : figure.end + 40])[:2]):
        return frozenset()
    named = {part for name in asked.names for part in content_stems(name)}
    # The name of the thing alone does not make two figures figures of the same.
    near = content_stems(text[max(0, figure.start - _NEAR) : figure.end + _NEAR])
    return frozenset((stems - named) & set(near))


def _comparable(claims: Sequence[_Claim]) -> list[_Claim]:
    """The claims of the leading one's kind, unit and subject: dollars are not compared with yuan, nor shares with plans."""
    if not claims:
        return []
    lead = min(claims, key=lambda claim: (claim.evidence.number, -len(claim.around), claim.figure.start))
    return [
        claim
        for claim in claims
        if (claim.figure.kind, claim.figure.unit) == (lead.figure.kind, lead.figure.unit)
        and len(claim.around & lead.around) >= SAME_SUBJECT * len(lead.around)
    ]


def _grouped(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    groups: list[list[_Claim]] = []
    for claim in claims:
        home = next((group for group in groups if _agree(group[0].figure, claim.figure)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    return groups


def _agree(one: Figure, other: Figure) -> bool:
    if one.kind == "date":
        return all(a == b or 0 in (a, b) for a, b in zip(one.date, other.date, strict=True))
    return abs(one.value - other.value) <= TOLERANCE * max(abs(one.value), abs(other.value))


def _also_states_another(group: Sequence[_Claim], groups: Sequence[Sequence[_Claim]]) -> bool:
    """Whether every source of this group states a better supported or better scored value of another group."""
    number = min(claim.evidence.number for claim in group)
    better = {
        claim.evidence.source
        for other in groups
        if other is not group and min(claim.evidence.number for claim in other) < number
        for claim in other
    }
    return {claim.evidence.source for claim in group} <= better


def _side(group: Sequence[_Claim], groups: Sequence[Sequence[_Claim]], asked: Question) -> Side:
    first = group[0]
    others = " ".join(claim.evidence.sentence.text for other in groups if other is not group for claim in other)
    # One place a source is enough to show who says so.
    by_source = {claim.evidence.source: claim.evidence for claim in reversed(group)}
    evidence = tuple(sorted(by_source.values(), key=lambda item: item.number))
    return Side(_value_text(first), _qualifier(first, others, asked), evidence)


def _value_text(claim: _Claim) -> str:
    text = claim.evidence.sentence.text
    bound = _BOUND.search(text[: claim.figure.start])
    return text[bound.start() if bound else claim.figure.start : claim.figure.end]


def _qualifier(claim: _Claim, others: str, asked: Question) -> str:
    """A place or market that only this side names, the nearest to its figure."""
    text = claim.evidence.sentence.text
    told = {"the", "a", "this"} | {stem(name) for name in (*asked.names, *find_names(others))}
    # 'in May 1921' is the value itself, and the full stop behind a place is the sentence's.
    found = [
        (abs(match.start() - claim.figure.start), re.sub(r"(?<=\w\w)\.$", "", match.group(1) or match.group(2)))
        for match in _PLACE.finditer(text)
        if match.end() <= claim.figure.start or claim.figure.end <= match.start()
    ]
    own = [(away, place) for away, place in found if not {stem(word) for word in place.split()} & told]
    return min(own)[1] if own else ""
