"""Brings answers to a form in which they can be compared: SQuAD's words, plain words, and the numbers they state.

The reading of numbers is the evaluation's own and shares no code with `qa`: a scorer that used the code it scores would
be blind to its mistakes.
"""

import re
import string
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
# As answers number their sources: "[01]" is no marker, and "[0]" is one that points to nothing.
_MARKER = re.compile(r"\[(0|[1-9][0-9]*)\]")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+")
_SCALES = {
    **dict.fromkeys(("hundred",), 10**2),
    **dict.fromkeys(("thousand", "k"), 10**3),
    **dict.fromkeys(("million", "mn", "m"), 10**6),
    **dict.fromkeys(("billion", "bn"), 10**9),
    **dict.fromkeys(("trillion", "tn"), 10**12),
}
_NAMES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty"""
_WORDS = {word: number for number, word in enumerate(_NAMES.split())}
# One-letter scales only where they are glued to the digits: in "5 m" the m may be metres.
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:{'|'.join(_WORDS)})\b)"
    r"(?:(?P<glued>[km])\b|[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|mn|bn|tn)\b)?"
    r"(?:\s?(?P<percent>%|percent\b|per cent\b))?"
)


@lru_cache(maxsize=1 << 16)
def squad_words(text: str) -> tuple[str, ...]:
    """The words of SQuAD's `normalize_answer`: lower case, without punctuation and English articles, in that order."""
    return tuple(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


@lru_cache(maxsize=1 << 16)
def plain_words(text: str) -> tuple[str, ...]:
    """The words without case, punctuation and English articles; a number is one word (`1,000.5` → `1000.5`)."""
    words = (match.replace(",", "") for match in _WORD.findall(text.casefold()))
    return tuple(word for word in words if word not in ("a", "an", "the"))


def contains(text: str, phrase: str) -> bool:
    """Whether the phrase's plain words stand in the text one after another; an empty phrase stands nowhere."""
    return bool(_places(plain_words(text), plain_words(phrase)))


def contains_besides(text: str, phrase: str, *, given: Iterable[str]) -> bool:
    """`contains`, after the words of the `given` phrases were struck out: "5" is not in "5 million" besides itself."""
    words = plain_words(text)
    for accounted in sorted(map(plain_words, given), key=len, reverse=True):
        struck = {i + k for i in _places(words, accounted) for k in range(len(accounted))}
        words = tuple("" if i in struck else word for i, word in enumerate(words))
    return bool(_places(words, plain_words(phrase)))


def _places(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where one run of words begins in another; an empty one begins nowhere."""
    last = len(words) - len(wanted)
    return [i for i in range(last + 1) if words[i : i + len(wanted)] == wanted] if wanted else []


@lru_cache(maxsize=1 << 16)
def numbers(text: str) -> frozenset[tuple[Decimal, str]]:
    """The numbers a text states, as (value, "%" or ""): `$53bn`, `53 billion` and `53,000,000,000` are the same."""
    return frozenset(_value(match) for match in _NUMBER.finditer(text.casefold()))


def _value(match: re.Match[str]) -> tuple[Decimal, str]:
    digits = match["digits"].replace(",", "")
    base = Decimal(_WORDS[digits]) if digits in _WORDS else Decimal(digits)
    scale = _SCALES.get(match["glued"] or match["scale"] or "", 1)
    return (base * scale).normalize(), "%" if match["percent"] else ""


def states(text: str, answer: str) -> bool:
    """Whether a text gives an answer: its words stand there, or every number of it does."""
    wanted = numbers(answer)
    return contains(text, answer) or bool(wanted and wanted <= numbers(text))


def markers(text: str) -> list[tuple[int, int, int]]:
    """The citation markers `[n]` of a text as (number, start, end), in order."""
    return [(int(match[1]), match.start(), match.end()) for match in _MARKER.finditer(text)]


def without_markers(text: str) -> str:
    """The text without its citation markers and the blank before each."""
    return re.sub(rf"\s*{_MARKER.pattern}", "", text)
