"""Cut the citable text of a document into sentences, as spans: nothing is copied, trimmed characters stay outside.

Rules instead of a model, because a quote is shown to a person: every cut can be explained, and offsets are exact by
construction. Masked stretches end a sentence; so do blank lines, list items and headings. A single line break is white
space where the text is wrapped by hand (as in e-mail, Markdown and PDF) and a paragraph break where it is not.
"""

import re
from collections.abc import Iterator, Sequence

from index.datatypes import Mask, Span

# Always followed by a name or a number: a full stop behind them never ends a sentence.
_TITLES = frozenset(
    """
    mr mrs ms dr prof st sr gen col lt maj capt sgt cpl cmdr adm gov sen rep rev hon pres supt messrs mme mlle
    no nos fig figs eq vol vols pp ch sec art vs viz cf eg ie al ed eds ca approx dept nr bd bros
    """.split()
)
# May stand inside a sentence or end it: they end it when what follows looks like a beginning.
_ABBREVIATIONS = frozenset(
    """
    inc ltd co corp llc plc gmbh ag sa nv u.s u.k u.n e.u u.s.a d.c p.m a.m etc jr sr ph.d m.d b.a m.a est dist
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave blvd rd mt ft i.e e.g a.k.a
    """.split()
)
_BEGINNINGS = frozenset(
    """
    the a an it he she they we i you this that these those in on at for by to from of with as if when while
    where after before since although though but and or so yet however moreover also its his her their our my
    there here one two some many most each every no not what who how why which under over during according
    despite meanwhile both all another other such then now today
    """.split()
)
# Possessive, and never begun inside a run of stops: a megabyte of full stops is read once.
_TERMINAL = re.compile(r"(?<![.!?…])([.!?…]++|[。！？]++)([\"'”’»)\]」』）】]*+)(?=\s|$|(?<=[。！？]))")
_OPENING = re.compile(r"[\s\"'“‘«(\[`]*")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•‣◦–]|\d{1,3}[.)]|[a-zA-Z][.)]|#{1,6}|\|)[ \t]")
_NEWLINE = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_STRAY = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\ufeff\u200b\x00.,;:!?)]"


def split_sentences(text: str, *, masks: Sequence[Mask] = ()) -> list[Span]:
    """The sentences of `text` outside `masks` (sorted, disjoint), in order; none is empty or starts with white space."""
    width = _wrap_width(text)
    return [
        sentence
        for stretch in _unmasked(text, masks)
        for block in _blocks(text, stretch, width)
        for sentence in _sentences(text, block)
    ]


def _unmasked(text: str, masks: Sequence[Mask]) -> Iterator[Span]:
    place = 0
    for mask in masks:
        if place < mask.start:
            yield Span(place, mask.start)
        place = max(place, mask.end)
    if place < len(text):
        yield Span(place, len(text))


def _wrap_width(text: str) -> int:
    """The column at which the text is wrapped by hand, 0 where lines are whole paragraphs.

    Wrapped text has many lines of nearly one length between 40 and 130; the ninth decile is taken for the width.
    """
    lengths = sorted(len(line.rstrip()) for line in text[:200_000].splitlines() if line.strip())
    if len(lengths) < 4:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    full = sum(0.75 * width <= length <= 1.15 * width for length in lengths)
    return width if 40 <= width <= 130 and full >= 0.4 * len(lengths) else 0


def _blocks(text: str, stretch: Span, width: int) -> Iterator[Span]:
    """Paragraphs, list items and headings: the stretch cut at every line break that is not mere wrapping."""
    start, line_start = stretch.start, stretch.start
    for newline in _NEWLINE.finditer(text, stretch.start, stretch.end):
        if _is_break(text, line_start, newline, stretch.end, width):
            yield Span(start, newline.start())
            start = newline.end()
        line_start = newline.end()
    yield Span(start, stretch.end)


def _is_break(text: str, line_start: int, newline: re.Match[str], end: int, width: int) -> bool:
    line = text[line_start : newline.start()].strip()
    following = text[newline.end() : min(end, newline.end() + 80)]
    if not line or not following.strip() or _NEWLINE.match(following) or _LIST_ITEM.match(following):
        return True
    if line.startswith(("#", "|")) or following[:1] in "|#" or not following.lstrip(" \t"):
        return True
    if following.lstrip()[:1].islower() and line[-1] not in ".!?:":
        return False
    return not (width and len(line) >= 0.7 * width)


def _sentences(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for terminal in _TERMINAL.finditer(text, block.start, block.end):
        if _ends_sentence(text, start, terminal, block.end):
            yield from _trimmed(text, start, terminal.end())
            start = terminal.end()
    yield from _trimmed(text, start, block.end)


def _ends_sentence(text: str, start: int, terminal: re.Match[str], end: int) -> bool:
    opening = _OPENING.match(text, terminal.end(), end)
    following = text[opening.end() : min(end, opening.end() + 30)] if opening else ""
    if not following or terminal.group(1)[0] in "。！？":
        return True
    if following[0].islower() and not re.match(r"[a-z]+[A-Z]", following):
        return False
    if terminal.group(1) != "." or terminal.group(2):
        return True
    return not _is_abbreviation(text[max(start, terminal.start() - 24) : terminal.start()], following)


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether the full stop after `before` belongs to its last word rather than to the sentence."""
    word = re.split(r"[\s(\[\"'“‘/]", before)[-1].lower()
    starts_anew = re.split(r"\W", following, maxsplit=1)[0].lower() in _BEGINNINGS
    if word in _TITLES:
        # 'No.' is a title before a number and an answer before anything else.
        return (
            word not in {"no", "nos", "art", "ed", "al"} or following[0].isdigit() or (word == "al" and not starts_anew)
        )
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return not starts_anew
    if re.fullmatch(r"\d{1,3}|[ivxlc]{1,4}", word) and len(before.strip()) == len(word):
        return True  # the number of a list item
    return bool(re.fullmatch(r"(?:[a-z]\.)+[a-z]", word)) and not starts_anew


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without white space around it and without punctuation that a mask stranded in front of it."""
    while start < end and (text[start].isspace() or text[start] in _STRAY):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "\x00\ufeff\u200b"):
        end -= 1
    if start < end and any(character.isalnum() for character in text[start:end]):
        yield Span(start, end)
