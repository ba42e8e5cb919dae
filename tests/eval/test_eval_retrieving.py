"""Retrieval measures against an established library, and what counts as found."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import Case, EvidenceSpan, Question, Result, RunHit, RunRow
from eval.measures import MeanMeasure, measure_named
from eval.retrieving import found_ranks, is_relevant

NAMES = ("Recall@5", "Recall@10", "RR@10", "nDCG@10", "nDCG@5", "Success@1", "Success@5")


def value(name: str, case: Case) -> float | None:
    measure = measure_named(name)
    assert isinstance(measure, MeanMeasure)
    return measure.value(case)


def search(identifier: str, *, grades: dict[str, int], ranked: list[str]) -> Case:
    """A question with graded documents, and hits each of which is a whole document."""
    hits = tuple(RunHit(name, 0, 10, 1 - i / 100) for i, name in enumerate(ranked))
    question = Question(identifier, "?", relevance=tuple(grades.items()))
    return Case(question, RunRow(identifier, Result("answered"), hits))


def random_search(dice: random.Random, identifier: str) -> Case:
    documents = [f"d{i}" for i in range(30)]
    grades = {name: dice.choice([0, 1, 1, 2, 3]) for name in dice.sample(documents, dice.randrange(1, 8))}
    grades["d0"] = 1  # at least one is relevant
    return search(identifier, grades=grades, ranked=dice.sample(documents, dice.randrange(0, 25)))


def test_figures_equal_ir_measures() -> None:
    ir_measures = pytest.importorskip("ir_measures", reason="the cross-check needs ir_measures")
    dice = random.Random(7)
    searches = [random_search(dice, f"q{i}") for i in range(200)]
    qrels = [ir_measures.Qrel(c.question.id, name, grade) for c in searches for name, grade in c.question.relevance]
    run = [ir_measures.ScoredDoc(c.question.id, h.document_name, h.score) for c in searches for h in c.row.hits]
    theirs: dict[Any, float] = ir_measures.calc_aggregate([ir_measures.parse_measure(n) for n in NAMES], qrels, run)
    for name in NAMES:
        values = [value(name, case) for case in searches]
        ours = sum(v for v in values if v is not None) / len(searches)
        assert ours == pytest.approx(theirs[ir_measures.parse_measure(name)], abs=1e-9), name


def test_a_worked_example() -> None:
    # Gold a (grade 1) and b (grade 1); hits x, a, y, b: found at ranks 2 and 4.
    case = search("q", grades={"a": 1, "b": 1, "z": 0}, ranked=["x", "a", "y", "b"])
    assert value("Recall@2", case) == 0.5
    assert value("Recall@4", case) == 1.0
    assert value("RR@10", case) == 0.5
    assert value("RR@1", case) == 0.0
    assert (value("Success@1", case), value("Success@2", case)) == (0.0, 1.0)
    # DCG = 1/log2(3) + 1/log2(5) = 0.63093 + 0.43068; ideal = 1 + 0.63093.
    assert value("nDCG@10", case) == pytest.approx((0.6309297536 + 0.4306765581) / 1.6309297536)


def test_a_hit_counts_by_overlap_and_a_document_counts_once() -> None:
    gold = (EvidenceSpan("a", 10, 20, "x" * 10), EvidenceSpan("a", 50, 60, "y" * 10))
    question = Question("q", "?", evidence=gold, passage="a")
    hits = (RunHit("b", 10, 20, 0.9), RunHit("a", 20, 50, 0.8), RunHit("a", 0, 11, 0.7), RunHit("a", 55, 80, 0.6))
    case = Case(question, RunRow("q", Result("answered"), hits))
    assert [is_relevant(hit, question) for hit in hits] == [False, False, True, True]
    assert found_ranks(case) == {"a": 3}
    assert (value("Recall@3", case), value("nDCG@10", case)) == (1.0, 0.5)


def test_without_spans_the_document_decides_and_unanswerable_questions_do_not_count(
    case_of: Callable[..., Case],
) -> None:
    hit = {"document_name": "p", "start": 0, "end": 1, "score": 1.0}
    assert value("Success@1", case_of({"status": "answered"}, hits=(hit,), passage="p")) == 1.0
    assert value("Success@1", case_of({"status": "answered"}, hits=(hit,), passage="other")) == 0.0
    assert value("Success@1", case_of({"status": "abstained"}, hits=(hit,), passage="p", answerable=False)) is None
    assert value("Success@1", case_of({"status": "answered"}, hits=(hit,), answers=("x",))) is None


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_measures_are_shares_and_grow_with_k(ranked: list[str], gold: set[str]) -> None:
    case = search("q", grades=dict.fromkeys(sorted(gold), 1), ranked=ranked)
    for stem in ("Recall", "RR", "Success"):
        values = [value(f"{stem}@{k}", case) or 0.0 for k in range(1, 10)]
        assert values == sorted(values)
        assert 0 <= values[0] <= values[-1] <= 1
    assert (value("nDCG@9", case) == pytest.approx(1.0)) == (set(ranked[: len(gold)]) == gold)
