"""Fitting the order: a passage is right where it overlaps what somebody marked, and ranks count passages."""

from pathlib import Path

import numpy as np
import pytest

from eval.datasets import read_gold
from eval.datatypes import EvidenceSpan
from index.datatypes import Hit
from qa.abstaining import SIGNALS
from qa.ranking import ORDER
from qa.reading import UNREAD, Marked, Reading
from training.fit_confidence import (
    FOLDS,
    JUDGED,
    KEPT,
    KINDS,
    SETS,
    STRAYED,
    TRIED,
    USUAL,
    WEIGHED,
    Judged,
    Read,
    _usual,
    fit_chance,
    fit_confidence,
    fit_order,
    folders,
    holds_gold,
    strays,
)


def hit(key: int, *, start: int = 0, end: int = 100, name: str = "a", score: float = 0.5) -> Hit:
    return Hit(1, key, "id", name, "", start, end, "x" * (end - start), score)


@pytest.mark.parametrize(
    ("name", "start", "end", "right"),
    [("a", 0, 51, True), ("a", 59, 100, True), ("a", 0, 50, False), ("a", 60, 100, False), ("b", 0, 100, False)],
)
def test_a_passage_is_right_where_it_overlaps_what_is_marked(name: str, start: int, end: int, right: bool) -> None:
    marked = [EvidenceSpan("a", 50, 60, "x" * 10)]
    assert holds_gold(hit(1, name=name, start=start, end=end), marked) is right
    assert not holds_gold(hit(1, name=name, start=start, end=end), [])


def test_the_order_that_puts_right_passages_first_is_found_for_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in KINDS:
        monkeypatch.setitem(ORDER, kind, ORDER[kind])
    said = [Reading(0.0, (Marked(0, 1, 0.0),))] * 2
    # The right passage of a library is ten times as long and found a little later.
    hits = [hit(1, end=100, score=0.52), hit(2, end=1000, score=0.5)]
    longer = Read("what is it", True, frozenset({2}), hits, said, likeness=0.0)
    shorter = Read("what is it", True, frozenset({1}), hits, said, likeness=1.0)
    found = fit_order({key: [longer] for key in SETS} | {KEPT: [shorter]})
    assert found["mixed"]["length"] > 0
    assert dict(zip(WEIGHED, TRIED[0], strict=True)) == found["alike"]


def test_a_passage_that_was_not_read_teaches_nothing() -> None:
    hits = [hit(1), hit(2)]
    said = [Reading(2.0, (Marked(0, 1, 3.0),)), Reading(-1.0, (Marked(0, 1, -4.0),))]
    reads = [Read("what is it", True, frozenset({1}), hits, said)] * 5
    unread = [Read("what is it", True, frozenset({1}), [*hits, hit(3)], [*said, UNREAD])] * 5
    assert fit_chance(reads) == fit_chance(unread)


def judged(name: str, *, chance: float, seed: int) -> Judged:
    """Two hundred questions of which those with the signal `chance` above it are answerable, but for one in ten."""
    random = np.random.default_rng(seed)
    X = np.zeros((200, len(SIGNALS)))
    X[:, SIGNALS.index("chance")] = random.random(200)
    y = (X[:, SIGNALS.index("chance")] > chance) ^ (random.random(200) < 0.1)
    return Judged(X, y, np.arange(200) % FOLDS)


def test_each_kind_of_collection_has_its_weights_and_its_threshold() -> None:
    sets = {name: judged(name, chance=0.5, seed=at) for at, name in enumerate(JUDGED)}
    other = sets | {KEPT: judged(KEPT, chance=0.1, seed=9)}
    one, two = fit_confidence(sets), fit_confidence(other)
    assert one["mixed"] == two["mixed"]
    assert one["alike"]["threshold"] != two["alike"]["threshold"]
    assert one["alike"]["weights"] != two["alike"]["weights"]
    assert one["mixed"]["fitted_on"] == "200 questions of clapnq, 200 questions of squad2"
    assert one["alike"]["fitted_on"] == "200 questions of kept"
    assert all(0.0 < one[kind]["threshold"] < 1.0 for kind in KINDS)
    assert fit_confidence(sets | {"squad2": judged("squad2", chance=0.1, seed=9)})["alike"] == one["alike"]
    assert 0.7 < USUAL["alike"][1] < 0.9


def test_a_usual_threshold_refuses_the_stated_part_and_no_more() -> None:
    y = np.arange(200) % 2 == 0
    sure = np.where(y, np.linspace(0.3, 1.0, 200), np.linspace(0.0, 0.7, 200))
    several = {"one": Judged(np.zeros((200, 1)), y, np.zeros(200, dtype=np.int64))}
    for kind, (answerable, most) in USUAL.items():
        at = _usual(kind, several, {"one": sure})
        assert (sure < at)[y == answerable].mean() <= most < (sure < at + 0.01)[y == answerable].mean()


def test_a_collection_of_papers_is_asked_what_the_next_one_answers() -> None:
    several = folders(Path("data"))
    assert strays(several["nq"]) == [[]]
    strayed = dict(zip((path.name for path in several[KEPT]), strays(several[KEPT]), strict=True))
    own = {path.name: list(read_gold(path / "gold.jsonl")) for path in several[KEPT]}
    assert [one.id for one in strayed["trial"]] == [one.id for one in own["battery"][::STRAYED]]
    assert not any(one.answerable or one.evidence for several in strayed.values() for one in several)


def test_the_collections_of_papers_are_sets_of_their_own_with_gold_and_documents() -> None:
    several = folders(Path("data"))
    assert several["nq"] == [Path("data") / "nq"]
    assert [path.name for path in several[KEPT]] == [
        *("battery", "club", "family", "flood", "handbook", "harbour", "household", "launch", "lumen", "merger"),
        *("notes", "personal", "pharma", "products", "project", "quake", "queue", "strike", "trial"),
    ]
    assert all((path / "gold.jsonl").exists() and list((path / "corpus").iterdir()) for path in several[KEPT])
