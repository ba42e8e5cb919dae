"""Compares two runs over the same questions: paired differences with intervals, and a permutation test."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.datatypes import Case
from eval.errors import EmptySetError
from eval.measures import MeanMeasure, Measure, SetMeasure, measures_named
from eval.scoring import DIGITS
from eval.summarising import (
    BLOCK,
    RESAMPLES,
    bootstrap_mean,
    columns_of,
    draws,
    ends,
    mean_of,
    seed_of,
    whole_multiples,
)

PERMUTATIONS = 9999


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure on two runs over the `n` questions it applies to in both: `value` is second minus first.

    `low` and `high` are the 95 % bootstrap interval of `value`; `p` is two-sided. `better` says which run the
    difference speaks for (`first`, `second`), or `neither` where the interval holds 0.
    """

    measure: str
    n: int
    first: float
    second: float
    value: float
    low: float
    high: float
    p: float
    better: str


def compare(
    first: Sequence[Case], second: Sequence[Case], measures: Sequence[Measure] | None = None, *, seed: int = 0
) -> tuple[Difference, ...]:
    """The differences between two runs, measure by measure. Questions without a row count in both, as in scoring.

    Named measures must have something to compare (EmptySetError); of the usual ones, those that have are returned.
    """
    ids = [case.question.id for case in first]
    if ids != [case.question.id for case in second] or not ids:
        raise EmptySetError(f"expected two runs over the same questions, found {len(first)} and {len(second)}")
    found = []
    for measure in measures or measures_named():
        difference = difference_of(measure, first, second, seed=seed_of(measure.name, seed))
        if difference is not None:
            found.append(difference)
        elif measures is not None:
            raise EmptySetError(f"{measure.name} needs {measure.needs} in both runs; there is nothing to compare")
    return tuple(found)


def difference_of(measure: Measure, first: Sequence[Case], second: Sequence[Case], *, seed: int) -> Difference | None:
    """One measure's difference, over the questions it applies to in both runs; None where there are none."""
    if isinstance(measure, SetMeasure):
        return _of_sets(measure, first, second, seed=seed) if measure.interval else None
    return _of_means(measure, first, second, seed=seed)


def _of_means(measure: MeanMeasure, first: Sequence[Case], second: Sequence[Case], *, seed: int) -> Difference | None:
    valued = [(measure.value(a), measure.value(b)) for a, b in zip(first, second, strict=True)]
    pairs = [(a, b) for a, b in valued if a is not None and b is not None]
    if not pairs:
        return None
    differences = [b - a for a, b in pairs]
    low, high = bootstrap_mean(differences, seed=seed)
    return Difference(
        measure=measure.name,
        n=len(pairs),
        first=mean_of([a for a, _ in pairs]),
        second=mean_of([b for _, b in pairs]),
        value=mean_of(differences),
        low=low,
        high=high,
        p=sign_flip_p(differences, seed=seed),
        better=_better(low, high, lower=measure.lower),
    )


def sign_flip_p(differences: Sequence[float], *, seed: int) -> float:
    """The two-sided p-value of a mean paired difference: the share of sign flips that give as large a mean or larger.

    Source: the randomisation test of Fisher 1935; (1 + hits) / (1 + flips) after Davison and Hinkley 1997, so that p
    is never 0. Pairs without a difference change nothing and are not flipped.
    """
    different = [difference for difference in differences if difference]
    if not different:
        return 1.0
    whole, _ = whole_multiples(different)
    observed = abs(int(whole.sum()))
    flips = coins(len(whole), times=PERMUTATIONS, seed=seed)
    totals = (np.where(block, whole, -whole).sum(axis=1) for block in flips)
    return (1 + sum(int((np.abs(total) >= observed).sum()) for total in totals)) / (1 + PERMUTATIONS)


def coins(n: int, *, times: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield `times` rows of n fair coins, from PCG64's raw bits, shape (some, n) at a time."""
    stream, at_once = np.random.PCG64(seed), max(1, BLOCK // n)
    for begun in range(0, times, at_once):
        rows = min(at_once, times - begun)
        yield (stream.random_raw(rows * n) >> np.uint64(63) == 1).reshape(rows, n)


def _of_sets(measure: SetMeasure, first: Sequence[Case], second: Sequence[Case], *, seed: int) -> Difference | None:
    both = [(a, b) for a, b in zip(first, second, strict=True) if measure.parts(a) and measure.parts(b)]
    one, two = columns_of(measure.parts, [a for a, _ in both]), columns_of(measure.parts, [b for _, b in both])
    values = (measure.statistic(one), measure.statistic(two)) if both else (None, None)
    if values[0] is None or values[1] is None:
        return None
    low, high = _interval(measure, one, two, seed=seed)
    return Difference(
        measure=measure.name,
        n=len(both),
        first=values[0],
        second=values[1],
        value=values[1] - values[0],
        low=low,
        high=high,
        p=_swap_p(measure, one, two, observed=abs(values[1] - values[0]), seed=seed),
        better=_better(low, high, lower=measure.lower),
    )


def _change(measure: SetMeasure, one: NDArray[np.float64], two: NDArray[np.float64]) -> float | None:
    first, second = measure.statistic(one), measure.statistic(two)
    return None if first is None or second is None else second - first


def _interval(
    measure: SetMeasure, one: NDArray[np.float64], two: NDArray[np.float64], *, seed: int
) -> tuple[float, float]:
    """The bootstrap interval of the change of a statistic, the same questions drawn for both runs."""
    changes = (_change(measure, one[:, places], two[:, places]) for places in draws(one.shape[1], seed=seed))
    return ends(sorted(change for change in changes if change is not None) or [0.0])


def _swap_p(
    measure: SetMeasure, one: NDArray[np.float64], two: NDArray[np.float64], *, observed: float, seed: int
) -> float:
    """`sign_flip_p` for a statistic of a set: the two runs' rows are swapped question by question."""
    hits = tried = 0
    swaps = coins(one.shape[1], times=RESAMPLES, seed=seed)
    for swap in (row for block in swaps for row in block):
        change = _change(measure, np.where(swap, two, one), np.where(swap, one, two))
        tried += change is not None
        hits += change is not None and abs(change) >= observed - 1e-12
    return (1 + hits) / (1 + tried)


def _better(low: float, high: float, *, lower: bool) -> str:
    if low <= 0 <= high:
        return "neither"
    return "second" if (low > 0) != lower else "first"


def to_json(differences: Sequence[Difference]) -> str:
    """The differences as JSON text, floats rounded like the scores."""
    rows = [
        {
            "measure": d.measure,
            "n": d.n,
            "better": d.better,
            **{
                name: round(getattr(d, name), DIGITS) + 0.0 for name in ("first", "second", "value", "low", "high", "p")
            },
        }
        for d in differences
    ]
    return json.dumps(rows, sort_keys=True, indent=2, allow_nan=False) + "\n"
