"""Kept readings: the same scores in the same order, and no window is read twice by one network."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.reader_inputs import Window
from qa.reading import Scores
from training.keeping import KeptScores


class CountingScorer:
    """Every token scores its own number and the sum of all; `read` remembers what was asked."""

    def __init__(self) -> None:
        self.read: list[tuple[int, ...]] = []

    def __call__(self, laid: Sequence[Window], /) -> tuple[list[Scores], list[Scores]]:
        self.read += [window.ids for window in laid]
        spans = [np.array([[token, sum(window.ids)] for token in window.ids], np.float32) for window in laid]
        return spans, [np.array([len(window.ids), window.question_length], np.float32) for window in laid]


def window(*ids: int, question: int = 1) -> Window:
    return Window(ids, question, question, 0, len(ids) - question)


IDS = st.lists(st.integers(0, 3), min_size=1, max_size=4)


@given(st.lists(st.lists(IDS, max_size=4), max_size=4))
def test_kept_scores_are_the_scores_and_nothing_is_read_twice(asked: list[list[list[int]]]) -> None:
    plain, counting = CountingScorer(), CountingScorer()
    kept = KeptScores(counting, sqlite3.connect(":memory:"), network="a")
    for several in asked:
        laid = [window(*ids) for ids in several]
        for found, expected in zip(kept(laid), plain(laid), strict=True):
            assert [one.tolist() for one in found] == [one.tolist() for one in expected]
    assert sorted(counting.read) == sorted({tuple(ids) for several in asked for ids in several})


def test_readings_outlast_the_process_and_belong_to_their_network(tmp_path: Path) -> None:
    counting, path = CountingScorer(), tmp_path / "kept.sqlite"
    for network, times in (("a", 1), ("a", 1), ("b", 2)):
        connection = sqlite3.connect(path)
        spans, pairs = KeptScores(counting, connection, network=network)([window(4, 5)])
        connection.close()
        assert (spans[0].tolist(), pairs[0].tolist()) == ([[4, 9], [5, 9]], [2, 1])
        assert len(counting.read) == times


def test_the_same_tokens_cut_elsewhere_are_another_window() -> None:
    counting = CountingScorer()
    kept = KeptScores(counting, sqlite3.connect(":memory:"), network="a")
    _, pairs = kept([window(1, 2, 3, question=1), window(1, 2, 3, question=2)])
    assert [pair.tolist() for pair in pairs] == [[3, 1], [3, 2]]
