"""Read question and passage together: does the passage answer, where exactly, and does a quote bear a claim out.

One small network of our own (docs/reader.md) says all three. A passage that is too long is read in windows.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoding import DEFAULT_ENCODER, model_path
from index.errors import ModelError
from qa.odds import chance
from qa.reader_inputs import Tokens, Window, layout, load_tokenizer, room_for, tokenize, windows

# Tokens of a span at most.
LONGEST_SPAN = 60
# What every further token of a marked answer costs, in log-odds. Where two mentions could begin and end it, the likeliest
# span reaches from one to the other; chosen on development questions among 0 to 0.3 (docs/reader.md).
LENGTH_COST = 0.08
# Spans that are looked at, and that are kept of a passage.
_TRIED = 200
MOST_SPANS = 4
# Pairs that are read at once, sorted by length: more would pad the short ones to the longest, and make more shapes.
_BATCH = 4

Scores = NDArray[np.float32]
Chances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Readable:
    """What is read: a text, and the title it stands under."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch that may be the answer, `text[start:end]`; `score` is in log-odds against there being none."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the reader makes of one passage.

    `answerable` and `margin` (of the best span against there being none) are in log-odds; `spans` are the likeliest
    answers, best first, apart from one another. `places` are where the passage's tokens begin, and `chances[i, j]` is how
    likely the answer begins at token i and ends j tokens later, together 1.
    """

    answerable: float
    spans: tuple[Marked, ...]
    places: tuple[int, ...] = ()
    chances: Chances = field(default_factory=lambda: np.zeros((0, LONGEST_SPAN)))

    @property
    def margin(self) -> float:
        """The best span's score, far below 0 where there is none."""
        return self.spans[0].score if self.spans else -20.0

    def share(self, start: int, end: int) -> float:
        """The chance in [0, 1] that the answer touches `text[start:end]`, if the passage has one."""
        first, last = np.searchsorted(self.places, [start, end])
        begin = max(0, int(first) - LONGEST_SPAN + 1)
        rows = np.arange(begin, int(last))[:, None]
        touching = rows + np.arange(LONGEST_SPAN)[None, :] >= first
        # A sum of floats may end just above 1.
        return min(1.0, float((self.chances[begin : int(last)] * touching).sum()))


# Stands for a passage that was not worth reading.
UNREAD = Reading(-20.0, ())


class Reader(Protocol):
    """Question and passages in, one reading a passage out."""

    def read(self, question: str, passages: Sequence[Readable]) -> list[Reading]:
        """What each passage says to the question."""
        ...


class Scorer(Protocol):
    """Windows in; of each its span scores (length, 2) and its pair scores (2,) out, in their order."""

    def __call__(self, laid: Sequence[Window], /) -> tuple[list[Scores], list[Scores]]:
        """The scores of all of them."""
        ...


class NetworkScorer:
    """The network itself, given a few windows of like length at a time."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, laid: Sequence[Window], /) -> tuple[list[Scores], list[Scores]]:
        """The scores of all of them, in their order."""
        # torch takes seconds to import: only who reads pays for it.
        from qa.reader_model import scores

        order = sorted(range(len(laid)), key=lambda at: len(laid[at].ids))
        spans: list[Scores] = [np.empty(0, np.float32)] * len(laid)
        pairs = list(spans)
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            found_spans, found_pairs = scores(self._model, [laid[at] for at in chosen])
            for row, at in enumerate(chosen):
                spans[at], pairs[at] = found_spans[row, : len(laid[at].ids)], found_pairs[row]
        return spans, pairs


class TrainedReader:
    """The network with its weights. It is also the judge of whether a quote bears a claim out.

    Threads may share it: neither the scorer nor the tokenizer changes while it is used.
    """

    def __init__(self, scorer: Scorer, *, tokenizer: Any) -> None:
        self.scorer = scorer
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, weights: Path | None = None) -> "TrainedReader":
        """With the weights that come with the package, or others of the same shape.

        Raises:
            ModelError: the weights are not the ones that were fitted, or the encoder's package is not installed.
        """
        from qa.reader_model import load_model

        folder = Path(model_path(DEFAULT_ENCODER))
        if weights is None:
            weights = Path(str(files("qa") / "data" / "reader.safetensors"))
            _check_sum(weights, reader_sums()["sha256"])
            _check_sum(folder / "model.safetensors", reader_sums()["base_sha256"])
        return cls(NetworkScorer(load_model(weights, base=folder)), tokenizer=load_tokenizer(folder))

    def read(self, question: str, passages: Sequence[Readable]) -> list[Reading]:
        """What each passage says to the question."""
        if not passages:
            return []
        asked, *texts = self._tokens([question, *[one.title for one in passages], *[one.text for one in passages]])
        titles, bodies = texts[: len(passages)], texts[len(passages) :]
        laid = [windows(asked, title, body) for title, body in zip(titles, bodies, strict=True)]
        spans, pairs = self.scorer([window for several in laid for window in several])
        readings, at = [], 0
        for passage, body, several in zip(passages, bodies, laid, strict=True):
            own = slice(at, at + len(several))
            readings.append(_reading(passage.text, body, several, spans[own], [float(pair[0]) for pair in pairs[own]]))
            at += len(several)
        return readings

    def score(self, claim: str, quotes: Sequence[str]) -> list[float]:
        """For every quote the chance in [0, 1] that it bears the claim out."""
        if not quotes:
            return []
        said, none, *bodies = self._tokens([claim, "", *quotes])
        room = room_for(said, none)
        _, pairs = self.scorer([layout(said, none, body, offset=0, length=room) for body in bodies])
        return [chance(float(pair[1])) for pair in pairs]

    def _tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return tokenize(self.tokenizer, texts)


def reader_sums() -> dict[str, str]:
    """What the packaged weights and the base's must be: `sha256` and `base_sha256`, in hex."""
    sums: dict[str, str] = json.loads((files("qa") / "data" / "reader.json").read_text(encoding="utf-8"))
    return sums


