"""Compare networks by themselves, before anything is fitted on what they say.

    python -m training.alone ../shared/data build/reader/taught.safetensors build/reader/lessons.safetensors …

Of the collections of papers the three passages that the search finds first are read, of the public sets the passage that
was asked about. AUROC is how well the best passage's `answerable` tells answerable questions from others; F1 how near the
words that the network marks there are to the answer. Nothing is fitted on `training/held_out`; look at it seldom.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.abstaining import auroc
from eval.answers import word_f1
from eval.datasets import read_gold
from eval.datatypes import Question
from eval.normalising import squad_words
from eval.preparing import own_passages, prepare
from index.encoding import SentenceTransformerEncoder
from index.searching import Searcher
from qa.evidence import EvidenceFinder
from qa.reading import Readable, TrainedReader
from training.fit_confidence import COLLECTIONS, indexed

HELD_OUT = Path(__file__).parent / "held_out"
GIVEN = {"squad2": 600, "clapnq": 325, "nq": 400}
FIRST = 3
SEED = 7


@dataclass(frozen=True, slots=True)
class Sample:
    """A question and what is read for it."""

    question: Question
    passages: tuple[Readable, ...]


def main(data: str, *weights: str) -> None:
    """Find everything once, then read it with every network."""
    encoder = SentenceTransformerEncoder.load()
    groups = {"papers": list(found_first(COLLECTIONS, encoder)), "held out": list(found_first(HELD_OUT, encoder))}
    groups |= {name: given(Path(data) / name, size=size) for name, size in GIVEN.items()}
    for path in weights:
        reader = TrainedReader.load(Path(path))
        print(path, *(f"{name}: {told(samples, reader)}" for name, samples in groups.items()), sep="\n  ", flush=True)


def found_first(several: Path, encoder: SentenceTransformerEncoder) -> Iterator[Sample]:
    """Every question of every collection, with the passages that the search puts first."""
    for folder in sorted(path for path in several.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as temporary:
            searcher = Searcher(indexed(folder, Path(temporary), encoder), encoder=encoder)
            finder = EvidenceFinder(searcher.store)
            for question in read_gold(folder / "gold.jsonl"):
                yield Sample(question, tuple(finder.readables(searcher.search(question.question, k=FIRST))))
            searcher.store.close()


def given(folder: Path, *, size: int) -> list[Sample]:
    """A seeded choice of a set's questions, each with the first passage it was asked about."""
    material = prepare(folder / "gold.jsonl", folder / "corpus.jsonl")
    documents = {one.name: Readable(one.title, one.text) for one in material.documents}
    questions = [one for one in material.questions if one.passage or one.evidence]
    random.Random(SEED).shuffle(questions)
    return [Sample(one, (documents[own_passages(one)[0]],)) for one in questions[:size]]


def told(samples: Sequence[Sample], reader: TrainedReader) -> str:
    """AUROC, mean F1 of the answerable questions that have answers, and how many questions there are."""
    sure, near = zip(*(answered(one, reader) for one in samples), strict=True)
    answerable = [one.question.answerable for one in samples]
    marked = [
        score for score, one in zip(near, samples, strict=True) if one.question.answerable and one.question.answers
    ]
    apart = f"AUROC {auroc(np.array([sure, answerable])):.3f}, " if not all(answerable) else ""
    return f"{apart}F1 {np.mean(marked):.3f}, n {len(samples)}"


def answered(sample: Sample, reader: TrainedReader) -> tuple[float, float]:
    """The best passage's `answerable` in log-odds, and the F1 of what is marked there."""
    read = reader.read(sample.question.question, sample.passages)
    best = max(range(len(read)), key=lambda at: read[at].answerable)
    span = read[best].spans[0] if read[best].spans else None
    words = squad_words(sample.passages[best].text[span.start : span.end]) if span else ()
    return read[best].answerable, max(
        (word_f1(words, squad_words(one)) for one in sample.question.answers), default=0.0
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
