"""Lay the pairs to train on out as the networks read them, each with what the teacher said of it where it was asked."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor

from qa.reader_inputs import Tokens, Window, layout, room_for, tokenize
from qa.reader_model import NEVER
from training.examples import Example
from training.supporting import SupportPair

SEED = 20261122
# Share of examples that are shown their page's title.
TITLED = 0.5

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Taught:
    """What the teacher makes of a window: the chance that it answers, and of likely places the chance to begin or end it."""

    answerable: float
    starts: dict[int, float]
    ends: dict[int, float]


@dataclass(frozen=True, slots=True)
class Laid:
    """A pair as the network sees it: the span in places of the window, and the teacher's word where it was asked."""

    window: Window
    span: tuple[int, int] | None
    item: Example | SupportPair
    taught: Taught | None = None


def lay(item: Example | SupportPair, tokenizer: Tokenizer, chance: random.Random) -> Laid:
    """The item as tokens: a long passage as a window around its answer, the span in places of the layout."""
    if isinstance(item, SupportPair):
        claim, quote, none = tokenize(tokenizer, [item.claim, item.quote, ""])
        return Laid(layout(claim, none, quote, offset=0, length=room_for(claim, none)), None, item)
    title = item.title if chance.random() < TITLED else ""
    question, named, passage = tokenize(tokenizer, [item.question, title, item.passage])
    span = _token_span(passage, item)
    room = room_for(question, named)
    offset = _offset(len(passage.ids), room, span, chance)
    window = layout(question, named, passage, offset=offset, length=room)
    if span is None or span[0] < offset or span[1] >= offset + window.length:
        return Laid(window, None, item)
    return Laid(window, (window.first + span[0] - offset, window.first + span[1] - offset), item)


def _token_span(passage: Tokens, item: Example) -> tuple[int, int] | None:
    if item.start is None or item.end is None:
        return None
    inside = [at for at in range(len(passage.ids)) if passage.ends[at] > item.start and passage.starts[at] < item.end]
    return (inside[0], inside[-1]) if inside else None


def _offset(length: int, room: int, span: tuple[int, int] | None, chance: random.Random) -> int:
    if length <= room:
        return 0
    if span is None:
        return chance.randrange(0, length - room + 1)
    low, high = max(0, span[1] - room + 1), min(length - room, span[0])
    return chance.randint(low, high) if low <= high else min(span[0], length - room)


def pointable(spans: Tensor, batch: Sequence[Laid]) -> Tensor:
    """The span scores, (pairs, length, 2), far below any but where a span may begin or end.

    That is at the passage's tokens, and at the first token for 'nowhere': the question and the title never hold the answer.
    """
    allowed = torch.zeros(spans.shape[:2], dtype=torch.bool)
    allowed[:, 0] = True
    for row, one in enumerate(batch):
        allowed[row, one.window.first : one.window.first + one.window.length] = True
    return spans.masked_fill(~allowed[:, :, None], NEVER)


def cut(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """The items in runs of `size`, the last one shorter."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))