def _check_sum(path: Path, expected: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ModelError(
            f"expected {path.name} with sha256 {expected}, found {found}; install pincite's locked packages again"
        )


def _reading(
    text: str, body: Tokens, several: Sequence[Window], spans: Sequence[Scores], answerable: Sequence[float]
) -> Reading:
    """The windows of one passage put together: every token's scores against those of 'nowhere'."""
    relative = np.full((len(body.ids), 2), -np.inf, dtype=np.float32)
    for window, found in zip(several, spans, strict=True):
        own = found[window.first : window.first + window.length] - found[0]
        place = slice(window.offset, window.offset + window.length)
        relative[place] = np.maximum(relative[place], own)
    joint = _joint(relative)
    marked = _best_spans(text, body, joint)
    return Reading(max(answerable), marked, body.starts, _chances(joint))


def _joint(relative: Scores) -> Chances:
    """The score of every span: entry (i, j) begins at token i and ends j tokens later; -inf beyond the passage."""
    length = len(relative)
    ends = np.full(length + LONGEST_SPAN, -np.inf)
    ends[:length] = relative[:, 1]
    return np.asarray(relative[:, :1] + np.lib.stride_tricks.sliding_window_view(ends, LONGEST_SPAN)[:length])


def _chances(joint: Chances) -> Chances:
    """A softmax over all spans."""
    if not joint.size:
        return joint
    powers = np.exp(joint - joint.max())
    return np.asarray(powers / powers.sum())


def _best_spans(text: str, body: Tokens, joint: Chances) -> tuple[Marked, ...]:
    """The best spans, none inside or across another."""
    kept: list[Marked] = []
    for start, more in _likeliest(joint - LENGTH_COST * np.arange(LONGEST_SPAN)):
        low, high = _whole_words(text, body.starts[start], body.ends[min(start + more, len(body.ends) - 1)])
        if low < high and all(high <= one.start or one.end <= low for one in kept):
            kept.append(Marked(low, high, float(joint[start, more])))
        if len(kept) == MOST_SPANS:
            break
    return tuple(kept)


def _likeliest(worth: Chances) -> Iterator[tuple[int, int]]:
    """The places of the highest entries, highest first, equal ones in their order."""
    flat = worth.ravel()
    most = min(_TRIED, len(flat))
    # Sorting all of them would take as long as a layer of the network.
    highest = np.sort(np.argpartition(-flat, most - 1)[:most]) if most else np.zeros(0, int)
    for at in highest[np.argsort(-flat[highest], kind="stable")]:
        start, more = np.unravel_index(at, worth.shape)
        yield int(start), int(more)


_LOOSE = "\"“”'‘’.,;:!?()[]"
_CURRENCY = "$€£¥₹₩"


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words and figures, without punctuation around it but for what belongs to it."""
    while start > 0 and _hangs_together(text, start):
        start -= 1
    while end < len(text) and _hangs_together(text, end):
        end += 1
    while start < end and _is_loose(text[start]) and not _opens(text[start:end]):
        start += 1
    while start < end and _is_loose(text[end - 1]) and not _closes(text[start:end]):
        end -= 1
    return start, end


def _hangs_together(text: str, at: int) -> bool:
    """Whether the characters before and at `at` are of one word or figure: '1,150', 'C$4.3', '9%' are not to be cut."""
    before, after, further = text[at - 1], text[at], text[at + 1 : at + 2].isdigit()
    if before.isdigit():
        return after.isalnum() or after in "%‰" or (after in ",.:" and further)
    if before in ",.:":
        return after.isdigit() and text[max(0, at - 2) : at - 1].isdigit()
    if before in _CURRENCY:
        return after.isdigit()
    # The letters before a sign are its own where a figure follows: 'US$53'.
    return before.isalnum() and (after.isalnum() or (before.isalpha() and after in _CURRENCY and further))


def _is_loose(character: str) -> bool:
    return character in _LOOSE or character.isspace()


def _opens(span: str) -> bool:
    return (span[0] == "(" and ")" in span) or (span[0] == '"' and span.count('"') % 2 == 0)


def _closes(span: str) -> bool:
    abbreviation = span[-1] == "." and "." in span[:-1] and len(span.split()[-1]) <= 5
    return abbreviation or (span[-1] == ")" and "(" in span) or (span[-1] == '"' and span.count('"') % 2 == 0)
