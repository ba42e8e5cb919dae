"""Fit what orders passages, what makes the reader's scores a chance, and the confidence, on development questions.

    python -m training.fit_confidence ../shared/data qa/data

Every question is asked of the whole collection of its set, and every passage that an answer would read is read once. Beside the
public sets stand small collections of the papers that people keep, made for this (`training/collections`). Three logistic
models are fitted over that: the order of the passages of one question, the chance that a passage answers, and
the confidence that the documents answer at all. What the script prints of the confidence comes from five folds in which
the questions were not fitted on. The threshold refuses one answerable question in eight of those hard sets. Seeded; a
quarter of an hour on 2 cores.
"""

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.abstaining import auroc, expected_calibration_error, refusal_recall_at
from eval.datasets import read_gold
from eval.datatypes import EvidenceSpan
from eval.retrieving import overlaps
from index.adding import Adder
from index.datatypes import Hit
from index.documents import read_paths
from index.encoding import SentenceTransformerEncoder
from index.searching import Searcher
from index.store import Store
from qa.abstaining import SIGNALS, signals
from qa.answering import MOST_EVIDENCE, find_evidence, find_nearness, read_near
from qa.evidence import EvidenceFinder
from qa.ranking import CHANCE, ORDER, READ_HITS, ranked
from qa.reading import Reading, TrainedReader
from qa.verifying import SupportJudge
from training.fitting import Limits, chances, fit_signed

# The confidence is judged on those that have questions which their collection does not answer; its weights are fitted on
# what each counts. The papers count nothing there, since what tells on them (the reader's word alone, hardly how near the
# search came) is the opposite of what tells on clapnq; but they choose the threshold as much as the others (docs/reader.md).
SETS = {"clapnq": 325, "squad2": 1300, "nq": 300}
KEPT = "kept"
JUDGED = {"clapnq": 1.0, "squad2": 1.0, KEPT: 0.0}
COLLECTIONS = Path(__file__).parent / "collections"
FALSE_REFUSALS = 0.125
# Of how many questions of a set the order and the chance are fitted: more of one would drown the others.
RANKED = 500
# What orders the passages of one question: tried on all, the best mean of RR@10 over the sets is taken.
WEIGHED = ("search", "answerable", "margin", "length")
TRIED = [
    (search, *reader, length)
    for search in (8.0, 12.0, 16.0, 24.0)
    for reader in ((1.0, 0.2), (0.6, 0.4), (0.3, 0.2), (0.2, 0.6))
    for length in (0.0, 0.4, 0.8, 1.2, 1.6)
]
# A signal may not count against its meaning, whatever a few questions say; and what a question names and the evidence's
# document lacks counts at least this much, since the sets, whose questions were written for their passages, hardly have it.
# What the judge of support makes of question and answer counts for little: it knows altered questions (squad2), and doubts
# those that were typed into a search box (clapnq). Fragments instead of prose count for little: a person's documents have
# tables that answer.
LIMITS: dict[str, Limits] = dict.fromkeys(SIGNALS, (0.0, None)) | {
    "absent": (None, -0.05), "unnamed": (None, -0.15), "unknown": (None, -0.35),
    "wrong_kind": (None, -0.25), "figures": (None, -0.25), "prose": (0.0, 3.0), "borne": (0.0, 0.07),
}  # fmt: skip
PENALTY = 3.0
FOLDS = 5
SEED = 7


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A question with what was found for it and what the reader made of that; `right` are the passages that hold gold."""

    question: str
    answerable: bool
    right: frozenset[int]
    hits: list[Hit]
    readings: list[Reading]


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """What is searched, with the questions that were asked of it."""

    searcher: Searcher
    reads: list[Read]


def main(data: str, out: str) -> None:
    """Read everything once, fit, report, write."""
    encoder, reader = SentenceTransformerEncoder.load(), TrainedReader.load()
    with tempfile.TemporaryDirectory() as temporary:
        found = {
            name: [
                _asked(folder, Path(temporary) / name / folder.name, encoder, reader, size=SETS.get(name))
                for folder in several
            ]
            for name, several in folders(Path(data)).items()
        }
        part = {name: _reads(several)[:RANKED] for name, several in found.items()}
        ranking = {
            "order": fit_order(part),
            "chance": fit_chance([read for several in part.values() for read in several]),
        }
        ORDER.update(ranking["order"])
        CHANCE.update(ranking["chance"])
        _report_order(part)
        judged = {name: _judged(found[name], reader) for name in JUDGED}
    _write(Path(out) / "ranking.json", ranking)
    _write(Path(out) / "confidence.json", fit_confidence(judged))


def folders(data: Path) -> dict[str, list[Path]]:
    """The folders of every set: one of a public set, and one of every collection of papers."""
    papers = sorted(path for path in COLLECTIONS.iterdir() if path.is_dir())
    return {name: [data / name] for name in SETS} | {KEPT: papers}


def _asked(
    folder: Path, where: Path, encoder: SentenceTransformerEncoder, reader: TrainedReader, *, size: int | None
) -> Collection:
    searcher = Searcher(_indexed(folder, where, encoder), encoder=encoder)
    reads = read_all(folder, searcher, reader, size=size)
    print(f"{folder.name}: {len(reads)} questions read", flush=True)
    return Collection(searcher, reads)


def _reads(several: Sequence[Collection]) -> list[Read]:
    return [read for one in several for read in one.reads]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The signals of a set's questions, (questions, signals), whether they are answerable, and the fold of each."""

    X: NDArray[np.float64]
    y: NDArray[np.bool_]
    folds: NDArray[np.int64]


