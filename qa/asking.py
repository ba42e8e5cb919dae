"""Read the question: what kind of answer it wants, and which things it names."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.figures import Figure, Kind, find_figures
from qa.names import find_names
from qa.terms import content_stems

Wanted = Literal["amount", "percent", "count", "date", "name", "reason", "advice", "any"]

_PATTERNS: tuple[tuple[Wanted, str], ...] = (
    (
        "advice",
        r"^\W*(?:should|ought|shall|would you recommend|do you (?:think|recommend))\b.*\b(?:i|we|you|one|investors?)\b"
        # What a thing is worth is a figure; whether it is worth buying is advice.
        r"|^\W*(?:is|are|would|will)\b.{1,60}?\b(?:worth (?:buying|selling|holding|keeping|investing|the (?:risk|money))|"
        r"(?:an? )?(?:good|better|safe|safer|smart|wise|bad) (?:investment|buy|bet)|(?:good|right|bad) (?:time|moment) to (?:buy|sell|invest))\b",
    ),
    (
        "percent",
        r"\b(?:what|which) (?:percentage|percent|per cent|share|proportion|fraction|rate)\b|\bby how many per\s?cent",
    ),
    (
        "count",
        r"\bhow many\b|\b(?:what|which) (?:is |was |were )?(?:the )?(?:total )?(?:number|count|population|total(?= (?:of|for)\b|\W*$))\b",
    ),
    (
        "amount",
        r"\bhow (?:much|large|big|high|tall|long|far|deep|heavy|fast|old|expensive|wide)\b|\bwhat (?:is|was|were|are) .{0,60}"
        r"\b(?:price|cost|value|capitali[sz]ation|revenues?|sales|profits?|income|gain|budget|salary|size|height|length|worth|"
        r"amount|increase|rise|growth|loss|turnover|valuation|stake|temperature|speed|weight|fee|rent|deposit|fine|limit|"
        r"premium|wage|pension|debt|dividend)\b",
    ),
    (
        "date",
        r"^\W*when\b|\b(?:what|which|in what|by which|by what) (?:\w+ )?(?:year|date|day|month|century|decade|time)\b|\bhow (?:recently|long ago)\b"
        r"|\b(?:since|until|till|from|by) when\b",
    ),
    (
        "name",
        r"\b(?:who|whom|whose)\b|^\W*where\b|\b(?:which|what) (?:\w+ )?(?:company|person|people|country|countries|city|cities|place|team|group|"
        r"organi[sz]ation|conference|model|models|product|products|region|firm|university|state|bank|agency)\b",
    ),
    ("reason", r"^\W*(?:why|how (?:do|does|did|can|could|is|are|was|were|has|have|will|would))\b"),
)
# The kinds of figure that answer each wish for one.
FIGURE_KINDS: dict[str, tuple[Kind, ...]] = {
    "amount": ("percent", "money", "count"),
    "percent": ("percent",),
    "count": ("count",),
    "date": ("date", "time"),
}
_WANTED = tuple((wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in _PATTERNS)


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. `stems` are those of its content words, `names` the things it names."""

    text: str
    wanted: Wanted
    stems: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[Figure, ...]


_SEVERAL = re.compile(
    r"^\W*(?:why|explain|describe|list|name (?:the|some|all|any|two|three|four|five)|compare|summari[sz]e|tell me|outline)\b"
    r"|^\W*how (?:do|does|did|can|could|is|are|was|were|has|have|had|will|would|should|come)\b|\b(?:differ|differs|differences?|compared?|versus|vs)\b"
    r"|\b(?:what|which) (?:are|were|\w*[^\Ws]s (?:are|were|do|did|have|has|can|will|would|does))\b"
    r"|\b(?:what|which) (?:[\w-]+ ){1,2}\w*[^\Ws]s (?:are|were|do|have)\b"
    r"|\b(?:reasons|steps|ways|factors|advantages|disadvantages|benefits|features|types|kinds|examples|causes|effects|ingredients|symptoms)\b",
    re.IGNORECASE,
)


# The words of a title say nothing of what is asked for: "Giant Steps".
_QUOTED = re.compile(r"(?<=\w )[\"“«][^\"”»]*[\"”»]")


def wants_several(text: str) -> bool:
    """Whether one fact is no full answer: why, how, lists and comparisons."""
    one = read_question(text).wanted in FIGURE_KINDS
    return not one and _SEVERAL.search(_QUOTED.sub("", text)) is not None


@lru_cache(maxsize=256)
def read_question(text: str) -> Question:
    """Take a question apart by its words alone; no model is asked."""
    wanted: Wanted = next((wanted for wanted, pattern in _WANTED if pattern.search(text)), "any")
    return Question(
        text=text,
        wanted=wanted,
        stems=tuple(content_stems(text)),
        names=tuple(find_names(text)),
        figures=tuple(find_figures(text)),
    )


def lacks_figure(question: Question, text: str) -> bool:
    """Whether a figure or date is wanted and `text` has none; a name is too easily missed to be held to it."""
    return question.wanted in FIGURE_KINDS and has_wanted(question, text) is False


def has_wanted(question: Question, text: str) -> bool | None:
    """Whether `text` has something of the kind that is wanted and that the question does not say itself.

    None where the question does not tell what kind that is.
    """
    if question.wanted in {"any", "reason", "advice"}:
        return None
    if question.wanted == "name":
        said = question.text.lower()
        return any(name.lower() not in said for name in find_names(text))
    asked = {figure.value for figure in question.figures}
    return any(
        figure.kind in FIGURE_KINDS[question.wanted] and figure.value not in asked for figure in find_figures(text)
    )
