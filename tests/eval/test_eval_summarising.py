"""Means with n and intervals: right, the same every time, never NaN, never over nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import DEFAULT, Case, EmptySetError, MeasureError, measure_named, measures_named, summarise, wilson
from eval.measures import MeanMeasure
from eval.summarising import RESAMPLES, bootstrap_mean, draws, seed_of


def test_wilson_against_published_values() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611; 1 of 29 0.0061 to 0.1718.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    with pytest.raises(EmptySetError, match="found 0 of 0"):
        wilson(0, 0)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(pair: tuple[int, int]) -> None:
    successes, n = pair
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low))


def test_bootstrap_covers_as_often_as_it_says() -> None:
    stream = np.random.Generator(np.random.PCG64(5))
    held = 0
    for seed in range(200):
        low, high = bootstrap_mean(stream.random(60).tolist(), seed=seed)
        held += low <= 0.5 <= high
    assert 0.90 <= held / 200 <= 0.985


def test_bootstrap_is_fixed_down_to_the_last_digit() -> None:
    # The figures themselves are pinned: a NumPy that drew other resamples would silently change published intervals.
    assert bootstrap_mean([0.0, 0.25, 0.5, 1.0, 1.0], seed=seed_of("F1", 0)) == (0.2, 0.9)
    first = next(draws(10, seed=1))
    assert first.tolist() == [5, 9, 1, 9, 3, 4, 8, 4, 5, 0]


def test_draws_stay_in_the_set_and_are_even() -> None:
    places = np.concatenate(list(draws(7, seed=3)))
    counts = np.bincount(places, minlength=7)
    assert len(places) == 7 * RESAMPLES
    assert counts.min() > 0.9 * RESAMPLES
    assert counts.max() < 1.1 * RESAMPLES


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_the_interval_of_bounded_values_is_bounded_and_finite(values: list[float], dice: object) -> None:
    low, high = bootstrap_mean(values, seed=1)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    assert math.isfinite(low)
    assert math.isfinite(high)


def test_every_measure_of_the_sample_has_n_and_an_interval_around_it(cases: tuple[Case, ...]) -> None:
    for measure in measures_named():
        figure = summarise(measure, cases)
        assert 0 < figure.n <= len(cases), measure.name
        assert math.isfinite(figure.low), measure.name
        assert figure.low <= figure.high, measure.name
        # ECE is pushed up by resampling, so its value may lie at the edge of its interval; means lie inside.
        assert figure.low <= figure.value <= figure.high, measure.name


@pytest.mark.parametrize("name", DEFAULT)
def test_nothing_to_average_is_an_error_that_says_what_was_needed(name: str) -> None:
    with pytest.raises(EmptySetError, match=f"{name} needs .*among 0 questions"):
        summarise(measure_named(name), [])


def test_auroc_needs_both_kinds(cases: tuple[Case, ...]) -> None:
    answerable = [case for case in cases if case.question.answerable]
    with pytest.raises(EmptySetError, match=r"AUROC needs .* on answerable and unanswerable questions"):
        summarise(measure_named("AUROC"), answerable)


@pytest.mark.parametrize("name", ["nDCG", "nDCG@0", "ndcg@10", "Recall@", "Risk@101", "F1@5", "Accuracy", ""])
def test_other_spellings_are_refused_with_the_right_ones(name: str) -> None:
    with pytest.raises(MeasureError, match=r"expected one of ExactMatch, .*nDCG@k.*; found"):
        measure_named(name)


@pytest.mark.parametrize("name", DEFAULT)
def test_a_measure_is_called_what_it_is_asked_for_by_and_is_documented(name: str) -> None:
    measure = measure_named(name)
    assert measure.name == name
    rule = measure.value if isinstance(measure, MeanMeasure) else measure.statistic
    documented = getattr(rule, "func", rule).__doc__ or ""
    assert documented.split(":")[0].split("@")[0] in (name.split("@")[0], "SecondsP50, SecondsP95", "ECE")