def _judged(several: Sequence[Collection], reader: TrainedReader) -> Judged:
    """Where a set has several collections, all questions of one share a fold: what is new is a collection, not a question."""
    X = [signals_of(read, one.searcher, reader) for one in several for read in one.reads]
    y = [read.answerable for read in _reads(several)]
    folds = np.random.default_rng(SEED).permutation(len(y)) % FOLDS
    if len(several) > 1:
        folds = np.array([at % FOLDS for at, one in enumerate(several) for _ in one.reads])
    return Judged(np.array(X), np.array(y), folds)


def _write(path: Path, fitted: dict[str, object] | dict[str, dict[str, float]]) -> None:
    path.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(path.name, json.dumps(fitted))


def _indexed(folder: Path, where: Path, encoder: SentenceTransformerEncoder) -> Store:
    store = Store.open(where)
    rows = folder / "corpus.jsonl"
    documents = read_paths([rows if rows.exists() else folder / "corpus"])
    for _ in Adder(store, encoder=encoder, tokenizer=encoder).add(documents):
        pass
    return store


def read_all(folder: Path, searcher: Searcher, reader: TrainedReader, *, size: int | None) -> list[Read]:
    """A seeded choice of a set's questions, each with the passages that the search finds and their readings."""
    questions = list(read_gold(folder / "gold.jsonl"))
    random.Random(SEED).shuffle(questions)
    finder = EvidenceFinder(searcher.store)
    found = []
    for one in questions[:size]:
        hits = searcher.search(one.question, k=READ_HITS)
        readings = [_lighter(reading) for reading in read_near(one.question, hits, reader=reader, finder=finder)]
        right = frozenset(hit.passage_key for hit in hits if holds_gold(hit, one.evidence))
        found.append(Read(one.question, one.answerable, right, hits, readings))
    return found


def holds_gold(hit: Hit, evidence: Sequence[EvidenceSpan]) -> bool:
    """Whether the passage overlaps a span that somebody marked, as `pincite eval` counts what was found."""
    return any(overlaps(hit.document_name, hit.start, hit.end, span) for span in evidence)


def _lighter(reading: Reading) -> Reading:
    """The same in a quarter of the memory."""
    return replace(reading, chances=reading.chances.astype(np.float16))


def fit_order(found: dict[str, list[Read]]) -> dict[str, float]:
    """What puts the right passages of answerable questions first."""
    reached = {}
    for tried in TRIED:
        ORDER.update(zip(WEIGHED, tried, strict=True))
        reached[tried] = np.mean([_after_reading(several) for several in found.values()])
    best = max(TRIED, key=lambda tried: reached[tried])
    return dict(zip(WEIGHED, best, strict=True))


def _after_reading(several: Sequence[Read]) -> float:
    """RR@10 of the answerable questions."""
    ranks = [
        _rank([one.hit for one in ranked(read.hits, read.readings)], read.right) for read in several if read.answerable
    ]
    return float(np.mean(ranks))


