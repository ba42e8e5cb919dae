"""Find the figures of a text (amounts, percentages, counts, dates, times of day) and bring them to one form to compare.

`$53bn`, `US$53 billion` and `53 billion dollars` are one figure; `roughly 100` and `1,000` are two. Digits that belong
to a name (`Qwen3-Max`, `GPT-4`) are no figure.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qa.bounds import bound_of

Kind = Literal["money", "percent", "count", "date", "time"]

_SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "million": 6, "mn": 6, "m": 6, "mln": 6, "billion": 9, "bn": 9, "b": 9, "bln": 9,
    "trillion": 12, "tn": 12, "t": 12, "trn": 12, "dozen": 0,
}  # fmt: skip
_UNITS = dict(
    zip(
        """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    """.split(),
        [*range(20), 20, 30, 40, 50, 60, 70, 80, 90],
        strict=True,
    )
)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "us dollar": "USD", "us dollars": "USD",
    "u.s. dollars": "USD", "u.s. dollar": "USD", "american dollars": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "pounds sterling": "GBP", "¥": "CNY", "cny": "CNY", "rmb": "CNY",
    "yuan": "CNY", "renminbi": "CNY", "yen": "JPY", "jpy": "JPY", "hk$": "HKD", "hkd": "HKD", "hong kong dollars": "HKD",
    "s$": "SGD", "sgd": "SGD", "singapore dollars": "SGD", "rupees": "INR", "₹": "INR", "won": "KRW", "₩": "KRW",
    "francs": "CHF", "chf": "CHF", "a$": "AUD", "c$": "CAD", "cents": "cent",
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
_MONTH = r"(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b",
        r"\b"
        + _MONTH.format("n")
        + r"\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<y>[12]\d{3}))?\b(?!\s*(?:%|million|billion))",
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?" + _MONTH.format("n") + r"(?:,?\s+(?P<y>[12]\d{3}))?\b",
        r"\b" + _MONTH.format("n") + r",?\s+(?:of\s+)?(?P<y>[12]\d{3})\b",
    )
)
_YEAR = re.compile(
    r"(?<![\w.,$€£¥])(?P<y>1[0-9]\d\d|20\d\d|2100)(?P<decade>s\b)?(?![\w%]|[.,]\d|\s*(?:million|billion|trillion|percent|per cent|%))"
)
# '7:30', '19:30', '7.30 pm', '7 a.m.'; no ratio of more parts, no race's tenths.
_TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w:.,])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?![\w:]|[.,]\d)(?:\s?(?P<half>[ap])\.?m\b\.?)?",
        r"(?<![\w:.,$€£¥-])(?P<h>1[0-2]|0?[1-9])(?:[.:](?P<m>[0-5]\d))?\s?(?P<half>[ap])(?:m\b|\.m\.)",
    )
)
_HALF_A_DAY = 12 * 60
_NUMBER_WORDS = "|".join(sorted([*_UNITS, "hundred"], key=len, reverse=True))
_SCALE = r"hundred|thousand|million|billion|trillion|dozen|mln|bln|trn|mn|bn|tn|k|m|b|t"
_SYMBOL = r"us\$|hk\$|s\$|a\$|c\$|\$|€|£|¥|₹|₩|usd\s?|rmb\s?|eur\s?|gbp\s?|cny\s?|hkd\s?|jpy\s?"
_CURRENCY_WORD = "|".join(re.escape(word) for word in sorted(_CURRENCIES, key=len, reverse=True) if len(word) > 1)
_FIGURE = re.compile(
    # Not inside a word, and no ticker (HKEX: 9988; 'Memory: 192' is one).
    rf"(?<![\w.])(?<!(?-i:[A-Z]{{3}}):)(?<!(?-i:[A-Z]{{3}}):\s)(?P<symbol>(?:{_SYMBOL})\s?)?"
    rf"(?:(?P<digits>\d{{1,3}}(?:[,\u202f\u00a0]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<spelled>\b(?:(?:a\s+)?(?:{_NUMBER_WORDS})(?:[-\s](?:and\s+)?(?:{_NUMBER_WORDS}))*)\b|\b(?:half\s+)?a(?=\s+(?:hundred|thousand|million|billion|trillion|dozen)\b)))"
    rf"(?:[\s-]?(?P<scale>{_SCALE})s?(?![\w]))?"
    rf"(?:\s*(?P<percent>%|percent\b|per\s+cent\b|percentage\s+points?\b)|[\s-]*(?P<word>{_CURRENCY_WORD})\b)?"
    # '21st', '10x', '1.5km', '192GB': the figure counts, whatever it is glued to.
    rf"(?:st|nd|rd|th|(?-i:[a-zµ]{{1,6}}|[KMGTP]i?B(?:ps)?|[KMGT]bps|[kMGT]?Wh?|[kMGT]?Hz|m?Ah|°[CF]))?(?!\w)",
    re.IGNORECASE,
)
# The compound that a hyphen joins to what follows: 'GPT-' in 'GPT-4' is a name's, 'mid-' and '5-' are not.
_COMPOUND = re.compile(r"[^\W_][\w.]*(?:[-–][\w.]+)*[-–]$")
# A number of more digits is no figure of a person's; all of them are compared as one.
_LARGEST = Decimal(10) ** 400


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure where it stands: `value` in units of `unit`, or for a date (year, month, day) with 0 for unknown.

    The value of a time is in minutes of the day; its unit is `clock` where it is certain which half of the day is meant.
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: Decimal
    unit: str = ""
    date: tuple[int, int, int] = (0, 0, 0)


def find_figures(text: str) -> list[Figure]:
    """The figures of `text` in order of their place; they do not overlap."""
    # One mark a character: a table of a hundred thousand dates is read once.
    taken = bytearray(len(text))
    found = _dates(text, taken) + _times(text, taken)
    for match in _FIGURE.finditer(text):
        if not any(taken[match.start() : match.end()]) and not _belongs_to_name(text, match.start()):
            found.append(_figure(match))
    return sorted(found, key=lambda figure: figure.start)


def same_figure(claimed: Figure, stated: Figure) -> bool:
    """Whether a stated figure bears out a claimed one: equal value, and a unit that the claim does not make up.

    A claim may be less specific than the source (53 billion for $53 billion, 2025 for 24 September 2025), never more.
    """
    if claimed.kind == "date" or stated.kind == "date":
        return _same_date(claimed, stated)
    if claimed.kind == "time" or stated.kind == "time":
        return _same_time(claimed, stated)
    if claimed.value != stated.value:
        return False
    return claimed.kind == "count" or (claimed.kind == stated.kind and claimed.unit == stated.unit)


def bound(text: str, figure: Figure) -> Literal["", "least", "most"]:
    """Whether the text gives the figure as a lower bound ('over', 'at least'), an upper one ('up to'), or as it is."""
    found = bound_of(text[: figure.start], text[figure.end :])
    if found == "nearly":
        return "most"
    return "" if found == "about" else found


def _same_date(claimed: Figure, stated: Figure) -> bool:
    if claimed.kind != stated.kind:
        # A year may be read as a count ("in 2030" / "2030 cars"): the digits decide. A day or month cannot.
        date, other = (claimed, stated) if claimed.kind == "date" else (stated, claimed)
        plain = other.kind == "count" and bool(date.value) and not date.unit
        return plain and other.value == date.value and not (date is claimed and any(date.date[1:]))
    if claimed.unit == "decade":
        return stated.date[0] // 10 == claimed.date[0] // 10
    return (
        not stated.unit
        and any(claimed.date)
        and all(a in (0, b) for a, b in zip(claimed.date, stated.date, strict=True))
    )


def _same_time(claimed: Figure, stated: Figure) -> bool:
    """'7:30' is '19:30' told with less, not the other way round; an hour may be said without its minutes ('at 7')."""
    if {claimed.kind, stated.kind} == {"time", "count"}:
        time, hour = (claimed, stated) if claimed.kind == "time" else (stated, claimed)
        certain = time is claimed and time.unit
        return not certain and hour.value <= 24 and (time.value - hour.value * 60) % _HALF_A_DAY == 0
    if claimed.kind != stated.kind or (claimed.unit and not stated.unit):
        return False
    return (claimed.value - stated.value) % (2 * _HALF_A_DAY if claimed.unit else _HALF_A_DAY) == 0


def _belongs_to_name(text: str, start: int) -> bool:
    """Whether a hyphen joins what begins at `start` to a name: '4' in 'GPT-4', but not in 'mid-4' or '3-4'."""
    found = _COMPOUND.search(text, max(0, start - 40), start)
    return found is not None and found.group()[0].isalpha() and any(sign.isupper() for sign in found.group())


def _dates(text: str, taken: bytearray) -> list[Figure]:
    """The dates of `text`; the characters that they take up are marked."""
    found: list[Figure] = []
    for pattern in (*_DATES, _YEAR):
        for match in pattern.finditer(text):
            date = _date(match)
            if date and not _belongs_to_name(text, match.start()) and _take(taken, match):
                unit = "decade" if match.groupdict().get("decade") else ""
                found.append(Figure(match.start(), match.end(), match.group(), "date", Decimal(date[0]), unit, date))
    return found


def _take(taken: bytearray, match: re.Match[str]) -> bool:
    """Mark the characters of the match, unless an earlier figure has some of them."""
    if any(taken[match.start() : match.end()]):
        return False
    taken[match.start() : match.end()] = b"\x01" * len(match.group())
    return True


def _times(text: str, taken: bytearray) -> list[Figure]:
    """The times of day; the characters that they take up are marked."""
    found: list[Figure] = []
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            if _take(taken, match):
                minutes, unit = _minutes(match)
                found.append(Figure(match.start(), match.end(), match.group(), "time", Decimal(minutes), unit))
    return found


def _minutes(match: re.Match[str]) -> tuple[int, str]:
    """Minutes since midnight, and `clock` where the text says which half of the day, or the hour does."""
    hour, minute, half = int(match["h"]), int(match["m"] or 0), (match["half"] or "").lower()
    if half and 1 <= hour <= 12:
        return hour % 12 * 60 + minute + (_HALF_A_DAY if half == "p" else 0), "clock"
    certain = hour > 12 or match["h"][0] == "0"
    return hour * 60 + minute, "clock" if certain else ""


def _date(match: re.Match[str]) -> tuple[int, int, int] | None:
    parts = match.groupdict()
    month = _MONTHS[parts["n"].lower()] if parts.get("n") else int(parts.get("m") or 0)
    day = int(parts.get("d") or 0)
    # "may 5" in running text is a verb and a count unless it is written like a month.
    if parts.get("n") == "may" or month > 12 or day > 31:
        return None
    return int(parts.get("y") or 0), month, day


def _figure(match: re.Match[str]) -> Figure:
    scale = (match["scale"] or "").lower()
    value = _spelled(match["spelled"]) if match["spelled"] else _number(match["digits"])
    value = value * 12 if scale == "dozen" else value * Decimal(10) ** _SCALES.get(scale, 0)
    currency = _CURRENCIES.get((match["symbol"] or match["word"] or "").strip().lower(), "")
    value = min(value, _LARGEST)
    kind: Kind = "percent" if match["percent"] else "money" if currency else "count"
    unit = "%" if match["percent"] else currency
    return Figure(match.start(), match.end(), match.group(), kind, value.normalize() if value else Decimal(0), unit)


def _number(digits: str) -> Decimal:
    return min(Decimal(re.sub(r"[,\u202f\u00a0]", "", digits)), _LARGEST)


def _spelled(text: str) -> Decimal:
    """'twenty-six' is 26, 'two hundred and five' 205, the article in 'a million' 1, 'half a' 0.5."""
    if text[:4].lower() == "half":
        return Decimal("0.5")
    total = 0
    for word in re.split(r"[-\s]+", text.lower()):
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _UNITS.get(word, 0)
    return Decimal(total if text.lower().strip() != "a" else 1)
