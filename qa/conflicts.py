"""Find where documents give different values for what was asked: group the claims by value, keep those that contradict."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.asking import Question, read_question, wants_several
from qa.claims import Claim, find_claims
from qa.comparing import FITTED, Visible, contradiction, signals
from qa.datatypes import Evidence
from qa.loaded import is_loaded
from qa.odds import chance, log_odds
from qa.offices import names_office
from qa.qualifying import qualifier, value_text
from qa.stating import borne
from qa.supporting import MOST_SURE
from qa.values import comparable, same_value
from qa.verifying import SupportJudge

# The chance from which a document is heard for a second value: of two dates the second may be the one that was asked for.
# Of the ten values of development questions that are shown for it eight are right; from 0.5 on it would be every second.
_AGAIN = 0.6
# How many other values are raised beside a leading one whose sentence is loaded.
RAISED = 2

# What is claimed for one value, the best scored sentence first.
Claims = tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One value and the evidence, of one or more independent sources, that states it."""

    value: str
    qualifier: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Rivals:
    """What is claimed for the leading value, and for every other value that could contradict it."""

    lead: Claims
    others: tuple[Claims, ...] = ()


def find_conflict(
    question: str, evidence: Sequence[Evidence], *, visible: Visible, judge: SupportJudge | None = None
) -> list[Side]:
    """The sides of a disagreement, the best supported first; empty where the sources agree or say one thing only.

    `visible` gives a document's text without its debris; `judge` says whether a sentence bears its value out as the answer.
    """
    asked = read_question(question)
    found = find_rivals(asked, evidence)
    if found is None:
        return []
    loaded = FITTED["loaded"] if is_loaded(found.lead[0].evidence.sentence, evidence) else 0.0
    chances = [_chance(asked, found.lead, one, visible, judge, room=loaded) for one in found.others]
    chances = against_loaded(chances, by=loaded)
    beside = _beside(found, chances)
    groups = sorted([found.lead, *beside], key=lambda group: (-len(_sources(group)), group[0].evidence.number))
    return [_side(asked, group, groups) for group in groups] if beside else []


def claim_borne(asked: Question, claims: Sequence[Claim], judge: SupportJudge) -> float:
    """The log-odds, within ±6, that the best claim's sentence bears out its value as the answer."""
    best = claims[0]
    return borne(asked.text, best.value.text.strip(), best.evidence.sentence.surroundings.strip(), judge)


def _chance(
    asked: Question, lead: Claims, other: Claims, visible: Visible, judge: SupportJudge | None, *, room: float
) -> float:
    """The chance that both contradict each other; the judge is asked only where its word could matter.

    `room` is what the log-odds may still be raised by.
    """
    values = signals(asked, lead, other, visible=visible)
    most = log_odds(contradiction(values | {"borne": MOST_SURE})) + room
    if judge is not None and chance(most) >= FITTED["further"]:
        values["borne"] = claim_borne(asked, other, judge)
    return contradiction(values)


def against_loaded(chances: Sequence[float], *, by: float) -> list[float]:
    """The chances with the highest two raised by log-odds of `by`, as where the leading value's sentence is loaded.

    Who calls it unexpected knows that others say something else, and who praises is less careful of what is so: what the
    others say is probably among the likeliest.
    """
    highest = likeliest(chances)
    return [chance(log_odds(one) + by) if at in highest else one for at, one in enumerate(chances)]


def likeliest(chances: Sequence[float]) -> list[int]:
    """The places of the chances that are raised beside a loaded leading value, the highest first."""
    return sorted(range(len(chances)), key=lambda at: -chances[at])[:RAISED]


def _beside(found: Rivals, chances: Sequence[float]) -> list[Claims]:
    """What contradicts the leading value, the likeliest first; a document is seldom heard twice, a sentence never."""
    if max(chances, default=0.0) < FITTED["threshold"]:
        return []
    ordered = sorted(zip(chances, found.others, strict=True), key=lambda pair: (-pair[0], _place(pair[1])))
    heard, sentences, kept = _documents(found.lead), _sentences(found.lead), list[Claims]()
    for likely, group in ordered:
        # Where two values contradict each other, the question has more than one answer: a third takes less to be believed.
        least = _AGAIN if _documents(group) <= heard else FITTED["further"]
        if likely >= least and not _sentences(group) <= sentences:
            kept.append(group)
            heard |= _documents(group)
            sentences |= _sentences(group)
    return kept


def find_rivals(asked: Question, evidence: Sequence[Evidence]) -> Rivals | None:
    """The claims by value, compared with the leading one; None where nothing is claimed, or one fact is no answer."""
    if asked.wanted in {"reason", "advice"} or wants_several(asked.text):
        return None
    claims = find_claims(asked, evidence)
    if not claims:
        return None
    # Of one sentence's figures the marked one leads, then the one with most of the question's words around it.
    lead = min(claims, key=lambda claim: (claim.evidence.number, not claim.marked, -len(claim.around), claim.start))
    rivals = (one for one in claims if one is not lead and comparable(one.value, lead.value))
    groups = _grouped([lead, *(one for one in rivals if names_office(asked.text, one.evidence.sentence.surroundings))])
    first, *others = (tuple(group) for group in groups)
    # The same document may state two values of different things; that is no disagreement. A reprint that differs in the
    # value is one: it was corrected, or tampered with.
    return Rivals(first, tuple(group for group in others if not _documents(group) <= _documents(first)))


def _grouped(claims: Sequence[Claim]) -> list[list[Claim]]:
    groups: list[list[Claim]] = []
    for claim in claims:
        home = next((group for group in groups if same_value(group[0].value, claim.value)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    return groups


def _documents(group: Claims) -> set[int]:
    return {key for claim in group for key in claim.documents}


def _sentences(group: Claims) -> set[tuple[int, int]]:
    """By document and where they begin; two figures of one sentence are figures of two things."""
    stated = (place for claim in group for place in (claim.evidence.sentence, *claim.evidence.also))
    return {(place.document_key, place.start) for place in stated}


def _place(group: Sequence[Claim]) -> tuple[int, int]:
    """Where a value is first stated: one sentence may state two."""
    return min((claim.evidence.number, claim.start) for claim in group)


def _sources(group: Sequence[Claim]) -> set[int]:
    return {claim.evidence.source for claim in group}


def _side(asked: Question, group: Sequence[Claim], groups: Sequence[Sequence[Claim]]) -> Side:
    others = "\n".join(
        claim.evidence.sentence.surroundings for other in groups if other is not group for claim in other
    )
    # One place an independent source is enough to show who says so.
    by_source = {claim.evidence.source: claim.evidence for claim in reversed(group)}
    evidence = tuple(sorted(by_source.values(), key=lambda item: item.number))
    return Side(value_text(group[0]), qualifier(asked, group[0], others), evidence)
