"""Fit what orders passages, what makes the reader's scores a chance, and the confidence, on development questions.

    python -m training.fit_confidence ../shared/data qa/data

Every question is asked of the whole collection of its set, and every passage that an answer would read is read once. Beside the
public sets stand small collections of the papers that people keep, made for this (`training/collections`). Three logistic
models are fitted over that: the order of the passages of one question, the chance that a passage answers, and
the confidence that the documents answer at all, one for mixed collections and one for those whose passages are alike. What
the script prints of the confidence comes from five folds in which the questions were not fitted on. The usual threshold of
papers refuses four of five questions that they nearly answer, or do not answer at all, that of a library one in ten that it
answers. Seeded; a quarter of an hour on 2 cores.
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
from eval.datatypes import EvidenceSpan, Question
from eval.retrieving import overlaps
from index.adding import Adder
from index.datatypes import Hit
from index.documents import read_paths
from index.encoding import SentenceTransformerEncoder
from index.searching import Searcher
from index.store import DEFAULT_COLLECTION, Store
from qa.abstaining import SIGNALS, signals
from qa.answering import MOST_EVIDENCE, find_evidence, find_nearness, read_near
from qa.evidence import EvidenceFinder
from qa.ranking import CHANCE, ORDER, READ_HITS, ReadHit, ranked
from qa.reading import Reading, TrainedReader
from qa.verifying import SupportJudge
from training.fitting import Limits, chances, fit_signed
from training.keeping import kept_reader

# The confidence is judged on those that have questions which their collection does not answer, fitted for each kind of
# collection on its own. What tells on papers that are about one thing (the reader's word alone, hardly how near the search
# came) is the opposite of what tells on clapnq (docs/reader.md).
SETS = {"clapnq": 325, "squad2": 1300, "nq": 300}
KEPT = "kept"
KINDS = {"mixed": tuple(SETS), "alike": (KEPT,)}
JUDGED = ("clapnq", "squad2", KEPT)
# Every so manieth question of a collection of papers is asked of the next collection too, which does not answer it: people
# ask what is not there, and not only what is nearly there.
STRAYED = 8
COLLECTIONS = Path(__file__).parent / "collections"
# Which questions (answerable or not), and what part of them, the usual threshold of each kind of collection refuses: of papers
# four of five that they do not answer, whatever that costs; of a library, where these may be adversarial, one in ten that
# it does.
USUAL = {"alike": (False, 0.8), "mixed": (True, 0.1)}
# Of how many questions of a set the order and the chance are fitted: more of one would drown the others.
RANKED = 500
# What orders the passages of one question: tried on all, the best mean of RR@10 over the sets is taken.
WEIGHED = ("search", "answerable", "margin", "length", "later")
TRIED = [
    (search, *reader, length, later)
    for later in (0.0, 1.0, 2.0)
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
    likeness: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """What is searched, with the questions that were asked of it."""

    searcher: Searcher
    reads: list[Read]


def main(data: str, out: str) -> None:
    """Read everything once, fit, report, write."""
    encoder, reader = SentenceTransformerEncoder.load(), kept_reader()
    with tempfile.TemporaryDirectory() as temporary:
        found = {
            name: [
                _asked(folder, strayed, Path(temporary) / name / folder.name, encoder, reader, size=SETS.get(name))
                for folder, strayed in zip(several, strays(several), strict=True)
            ]
            for name, several in folders(Path(data)).items()
        }
        part = {name: _some(_reads(several)) for name, several in found.items()}
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


def strays(several: Sequence[Path]) -> list[list[Question]]:
    """For each of several collections questions that none of its documents answers: some of the next collection's."""
    if len(several) == 1:
        return [[]]
    after = [*several[1:], several[0]]
    return [
        [replace(one, answerable=False, evidence=()) for one in list(read_gold(folder / "gold.jsonl"))[::STRAYED]]
        for folder in after
    ]


def _asked(
    folder: Path,
    strayed: Sequence[Question],
    where: Path,
    encoder: SentenceTransformerEncoder,
    reader: TrainedReader,
    *,
    size: int | None,
) -> Collection:
    searcher = Searcher(indexed(folder, where, encoder), encoder=encoder)
    questions = list(read_gold(folder / "gold.jsonl"))
    random.Random(SEED).shuffle(questions)
    reads = read_all([*questions[:size], *strayed], searcher, reader)
    print(f"{folder.name}: {len(reads)} questions read, likeness {reads[0].likeness:.3f}", flush=True)
    return Collection(searcher, reads)


def _reads(several: Sequence[Collection]) -> list[Read]:
    return [read for one in several for read in one.reads]


def _some(reads: Sequence[Read]) -> list[Read]:
    """A seeded choice of at most RANKED of them, from all of a set's collections."""
    return random.Random(SEED).sample(reads, min(RANKED, len(reads)))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The signals of a set's questions, (questions, signals), whether they are answerable, and the fold of each."""

    X: NDArray[np.float64]
    y: NDArray[np.bool_]
    folds: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> "Judged":
        """Those of the questions that are chosen."""
        return Judged(self.X[chosen], self.y[chosen], self.folds[chosen])


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


