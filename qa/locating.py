"""Find a quote in a document: character for character, or differing only in white space, quotation marks and dashes."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from index.datatypes import Mask, Span
from qa.datatypes import Match

_SAME = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quote stands, and whether it had to be normalised to be found there."""

    span: Span
    match: Match


def locate(quote: str, text: str, *, masks: Sequence[Mask] = (), within: Span | None = None) -> Located | None:
    """The first place in `text[within]` outside the masks where `quote` stands; None where there is none.

    An exact place is preferred to a normalised one. What is returned spans the document's own characters.
    """
    window = within or Span(0, len(text))
    needle = quote.strip()
    if not any(character.isalnum() for character in needle):
        return None
    start = text.find(needle, window.start, window.end)
    while start >= 0:
        if not overlaps_mask(start, start + len(needle), masks):
            return Located(Span(start, start + len(needle)), "exact")
        start = text.find(needle, start + 1, window.end)
    return _locate_normalised(needle, text, masks, window)


def overlaps_mask(start: int, end: int, masks: Sequence[Mask]) -> bool:
    """Whether text[start:end] has a masked character. Masks are sorted and disjoint, as a document's are."""
    first = bisect.bisect_right(masks, start, key=lambda mask: mask.end)
    return first < len(masks) and masks[first].start < end


def normalised(text: str) -> tuple[str, list[int]]:
    """`text` with one kind of space, quotation mark and dash, and for each of its characters the offset it came from."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                offsets.append(offset)
            continue
        for plain in _SAME.get(character, character):
            characters.append(plain)
            offsets.append(offset)
    return "".join(characters), offsets


def _locate_normalised(needle: str, text: str, masks: Sequence[Mask], window: Span) -> Located | None:
    haystack, offsets = normalised(text[window.start : window.end])
    plain = normalised(needle)[0].strip()
    place = haystack.find(plain)
    while place >= 0 and plain:
        start = window.start + offsets[place]
        last = place + len(plain) - 1
        end = window.start + offsets[last] + 1
        # '…' is three characters here: a quote holds all of them or none.
        whole = offsets[place - 1 : place] != [offsets[place]] and offsets[last + 1 : last + 2] != [offsets[last]]
        if whole and not overlaps_mask(start, end, masks):
            return Located(Span(start, end), "normalised")
        place = haystack.find(plain, place + 1)
    return None
