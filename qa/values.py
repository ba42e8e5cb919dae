"""Bring short answers to one form, and tell whether two of them are one value told in other words."""

import re
from dataclasses import dataclass
from decimal import Decimal

from qa.bounds import bound_of
from qa.figures import Figure, find_figures, same_figure
from qa.names import stands_in
from qa.terms import FUNCTION_WORDS, words

# What 'about' may be off by, and how far above 'more than' a figure may lie that it stands for.
ABOUT = Decimal("0.03")
JUST_BEYOND = Decimal("0.1")
# Which way a figure may lie that a bound stands for.
_DIRECTION = {"least": 1, "most": -1}
_MANTISSA = re.compile(r"(\d[\d,\u202f\u00a0]*)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Value:
    """A short answer as its text says it. `before` is what stands in front of it, `figure` what it is if it is one."""

    text: str
    before: str = ""
    figure: Figure | None = None


def value_of(text: str, *, before: str = "") -> Value:
    """The value that a short answer gives: its figure where it is little else, else its words."""
    figures = find_figures(text)
    rest = [word for word in words(_without(text, figures)) if word.lower() not in FUNCTION_WORDS]
    # 'Apollo 11' is a name, '11 boats' a count.
    named = any(word[0].isupper() for word in rest)
    alone = len(figures) == 1 and len(rest) <= 3 and not (figures[0].kind == "count" and named)
    if not alone:
        return Value(text, before)
    return Value(text, before + text[: figures[0].start], figures[0])


def _without(text: str, figures: list[Figure]) -> str:
    for figure in reversed(figures):
        text = f"{text[: figure.start]} {text[figure.end :]}"
    return text


def same_value(one: Value, other: Value) -> bool:
    """Whether they are one value: in other words, another unit's scale, another precision, with or without 'about'."""
    if one.figure and other.figure:
        kinds = {one.figure.kind, other.figure.kind}
        if "date" in kinds:
            return _same_date(one.figure, other.figure)
        if "time" in kinds:
            return same_figure(one.figure, other.figure) or same_figure(other.figure, one.figure)
        return one.figure.unit == other.figure.unit and _same_amount(one, other)
    return _same_words(one.text, other.text)


def comparable(one: Value, other: Value) -> bool:
    """Whether they can contradict each other: figures of one kind and unit, or words with words."""
    if one.figure and other.figure:
        if one.figure.kind == other.figure.kind == "time":
            return True
        return (one.figure.kind, one.figure.unit) == (other.figure.kind, other.figure.unit)
    return one.figure is None and other.figure is None


def _same_date(one: Figure, other: Figure) -> bool:
    if one.kind != other.kind:
        return one.value == other.value
    return all(a == b or 0 in (a, b) for a, b in zip(one.date, other.date, strict=True))


def _same_amount(one: Value, other: Value) -> bool:
    assert one.figure
    assert other.figure
    a, b = one.figure.value, other.figure.value
    larger = max(abs(a), abs(b))
    bounds = [bound_of(value.before) for value in (one, other)]
    if {"about", "nearly"} & set(bounds):
        return abs(a - b) <= ABOUT * larger
    limits = [_DIRECTION.get(bound, 0) for bound in bounds]
    if sum(limit != 0 for limit in limits) == 1:
        # How far the plain figure lies beyond the limit, in the limit's own direction.
        beyond = (b - a) * limits[0] if limits[0] else (a - b) * limits[1]
        return 0 <= beyond < JUST_BEYOND * larger
    # Told with other precision: the finer one rounds to the coarser one.
    return abs(a - b) <= max(_precision(one.figure), _precision(other.figure)) / 2


def _precision(figure: Figure) -> Decimal:
    """What the last digit that is written counts: 0.1 million for '5.3 million'; 0 for a number in words."""
    match = _MANTISSA.search(figure.text)
    if match is None:
        return Decimal(0)
    decimals = len(match.group(2) or "")
    mantissa = Decimal(re.sub(r"[,\u202f\u00a0]", "", match.group()))
    return figure.value / mantissa * Decimal(10) ** -decimals if mantissa else Decimal(0)


def _same_words(one: str, other: str) -> bool:
    """One has all the words of the other, they share most, or one is the other's initials."""
    a, b = _content(one), _content(other)
    if not a or not b:
        return one.lower().strip() == other.lower().strip()
    shared = len(a & b)
    short = min(len(a), len(b))
    return shared == short or shared / len(a | b) >= 0.6 or _abbreviates(one, other) or _abbreviates(other, one)


def _abbreviates(one: str, other: str) -> bool:
    """Whether one stands in the other or is its initials; the USA leave out 'of America'."""
    plain = " ".join(_telling(one))
    return stands_in(plain, other) or (plain.replace(".", "") == "USA" and stands_in("US", other))


def _content(text: str) -> frozenset[str]:
    plain = (word.lower().removesuffix("'s").removesuffix("’s").rstrip("s.") for word in _telling(text))
    return frozenset(word for word in plain if word)


def _telling(text: str) -> list[str]:
    """The words that carry meaning; 'World War I' has a number in it, no pronoun."""
    return [word for word in words(text) if word == "I" or word.lower() not in FUNCTION_WORDS]
