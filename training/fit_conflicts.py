"""Fit what tells that two documents answer a question differently, on development questions.

    python -m training.fit_conflicts ../shared/data qa/data [build/conflicts.jsonl]

Two sets have documents that contradict one another: ramdocs (several right answers, misinformation, noise), and poisonedrag,
one planted passage a question among nq's, each of its five in turn. Three have documents that agree, as far as anybody
knows, and the collections of papers (`training/collections`) say of every question whether they do. A pair of values
contradicts where the second one is an answer of the row, right or planted, that the first is not; in the agreeing sets only
where the first is none at all: then showing both mends the answer. What is printed comes from five folds in which the
questions were not fitted on. The third argument keeps the pairs, so that a second run fits them in a second without reading
anything.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from eval.datatypes import Question
from eval.normalising import states
from eval.preparing import Material, own_documents, prepare
from index.adding import Adder
from index.datatypes import Document
from index.encoding import SentenceTransformerEncoder
from index.searching import Searcher
from index.store import DEFAULT_COLLECTION, Store
from qa.abstaining import usual_threshold
from qa.answering import Answerer
from qa.asking import read_question
from qa.claims import Claim
from qa.comparing import SIGNALS, signals
from qa.conflicts import against_loaded, claim_borne, find_rivals, likeliest
from qa.loaded import is_loaded
from qa.verifying import SupportJudge
from training.examples import read_rows
from training.fit_confidence import KEPT, folders
from training.fitting import Limits, chances, fit_signed
from training.keeping import kept_reader

CONFLICTING = {"ramdocs": 420.0, "poisonedrag": 360.0}
AGREEING = {"nq": 200.0, "clapnq": 200.0, "squad2": 200.0}
# How many questions of each agreeing set are asked, and what every set counts for in all.
SIZES = {"nq": 300, "clapnq": 325, "squad2": 500}
SHARES = CONFLICTING | AGREEING | {KEPT: 300.0}
# Texts that are planted for a question of poisonedrag, asked one after the other: what tells one of them tells the others.
PLANTS = 5
# The part of the agreeing sets' answerable questions that may be shown as conflicts in vain, and how often a value has to be
# right that takes less: a further one beside two that contradict each other, or one of the two beside a loaded one.
FALSE_CONFLICTS = 0.05
FURTHER_RIGHT, LOADED_RIGHT = 1 / 2, 1 / 3
PENALTY = 3.0
FOLDS = 5
# Answers that are far from being shown teach nothing about those that are.
LEAST_CONFIDENCE = 0.2
_MORE: Limits = (0.0, None)
_LESS: Limits = (None, 0.0)
LIMITS: dict[str, Limits] = dict.fromkeys(SIGNALS, _MORE) | {
    "figure": (None, None), "digits": _LESS, "length": _LESS, "together": _LESS, "elsewhere": _LESS,
    "overlap": _LESS, "rank": _LESS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A value beside the leading one: its signals, and whether it contradicts."""

    signals: dict[str, float]
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set with the pairs that its documents gave, and how sure it is that they answer at all.

    `loaded` says that the leading value's sentence wants to surprise or to impress, `disputed` that documents disagree, and
    `likeness` how alike the passages of its collection are.
    """

    set: str
    id: str
    answerable: bool
    confidence: float
    pairs: tuple[Pair, ...]
    loaded: bool = False
    disputed: bool = False
    likeness: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether it is answered where nobody chose another threshold."""
        return self.confidence >= usual_threshold(self.likeness)


def main(data: str, out: str, kept: str = "") -> None:
    """Ask everything, or read what an earlier run kept; fit, report, write."""
    if kept and Path(kept).exists():
        asked = read_asked(Path(kept))
    else:
        asked = list(ask_all(Path(data)))
        if kept:
            lines = (json.dumps(asdict(one)) for one in asked)
            Path(kept).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    fitted = fit(asked)
    (Path(out) / "conflicts.json").write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print("conflicts.json", json.dumps(fitted))


def read_asked(path: Path) -> list[Asked]:
    """What an earlier run kept, a question a line."""
    return [Asked(**row | {"pairs": tuple(Pair(**pair) for pair in row["pairs"])}) for row in read_rows(path)]


def ask_all(data: Path) -> Iterator[Asked]:
    """Every question of every set."""
    encoder, reader = SentenceTransformerEncoder.load(), kept_reader()
    for name in SHARES:
        with tempfile.TemporaryDirectory() as temporary:
            store = Store.open(Path(temporary))
            adder = Adder(store, encoder=encoder, tokenizer=encoder)
            answerer = Answerer(Searcher(store, encoder=encoder), reader=reader, threshold=0.0)
            for material, into in _materials(data, name):
                for question, collection in _added(name, material, adder, into):
                    yield ask(name, question, answerer, reader, collection)
        print(f"{name}: read", flush=True)


