"""What the reader is trained on: a question, a passage, and where the answer stands, or that it does not stand there."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.sentences import split_sentences

# Sources whose group is the title of an encyclopedia page, written with underscores.
TITLED = {"qed", "squad2", "squadshifts-wiki", "made-up", "lessons"}
# Sets that results are reported on: a passage that stands in one of them is not trained on.
TESTED = ("squad2", "nq", "clapnq")


@dataclass(frozen=True, slots=True)
class Example:
    """A pair to train on. `passage[start:end]` answers; both are None where nothing in the passage does."""

    question: str
    passage: str
    start: int | None
    end: int | None
    source: str
    group: str
    kind: str = "given"

    @property
    def answer(self) -> str:
        """The answer's words, empty where there is none."""
        return "" if self.start is None else self.passage[self.start : self.end]

    @property
    def title(self) -> str:
        """The page's title where the source has pages with titles."""
        return self.group.replace("_", " ") if self.source in TITLED else ""

    def unanswered(self, kind: str, *, question: str | None = None, passage: str | None = None) -> "Example":
        """The pair altered so that nothing answers any more."""
        question, passage = question or self.question, passage or self.passage
        return replace(self, question=question, passage=passage, start=None, end=None, kind=kind)


def load_examples(data: Path) -> list[Example]:
    """The given rows but for passages that stand in a tested set; spans trimmed to their words."""
    tested = {_key(row["text"]) for name in TESTED for row in read_rows(data / name / "corpus.jsonl")}
    rows = read_rows(data / "train-reader" / "rows.jsonl")
    return [_example(row) for row in rows if _key(row["passage"]) not in tested]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _key(text: str) -> str:
    return " ".join(text.split())


def _example(row: dict[str, str]) -> Example:
    start, end = row["start"], row["end"]
    if start is not None:
        span = row["passage"][int(start) : int(end)]
        start = int(start) + len(span) - len(span.lstrip())
        end = start + len(span.strip())
    return Example(row["question"], row["passage"], start, end, row["source"], row["group"])  # type: ignore[arg-type]


def without_answer(example: Example) -> Example | None:
    """The passage without the sentences that hold the answer, or None where too little is left or it stands elsewhere."""
    if example.start is None or example.end is None:
        return None
    spans = split_sentences(example.passage)
    kept = [span for span in spans if span.end <= example.start or span.start >= example.end]
    if len(kept) == len(spans) or sum(span.end - span.start for span in kept) < 200:
        return None
    # Cut out what held it; the rest stays as it was.
    cut = [span for span in spans if span not in kept]
    passage = (example.passage[: cut[0].start] + example.passage[cut[-1].end :]).strip()
    if says(passage, example.answer):
        return None
    return example.unanswered("cut", passage=passage)


def says(passage: str, answer: str) -> bool:
    """Whether the passage has the answer's words in a row, whatever their case; a long answer counts by its parts."""
    text = " ".join(passage.lower().split())
    words = answer.lower().split()
    return " ".join(words) in text or (len(words) > 6 and " ".join(words[:4]) in text)


def sampled(examples: Iterable[Example | None], *, size: int, chance: random.Random) -> list[Example]:
    """At most `size` of those that are some."""
    found: Sequence[Example] = [example for example in examples if example is not None]
    return chance.sample(found, size) if len(found) > size else list(found)
