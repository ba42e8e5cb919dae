"""Fitting the order: a passage is right where it overlaps what somebody marked, and ranks count passages."""

import pytest

from eval.datatypes import EvidenceSpan
from index.datatypes import Hit
from qa.ranking import ORDER
from qa.reading import Marked, Reading
from training.fit_confidence import TRIED, WEIGHED, Read, fit_order, holds_gold


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


def test_the_order_that_puts_right_passages_first_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WEIGHED:
        monkeypatch.setitem(ORDER, name, ORDER[name])
    said = [Reading(0.0, (Marked(0, 1, 0.0),))] * 2
    # The right passage is ten times as long and found a little later.
    hits = [hit(1, end=100, score=0.52), hit(2, end=1000, score=0.5)]
    longer = Read("what is it", True, frozenset({2}), hits, said)
    assert fit_order({"made": [longer]})["length"] > 0
    shorter = Read("what is it", True, frozenset({1}), hits, said)
    assert dict(zip(WEIGHED, TRIED[0], strict=True)) == fit_order({"made": [shorter]})