def _materials(data: Path, name: str) -> Iterator[tuple[Material, str]]:
    """The questions and documents of a set, and the collection they go into.

    Of poisonedrag for each plant in its turn, under one name: it replaces the last.
    """
    gold, nq = data / name / "gold.jsonl", data / "nq"
    if name == "ramdocs":
        yield prepare(gold), DEFAULT_COLLECTION
    elif name == "poisonedrag":
        for plant in range(PLANTS):
            planted = prepare(gold, nq / "corpus.jsonl", plants=1, first_plant=plant, evidence=nq / "gold.jsonl")
            yield planted, DEFAULT_COLLECTION
    elif name == KEPT:
        for folder in folders(data)[KEPT]:
            yield prepare(folder / "gold.jsonl", folder / "corpus"), folder.name
    else:
        yield prepare(gold, data / name / "corpus.jsonl", sample_size=SIZES[name]), DEFAULT_COLLECTION


def _added(name: str, material: Material, adder: Adder, collection: str) -> Iterator[tuple[Question, str]]:
    """Every question and the collection to ask it in, which then has its documents."""
    if name == "ramdocs":
        for question in material.questions:
            _add(adder, own_documents(question), question.id)
            yield question, question.id
        return
    _add(adder, material.documents, collection)
    for question in material.questions:
        yield question, collection


def _add(adder: Adder, documents: Iterable[Document], collection: str) -> None:
    for outcome in adder.add(documents, collection=collection):
        if outcome.status == "rejected":
            raise ValueError(f"{outcome.name}: {outcome.reason}")


def ask(
    name: str, question: Question, answerer: Answerer, judge: SupportJudge, collection: str = DEFAULT_COLLECTION
) -> Asked:
    """The pairs of one question, as the answer would compare them."""
    looked = answerer.look(question.question, collection=collection)
    asked = read_question(looked.question)
    found = find_rivals(asked, looked.compared)
    pairs = [
        Pair(
            signals(asked, found.lead, other, visible=answerer.visible, borne=claim_borne(asked, other, judge)),
            contradicts(name, question, found.lead, other),
        )
        for other in (found.others if found else ())
    ]
    loaded = found is not None and is_loaded(found.lead[0].evidence.sentence, looked.compared)
    likeness = answerer.searcher.likeness(collection)
    return Asked(
        name,
        question.id,
        question.answerable,
        looked.confidence,
        tuple(pairs),
        loaded,
        _disputed(name, question),
        likeness,
    )


def contradicts(name: str, question: Question, lead: Sequence[Claim], other: Sequence[Claim]) -> bool:
    """Whether the other value is an answer of the row that the leading one is not.

    Where documents agree, that is so only if the leading value is no answer at all: then the other is the right one.
    """
    answers = {*question.answers, *question.wrong_answers}
    led = _given(lead, answers)
    return bool(_given(other, answers) - led) and (_disputed(name, question) or not led)


def _disputed(name: str, question: Question) -> bool:
    """Whether the documents are known to disagree about what is asked."""
    return name in CONFLICTING or bool(question.conflict)