def fit_chance(found: Sequence[Read]) -> dict[str, float]:
    """What makes the two scores of a passage the chance that it answers; of unanswerable questions none does."""
    pairs = [(read, hit, one) for read in found for hit, one in zip(read.hits, read.readings, strict=True) if one.spans]
    rows = [(one.answerable, one.margin) for _, _, one in pairs]
    right = [hit.passage_key in read.right for read, hit, _ in pairs]
    model = LogisticRegression(C=1e3, max_iter=1000).fit(np.array(rows), right)
    answerable, margin = _rounded(model.coef_[0])
    return {"answerable": answerable, "margin": margin, "bias": round(float(model.intercept_[0]), 4)}


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 4) for value in values]


def _report_order(found: dict[str, list[Read]]) -> None:
    for name, several in found.items():
        before = [_rank(read.hits, read.right) for read in several if read.answerable]
        print(
            f"{name}: RR@10 {_after_reading(several):.4f} after reading, {np.mean(before):.4f} before, n {len(before)}"
        )


def _rank(hits: Sequence[Hit], right: frozenset[int]) -> float:
    """The reciprocal rank of the first right passage among ten."""
    return next((1.0 / rank for rank, hit in enumerate(hits[:10], start=1) if hit.passage_key in right), 0.0)


def signals_of(read: Read, searcher: Searcher, judge: SupportJudge) -> list[float]:
    """The signals of one question, in the order of SIGNALS."""
    finder = EvidenceFinder(searcher.store)
    ordered = ranked(read.hits, read.readings)
    evidence = find_evidence(read.question, ordered, finder=finder)[:MOST_EVIDENCE]
    near = find_nearness(read.question, read.hits, ordered, evidence, searcher=searcher, finder=finder, judge=judge)
    values = signals(read.question, ordered, evidence, near=near, visible=lambda key: finder.read(key).visible)
    return [values[name] for name in SIGNALS]


def fit_confidence(judged: dict[str, Judged]) -> dict[str, object]:
    """The confidence's weights and threshold; each set counts its share, however many questions it has."""
    X, y = np.concatenate([one.X for one in judged.values()]), np.concatenate([one.y for one in judged.values()])
    folds = np.concatenate([one.folds for one in judged.values()])
    sets = np.concatenate([[name] * len(one.y) for name, one in judged.items()])
    shares = np.array([JUDGED[name] * len(y) / sum(JUDGED.values()) / len(judged[name].y) for name in sets])
    held_out = np.zeros(len(y))
    for fold in range(FOLDS):
        inside = folds != fold
        held_out[~inside] = chances(X[~inside], *_fitted(X[inside], y[inside], shares[inside]))
    weights, bias = _fitted(X, y, shares)
    threshold = float(np.mean([np.quantile(held_out[(sets == name) & y], FALSE_REFUSALS) for name in judged]))
    for name, one in judged.items():
        _report(name, held_out[sets == name], one.y, threshold)
        _report_alone(name, one.X, one.y)
    return {
        "bias": round(bias, 4),
        "weights": dict(zip(SIGNALS, _rounded(weights), strict=True)),
        "threshold": round(threshold, 4),
        "fitted_on": ", ".join(f"{len(one.y)} questions of {name}" for name, one in judged.items() if JUDGED[name]),
    }


def _fitted(
    X: NDArray[np.float64], y: NDArray[np.bool_], shares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    return fit_signed(X, y, shares, limits=[LIMITS[name] for name in SIGNALS], penalty=PENALTY)


def _report(name: str, chances: NDArray[np.float64], answerable: NDArray[np.bool_], threshold: float) -> None:
    columns, refused = np.array([chances, answerable]), chances < threshold
    print(
        f"{name}: n {len(chances)}, {_told(columns)}; at the threshold {refused[~answerable].mean():.3f} with "
        f"{refused[answerable].mean():.3f} false; ECE {expected_calibration_error(columns):.3f}"
    )


def _report_alone(name: str, found: NDArray[np.float64], answerable: NDArray[np.bool_]) -> None:
    """What single signals tell: the reader's, and the similarity that most systems set a threshold on."""
    for signal in ("answerable", "chance", "similarity"):
        print(f"{name}: {signal} alone {_told(np.array([found[:, SIGNALS.index(signal)], answerable]))}")


def _told(columns: NDArray[np.float64]) -> str:
    return f"AUROC {auroc(columns):.3f}, refused at 10 % false refusals {refusal_recall_at(columns, percent=10):.3f}"


if __name__ == "__main__":
    main(*sys.argv[1:])