def indexed(folder: Path, where: Path, encoder: SentenceTransformerEncoder) -> Store:
    """A new store with the documents of a set or a collection."""
    store = Store.open(where)
    rows = folder / "corpus.jsonl"
    documents = read_paths([rows if rows.exists() else folder / "corpus"])
    for _ in Adder(store, encoder=encoder, tokenizer=encoder).add(documents):
        pass
    return store


def read_all(questions: Sequence[Question], searcher: Searcher, reader: TrainedReader) -> list[Read]:
    """The questions, each with the passages that the search finds and their readings."""
    likeness = searcher.likeness(DEFAULT_COLLECTION)
    finder = EvidenceFinder(searcher.store)
    found = []
    for one in questions:
        hits = searcher.search(one.question, k=READ_HITS)
        readings = [_lighter(reading) for reading in read_near(one.question, hits, reader=reader, finder=finder)]
        right = frozenset(hit.passage_key for hit in hits if holds_gold(hit, one.evidence))
        found.append(Read(one.question, one.answerable, right, hits, readings, likeness))
    return found


def holds_gold(hit: Hit, evidence: Sequence[EvidenceSpan]) -> bool:
    """Whether the passage overlaps a span that somebody marked, as `pincite eval` counts what was found."""
    return any(overlaps(hit.document_name, hit.start, hit.end, span) for span in evidence)


def _lighter(reading: Reading) -> Reading:
    """The same in a quarter of the memory."""
    return replace(reading, chances=reading.chances.astype(np.float16))


def fit_order(found: dict[str, list[Read]]) -> dict[str, dict[str, float]]:
    """For each kind of collection what puts the right passages of answerable questions first."""
    return {kind: _order([found[name] for name in names], kind) for kind, names in KINDS.items()}


def _order(several: Sequence[Sequence[Read]], kind: str) -> dict[str, float]:
    """The best mean of RR@10 over the sets of one kind; the first of those that are as good."""
    reached = {}
    for tried in TRIED:
        ORDER[kind] = dict(zip(WEIGHED, tried, strict=True))
        reached[tried] = np.mean([_after_reading(reads) for reads in several])
    best = max(TRIED, key=lambda tried: reached[tried])
    return dict(zip(WEIGHED, best, strict=True))


def _after_reading(several: Sequence[Read]) -> float:
    """RR@10 of the answerable questions."""
    ranks = [_rank([one.hit for one in _ranked(read)], read.right) for read in several if read.answerable]
    return float(np.mean(ranks))


def _ranked(read: Read) -> list[ReadHit]:
    return ranked(read.hits, read.readings, likeness=read.likeness)


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
    ordered = _ranked(read)
    evidence = find_evidence(read.question, ordered, finder=finder)[:MOST_EVIDENCE]
    near = find_nearness(
        read.question,
        read.hits,
        ordered,
        evidence,
        searcher=searcher,
        finder=finder,
        judge=judge,
        likeness=read.likeness,
    )
    values = signals(read.question, ordered, evidence, near=near, visible=lambda key: finder.read(key).visible)
    return [values[name] for name in SIGNALS]


def fit_confidence(judged: dict[str, Judged]) -> dict[str, object]:
    """The confidence's weights for each kind of collection, and its usual threshold."""
    fitted = {}
    for kind, names in KINDS.items():
        several = {name: judged[name] for name in names if name in JUDGED}
        held_out = _held_out(several)
        threshold = _usual(kind, several, held_out)
        for name, one in several.items():
            _report(name, held_out[name], one.y, threshold)
            _report_alone(name, one.X, one.y)
        fitted[kind] = {"threshold": threshold, **_fitted_file(several)}
    return fitted


def _usual(kind: str, several: dict[str, Judged], held_out: dict[str, NDArray[np.float64]]) -> float:
    """The highest threshold, in hundredths, that refuses at most the stated part of the questions, on average of the sets."""
    answerable, most = USUAL[kind]

    def refused(at: float) -> float:
        return float(np.mean([(held_out[name] < at)[one.y == answerable].mean() for name, one in several.items()]))

    return max(at / 100 for at in range(101) if refused(at / 100) <= most)


def _held_out(several: dict[str, Judged]) -> dict[str, NDArray[np.float64]]:
    """The confidence of every question of sets of one kind, fitted on the other folds' questions."""
    found = {name: np.zeros(len(one.y)) for name, one in several.items()}
    for fold in range(FOLDS):
        weights, bias = _fitted({name: one.of(one.folds != fold) for name, one in several.items()})
        for name, one in several.items():
            asked = one.folds == fold
            found[name][asked] = chances(one.X[asked], weights, bias)
    return found


def _fitted_file(several: dict[str, Judged]) -> dict[str, object]:
    weights, bias = _fitted(several)
    return {
        "bias": round(bias, 4),
        "weights": dict(zip(SIGNALS, _rounded(weights), strict=True)),
        "fitted_on": ", ".join(f"{len(one.y)} questions of {name}" for name, one in several.items()),
    }


def _fitted(several: dict[str, Judged]) -> tuple[NDArray[np.float64], float]:
    """Each set counts the same, however many questions it has."""
    X, y = np.concatenate([one.X for one in several.values()]), np.concatenate([one.y for one in several.values()])
    shares = np.concatenate([np.full(len(one.y), len(y) / len(several) / len(one.y)) for one in several.values()])
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
