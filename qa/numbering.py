"""Find what numbers things without counting them (ordinals, versions), and the sign of a figure.

`third` and `3rd` are one, `second` is another; `v3.1` is version 3.1 and not 3.2; `−5%` is not 5 %.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.datatypes import Span
from qa.figures import Figure, find_figures

_UNDER_TWENTY = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth
""".split()
_TENS = "twent thirt fort fift sixt sevent eight ninet".split()
_WORDS = {
    **{word: number for number, word in enumerate(_UNDER_TWENTY, start=1)},
    **{f"{ten}ieth": 10 * number for number, ten in enumerate(_TENS, start=2)},
    **{
        f"{ten}y-{word}": 10 * number + unit
        for number, ten in enumerate(_TENS, start=2)
        for unit, word in enumerate(_UNDER_TWENTY[:9], start=1)
    },
}
_ORDINAL = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,4}})(?:st|nd|rd|th)(?!\w)|\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
# 'A third of', 'per second', '30 seconds': a part or a span of time, not a place in a row.
_NO_PLACE = re.compile(r"(?:\b(?:a|one|two|three|four|five|per|each|every|split)|\d)[\s-]$", re.IGNORECASE)
# 'First, …' begins a list of reasons.
_OPENS_LIST = re.compile(r"\s?,")
# What says of a thing which one it is, without an ordinal: 'No. 3', 'Q3', 'Phase 3'.
_NUMBERED = re.compile(r"(?:\b[Nn]o\.?|\b[Nn]umber|#|\bQ|\b[A-Z][a-z]+)\s?(\d{1,4})\b(?![.,]?\d)|\b([1-4])Q\b")
# A token of letters and digits in lower case that is no name by its looks, or a number of three parts and more.
_VERSION = re.compile(
    r"(?<![\w.-])(?:(?:[Vv]ersion|[Rr]elease)\s(?=\d+\.\d)|(?!(?:mid|pre|post|early|late|non)-)[a-z]+[-.]?(?=\d))\w+(?:[.-]\w+)*|(?<![\w.,])\d+(?:\.\d+){2,}(?!\w)"
)
_V = re.compile(r"version\s|release\s|v\.?(?=\d)", re.IGNORECASE)
_MINUS = re.compile(
    r"(?:(?:^|[\s(\[:,;])[-−–][$€£¥]?|(?:^|[\s(\[:,;])[$€£¥][-−–]|\b(?:minus|negative)\s)$", re.IGNORECASE
)
_DOWN = re.compile(
    r"\b(?:f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|declin\w+|decreas\w+|los[etis]\w*|loss(?:es)?|down|lower\w*|less|shr[aiu]nk\w*|"
    r"slump\w*|plung\w+|below|cut|reduc\w+|deficit|contract\w+|slid\w*|tumbl\w+|negative|minus)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in a row, counted from 1, at `text[start:end]`."""

    start: int
    end: int
    text: str
    place: int


def find_ordinals(text: str) -> list[Ordinal]:
    """The ordinals of a text in order, days of a month left out: these are dates."""
    dates = [(figure.start, figure.end) for figure in find_figures(text) if figure.kind == "date"]
    return [
        Ordinal(match.start(), match.end(), match.group(), _place(match))
        for match in _ORDINAL.finditer(text)
        if not _NO_PLACE.search(text, max(0, match.start() - 8), match.start())
        and not _OPENS_LIST.match(text, match.end())
        and not any(start <= match.start() < end for start, end in dates)
    ]


def _place(match: re.Match[str]) -> int:
    return int(match["digits"]) if match["digits"] else _WORDS[match["word"].lower()]


def missing_ordinals(ordinals: Sequence[Ordinal], quotes: Sequence[str]) -> list[str]:
    """The ordinals that no quote has, in words or digits or as a number of its own ('Q3', 'No. 3').

    `first` is missing only where the quotes count and have no first: it is said of much that nobody counts.
    """
    counted = {ordinal.place for quote in quotes for ordinal in find_ordinals(quote)}
    numbered = {int(one or other) for quote in quotes for one, other in _NUMBERED.findall(quote)}
    said = counted | numbered
    return [one.text for one in ordinals if one.place not in said and (one.place > 1 or counted)]


def find_versions(text: str) -> list[Span]:
    """Where versions and other lower-case tokens with digits stand: `v3.1`, `version 3.1`, `python3.11`, `2.0.1`."""
    return [Span(match.start(), match.end()) for match in _VERSION.finditer(text)]


def has_version(version: str, text: str) -> bool:
    """Whether the text has it whole: `v3.1` also stands in 'version 3.1' and in '3.1', never in 'v3.1.2' or 'v3.10'."""
    front = _V.match(version)
    if front:
        wanted = rf"(?:(?<![^\W_])v\.?\s?|(?<![\w.])){re.escape(version[front.end() :])}"
    else:
        wanted = rf"(?<![\w.]){re.escape(version)}"
    return re.search(rf"{wanted}(?!\w|\.\d)", text, re.IGNORECASE) is not None


def is_negative(text: str, figure: Figure) -> bool:
    """Whether a minus sign stands right before the figure; the dash of a range ('5–10') is none."""
    return _MINUS.search(text, max(0, figure.start - 12), figure.start) is not None


def goes_down(text: str) -> bool:
    """Whether the text speaks of a fall or a loss, with which '5 %' says what '−5 %' says without."""
    return _DOWN.search(text) is not None