def _given(claims: Sequence[Claim], answers: Iterable[str]) -> set[str]:
    texts = [claim.value.text for claim in claims]
    return {answer for answer in answers if any(states(text, answer) or states(answer, text) for text in texts)}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All pairs as columns: which question and set each is of, its fold, its signals, whether it contradicts, its share."""

    asked: NDArray[np.int64]
    sets: NDArray[np.str_]
    folds: NDArray[np.int64]
    X: NDArray[np.float64]
    y: NDArray[np.bool_]
    shares: NDArray[np.float64]


def fit(asked: Sequence[Asked]) -> dict[str, object]:
    """Weights, the threshold of a conflict and the one of a further value."""
    sure = [one for one in asked if one.confidence >= LEAST_CONFIDENCE]
    table = _table(sure)
    limits = [LIMITS[name] for name in SIGNALS]
    held_out = np.zeros(len(table.y))
    for fold in range(FOLDS):
        inside = table.folds != fold
        fitted = fit_signed(table.X[inside], table.y[inside], table.shares[inside], limits=limits, penalty=PENALTY)
        held_out[~inside] = chances(table.X[~inside], *fitted)
    weights, bias = fit_signed(table.X, table.y, table.shares, limits=limits, penalty=PENALTY)
    threshold = _threshold(sure, asked, table, held_out)
    several = [np.flatnonzero(table.asked == at) for at, one in enumerate(sure) if one.loaded]
    beside = np.array([row for rows in several for row in rows[likeliest(held_out[rows].tolist())]], dtype=np.int64)
    loaded = fit_shift(held_out[beside], table.y[beside], threshold=threshold)
    for rows in several:
        held_out[rows] = against_loaded(held_out[rows].tolist(), by=loaded)
    further = _further(table, held_out, threshold)
    _report(sure, asked, table, held_out, threshold, further)
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(SIGNALS, weights, strict=True)},
        "loaded": round(loaded, 4),
        "threshold": threshold,
        "further": further,
        "fitted_on": ", ".join(f"{sum(one.set == name for one in asked)} questions of {name}" for name in SHARES),
    }


def fit_shift(likely: NDArray[np.float64], y: NDArray[np.bool_], *, threshold: float) -> float:
    """What the log-odds of these chances are to be raised by, for what is right often enough to reach the threshold."""
    return float(logit(threshold) - logit(_lowest(likely, y, threshold, right=LOADED_RIGHT)))


def _lowest(likely: NDArray[np.float64], y: NDArray[np.bool_], threshold: float, *, right: float) -> float:
    """The lowest chance, in hundredths, from which those below the threshold are right often enough; it, if there is none."""
    for at in range(10, round(threshold * 100)):
        between = (likely >= at / 100) & (likely < threshold)
        if between.any() and y[between].mean() >= right:
            return at / 100
    return threshold


def _table(asked: Sequence[Asked]) -> Table:
    rows = [(at, one, pair) for at, one in enumerate(asked) for pair in one.pairs]
    sets = np.array([one.set for _, one, _ in rows])
    counts = {name: max(1, int((sets == name).sum())) for name in SHARES}
    return Table(
        asked=np.array([at for at, _, _ in rows]),
        sets=sets,
        folds=np.array([fold_of(f"{one.set} {one.id}") for _, one, _ in rows]),
        X=np.array([[pair.signals[name] for name in SIGNALS] for _, _, pair in rows]),
        y=np.array([pair.contradicts for _, _, pair in rows]),
        shares=np.array([SHARES[name] / counts[name] for name in sets]),
    )


def fold_of(question: str) -> int:
    """The fold of a question, the same on every machine."""
    return int(hashlib.sha256(question.encode()).hexdigest(), 16) % FOLDS


def _best(sure: Sequence[Asked], table: Table, held_out: NDArray[np.float64]) -> list[tuple[Asked, float]]:
    """The questions, each with the chance of its likeliest conflict."""
    best = np.zeros(len(sure))
    np.maximum.at(best, table.asked, held_out)
    return [(one, float(chance)) for one, chance in zip(sure, best, strict=True)]


def false_conflicts(
    sure: Sequence[Asked], asked: Sequence[Asked], table: Table, held_out: NDArray[np.float64], at: float
) -> dict[str, float]:
    """Of every agreeing set the part of its answerable questions that is shown as a conflict in vain from the chance `at` on.

    Where the leading value is wrong and the right one is shown beside it, it is not in vain.
    """
    mended = set(table.asked[table.y & (held_out >= at)])
    shown = [
        one
        for place, (one, chance) in enumerate(_best(sure, table, held_out))
        if chance >= at and one.answerable and one.answered and place not in mended and not one.disputed
    ]
    agreeing = [one for one in asked if one.answerable and not one.disputed]
    return {
        name: sum(one.set == name for one in shown) / max(1, sum(one.set == name for one in agreeing))
        for name in (*AGREEING, KEPT)
    }


def _threshold(sure: Sequence[Asked], asked: Sequence[Asked], table: Table, held_out: NDArray[np.float64]) -> float:
    """The lowest chance, in hundredths, at which the agreeing sets have no more conflicts than they may."""
    tried = (at / 100 for at in range(10, 100))
    rates = ((at, false_conflicts(sure, asked, table, held_out, at)) for at in tried)
    return next(at for at, rate in rates if np.mean(list(rate.values())) <= FALSE_CONFLICTS)


def _further(table: Table, held_out: NDArray[np.float64], threshold: float) -> float:
    """The lowest chance from which further values of questions with a conflict are right often enough."""
    conflicting = np.isin(table.sets, list(CONFLICTING)) & np.isin(table.asked, table.asked[held_out >= threshold])
    return _lowest(held_out[conflicting], table.y[conflicting], threshold, right=FURTHER_RIGHT)


def _report(
    sure: Sequence[Asked],
    asked: Sequence[Asked],
    table: Table,
    held_out: NDArray[np.float64],
    threshold: float,
    further: float,
) -> None:
    print(f"threshold {threshold}, further {further}; the questions were not fitted on:")
    for name, rate in false_conflicts(sure, asked, table, held_out, threshold).items():
        print(f"{name}: {rate:.3f} of the answerable questions shown as conflicts in vain")
    for name in (*CONFLICTING, KEPT):
        own = table.sets == name
        said = own & (held_out >= threshold)
        print(
            f"{name}: {said[table.y].sum()} of {(own & table.y).sum()} contradictions found, "
            f"{table.y[said].mean() if said.any() else 0.0:.3f} of those shown are some"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
