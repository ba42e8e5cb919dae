"""Ranking: the order and the chance by hand, whatever weights were fitted."""

import math
from dataclasses import replace

import pytest

from index.datatypes import Hit
from qa.ranking import CHANCE, ORDER, ReadHit, ranked, ranking_score
from qa.reading import Marked, Reading
from tests.qa.making import make_reading


def hit(key: int, score: float, *, length: int = 1) -> Hit:
    return Hit(1, key, "id", "a.txt", "", 0, length, "x" * length, score)


def reading(answerable: float, margin: float) -> Reading:
    return Reading(answerable, (Marked(0, 1, margin),))


WEIGHTS = {"search": 10.0, "answerable": 2.0, "margin": 0.5, "length": 3.0, "later": 1.5}


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.ranking.ORDER", {"mixed": WEIGHTS, "alike": WEIGHTS | {"later": 0.0, "length": 0.0}})
    monkeypatch.setattr("qa.ranking.CHANCE", {"answerable": 0.5, "margin": 0.25, "bias": -1.0})


@pytest.mark.usefixtures("weighed")
def test_the_score_is_what_search_and_reader_give_weighed() -> None:
    assert ranking_score(hit(1, 0.3), reading(-1.5, 4.0), WEIGHTS) == pytest.approx(3.0 - 3.0 + 2.0)
    (found,) = ranked([hit(1, 0.3)], [reading(-1.5, 4.0)], likeness=0.0)
    assert found.hit.score == pytest.approx(2.0)
    assert (found.hit.passage_key, found.reading.answerable) == (1, -1.5)


@pytest.mark.usefixtures("weighed")
def test_the_best_comes_first_and_equals_in_the_order_of_their_keys() -> None:
    hits = [hit(7, 0.1), hit(3, 0.2), hit(5, 0.2), hit(4, 0.0)]
    readings = [reading(0.0, 0.0), reading(0.0, 0.0), reading(0.0, 0.0), reading(2.0, 0.0)]
    found = ranked(hits, readings, likeness=0.0)
    assert [one.hit.passage_key for one in found] == [4, 3, 5, 7]
    assert [one.reading for one in found] == [readings[3], readings[1], readings[2], readings[0]]
    assert ranked([], [], likeness=0.0) == []


@pytest.mark.usefixtures("weighed")
def test_of_two_passages_the_longer_one_comes_first() -> None:
    said = reading(0.0, 0.0)
    long, short = hit(1, 0.1, length=200), hit(2, 0.1, length=100)
    difference = ranking_score(long, said, WEIGHTS) - ranking_score(short, said, WEIGHTS)
    assert difference == pytest.approx(3.0 * math.log(2.0))
    hits = [hit(1, 0.1, length=100), hit(2, 0.1, length=200)]
    assert [one.hit.passage_key for one in ranked(hits, [said, said], likeness=0.0)] == [2, 1]
    # Where all is about one thing, nothing speaks for the longer one.
    assert [one.hit.passage_key for one in ranked(hits, [said, said], likeness=1.0)] == [1, 2]


@pytest.mark.usefixtures("weighed")
def test_in_a_library_the_beginning_of_a_document_comes_first() -> None:
    said = [reading(0.0, 0.0)] * 2
    hits = [replace(hit(1, 0.1), start=301, end=302), replace(hit(2, 0.1), start=300, end=301)]
    first, second = ranked(hits, said, likeness=0.0)
    assert (first.hit.passage_key, first.hit.score - second.hit.score) == (2, pytest.approx(1.5))
    assert [one.hit.passage_key for one in ranked(hits, said, likeness=1.0)] == [1, 2]


@pytest.mark.usefixtures("weighed")
def test_the_chance_is_the_logistic_of_the_reader_s_scores_alone() -> None:
    for score in (0.1, 0.9):
        assert ReadHit(hit(1, score), reading(2.0, 4.0)).chance == pytest.approx(1 / (1 + math.exp(-1.0)))
    assert ReadHit(hit(1, 0.5), Reading(1.0, ())).chance == pytest.approx(1 / (1 + math.exp(5.5)))  # margin -20


@pytest.mark.usefixtures("weighed")
@pytest.mark.parametrize(("log_odds", "chance"), [(1e6, 1.0), (-1e6, 0.0)])
def test_no_score_is_too_large_for_a_chance(log_odds: float, chance: float) -> None:
    assert ReadHit(hit(1, 0.5), reading(log_odds, log_odds)).chance == pytest.approx(chance, abs=1e-20)


@pytest.mark.parametrize("chance", [0.0, 0.05, 0.5, 0.9, 1.0])
def test_a_made_reading_has_the_chance_that_a_test_wants(chance: float) -> None:
    for spans in ((), (Marked(0, 3, -7.0),)):
        made = make_reading(chance, shares={0: 1.0, 9: 0.5}, spans=spans)
        assert ReadHit(hit(1, 0.5), made).chance == pytest.approx(chance, abs=1e-9)
        assert [made.share(0, 9), made.share(9, 10), made.share(0, 10), made.share(1, 9)] == [1.0, 0.5, 1.0, 0.0]


def test_the_fitted_weights_have_the_right_names() -> None:
    assert {kind: set(weights) for kind, weights in ORDER.items()} == {key: set(WEIGHTS) for key in ("mixed", "alike")}
    assert set(CHANCE) == {"answerable", "margin", "bias"}
    assert CHANCE["answerable"] + CHANCE["margin"] > 0  # or no test could say what a reading's chance is
