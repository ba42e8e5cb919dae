"""Pack whole sentences into passages that fill the encoder's window, overlapping by a sentence."""

import bisect
from collections.abc import Iterator, Sequence

from index.datatypes import Document, Mask, Passage, Span
from index.encoding import Tokenizer
from index.sentences import split_sentences

# The title stands before every passage that is embedded; a long one may eat half the window and no more.
LONGEST_TITLE = 300
# Text without white space makes one token of thousands of characters, so characters are bounded too.
CHARACTERS_PER_TOKEN = 12


def split_passages(document: Document, *, tokenizer: Tokenizer) -> list[Passage]:
    """The passages of a document, in order. A document without a citable sentence has none."""
    title = len(tokenizer.offsets([document.title[:LONGEST_TITLE]])[0])
    budget = tokenizer.limit - min(title, tokenizer.limit // 2) - 1
    sentences = split_sentences(document.text, masks=document.masks)
    pieces, sizes = _fitting_pieces(document.text, sentences, tokenizer=tokenizer, budget=budget)
    return [
        Passage(start=start, end=end, text=document.text[start:end], words=visible_text(document, start, end))
        for start, end in _packed(pieces, sizes, budget=budget)
    ]


def visible_text(document: Document, start: int, end: int) -> str:
    """`document.text[start:end]` with every masked character made a blank, so that offsets stay."""
    return blank_masks(document.text[start:end], document.masks, offset=start)


def blank_masks(text: str, masks: Sequence[Mask], *, offset: int) -> str:
    """`text`, which begins at `offset` of its document, with every masked character made a blank."""
    first = bisect.bisect_right(masks, offset, key=lambda mask: mask.end)
    for mask in masks[first:]:
        start, end = max(mask.start - offset, 0), min(mask.end - offset, len(text))
        if start >= len(text):
            break
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def title_and_words(title: str, words: str) -> str:
    """What the encoder is given: the title helps it, and white space is not worth a token."""
    return f"{title[:LONGEST_TITLE]}\n{' '.join(words.split())}" if title else " ".join(words.split())


def _fitting_pieces(
    text: str, sentences: Sequence[Span], *, tokenizer: Tokenizer, budget: int
) -> tuple[list[Span], list[int]]:
    """The sentences and their sizes in tokens; one that exceeds the budget is cut at word boundaries."""
    pieces: list[Span] = []
    sizes: list[int] = []
    for sentence, offsets in zip(sentences, tokenizer.offsets([text[s.start : s.end] for s in sentences]), strict=True):
        for piece, size in _cut(text, sentence, offsets, budget):
            pieces.append(piece)
            sizes.append(size)
    return pieces, sizes


def _cut(text: str, sentence: Span, offsets: Sequence[tuple[int, int]], budget: int) -> Iterator[tuple[Span, int]]:
    longest = budget * CHARACTERS_PER_TOKEN
    if len(offsets) <= budget and sentence.end - sentence.start <= longest:
        yield sentence, _size(sentence, len(offsets))
        return
    starts = [sentence.start + start for start, _ in offsets] or [sentence.start]
    begin, first = sentence.start, 0
    while begin < sentence.end:
        beyond = starts[first + budget] if first + budget < len(starts) else sentence.end
        end = min(beyond, begin + longest, sentence.end)
        if end < sentence.end:
            end = _word_boundary(text, begin, end)
        following = bisect.bisect_left(starts, end, lo=first)
        yield from ((span, _size(span, following - first)) for span in _trimmed(text, begin, end))
        begin, first = end, following


def _size(span: Span, tokens: int) -> int:
    return max(1, tokens, (span.end - span.start) // CHARACTERS_PER_TOKEN)


def _word_boundary(text: str, begin: int, end: int) -> int:
    """The last white space in the second half of text[begin:end], else `end` itself."""
    for place in range(end, begin + (end - begin) // 2, -1):
        if text[place - 1].isspace():
            return place
    return end


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        yield Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _packed(pieces: Sequence[Span], sizes: Sequence[int], *, budget: int) -> Iterator[tuple[int, int]]:
    """Runs of pieces within the budget. A run begins with the last piece of the one before if that is short."""
    first = 0
    while first < len(pieces):
        last, size = first, sizes[first]
        while last + 1 < len(pieces) and size + sizes[last + 1] <= budget:
            last += 1
            size += sizes[last]
        yield pieces[first].start, pieces[last].end
        overlaps = last > first and last + 1 < len(pieces) and sizes[last] + sizes[last + 1] <= budget
        first = last if overlaps and sizes[last] <= budget // 4 else last + 1
