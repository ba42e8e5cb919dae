"""Turns a measure and a set of cases into one figure with its n and its 95 % interval, the same on every machine.

Nothing here depends on the order in which a machine adds floats: values become whole multiples of 2**-32 before they
are added, and the resamples are drawn from the raw bits of PCG64, whose stream NumPy keeps fixed.
"""

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.datatypes import Case, Score
from eval.errors import EmptySetError
from eval.measures import Measure, SetMeasure

RESAMPLES = 1000
LEVEL = 0.95
_Z = 1.959963984540054  # the normal distribution's 97.5 % quantile
_GRAIN = float(2**32)
BLOCK = 2**18  # places drawn at once


def summarise(measure: Measure, cases: Sequence[Case], *, seed: int = 0) -> Score:
    """The measure over the cases it applies to. Raises EmptySetError where there is none, or nothing to tell apart."""
    if isinstance(measure, SetMeasure):
        return _of_set(measure, cases, seed=seed)
    values = [value for case in cases if (value := measure.value(case)) is not None]
    if not values:
        raise EmptySetError(_nothing(measure, cases))
    mean = mean_of(values)
    if measure.proportion:
        low, high = wilson(sum(value > 0.5 for value in values), len(values))
        return Score(mean, len(values), low, high, "wilson")
    low, high = bootstrap_mean(values, seed=seed_of(measure.name, seed))
    return Score(mean, len(values), low, high, "bootstrap")


def _of_set(measure: SetMeasure, cases: Sequence[Case], *, seed: int) -> Score:
    columns = columns_of(measure.parts, cases)
    value = measure.statistic(columns) if columns.size else None
    if value is None:
        raise EmptySetError(_nothing(measure, cases))
    n = columns.shape[1]
    if not measure.interval:
        return Score(value, n, value, value, "none")
    low, high = bootstrap_statistic(columns, measure.statistic, seed=seed_of(measure.name, seed))
    return Score(value, n, low, high, "bootstrap")


def _nothing(measure: Measure, cases: Sequence[Case]) -> str:
    return f"{measure.name} needs {measure.needs}; among {len(cases)} questions there is nothing to average"


def columns_of(parts: Callable[[Case], tuple[float, ...] | None], cases: Iterable[Case]) -> NDArray[np.float64]:
    """What `parts` gives of every case it applies to, shape (parts, n); (0, 0) where it applies to none."""
    found = [part for case in cases if (part := parts(case)) is not None]
    return np.array(found, dtype=np.float64).T if found else np.empty((0, 0))


def seed_of(name: str, seed: int) -> int:
    """A seed of its own for every measure, so that adding a measure changes no other's interval."""
    return zlib.crc32(f"{seed} {name}".encode())


def mean_of(values: Sequence[float]) -> float:
    """The mean, rounded once: `fsum` adds exactly, whatever the order."""
    return math.fsum(values) / len(values)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion. Source: Wilson 1927; Brown, Cai and DasGupta 2001, equation 4."""
    if not 0 <= successes <= n or not n:
        raise EmptySetError(f"expected 0 to n successes of n > 0, found {successes} of {n}")
    share, spread = successes / n, _Z * _Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    # At the ends the formula gives 0 and 1 exactly; the arithmetic may miss them by a rounding.
    return (0.0 if successes == 0 else middle - half, 1.0 if successes == n else middle + half)


def draws(n: int, *, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield RESAMPLES bootstrap resamples, each n places in a set of n, from PCG64's raw bits."""
    for block in _blocks(n, seed=seed):
        yield from block


def _blocks(n: int, *, seed: int) -> Iterator[NDArray[np.int64]]:
    """The resamples, shape (some, n) at a time: drawn together they are cheaper, and all at once they are too large."""
    stream = np.random.PCG64(seed)
    at_once = max(1, BLOCK // n)
    for begun in range(0, RESAMPLES, at_once):
        rows = min(at_once, RESAMPLES - begun)
        # The high 32 bits times n, shifted: every place is as likely as the next to within n / 2**32.
        places = (stream.random_raw(rows * n) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32)
        yield places.astype(np.int64).reshape(rows, n)


def ends(sorted_values: Sequence[float]) -> tuple[float, float]:
    """The 2.5 % and 97.5 % points of sorted resamples, by nearest rank."""
    tail = (1 - LEVEL) / 2
    last = len(sorted_values) - 1
    return sorted_values[math.floor(tail * last)], sorted_values[math.ceil((1 - tail) * last)]


def whole_multiples(values: Sequence[float]) -> tuple[NDArray[np.int64], float]:
    """The values as whole numbers, whose sums are exact in any order, and the scale that undoes it.

    Every total must stay below 2**63: small values keep 32 bits behind the point, large ones (bytes) keep none.
    """
    scale = _GRAIN if max(map(abs, values)) < 2**10 else 1.0
    return np.rint(np.asarray(values, dtype=np.float64) * scale).astype(np.int64), scale


def bootstrap_mean(values: Sequence[float], *, seed: int) -> tuple[float, float]:
    """The percentile bootstrap interval of a mean (Efron 1979) over RESAMPLES resamples."""
    whole, scale = whole_multiples(values)
    totals = sorted(int(total) for block in _blocks(len(whole), seed=seed) for total in whole[block].sum(axis=1))
    return ends([total / len(whole) / scale for total in totals])


def bootstrap_statistic(
    columns: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], float | None], *, seed: int
) -> tuple[float, float]:
    """The percentile bootstrap interval of a statistic of columns (parts, n); resamples it is undefined on drop out."""
    resampled = (statistic(columns[:, places]) for places in draws(columns.shape[1], seed=seed))
    found = sorted(value for value in resampled if value is not None)
    if not found:
        raise EmptySetError("expected resamples that determine the statistic, found none")
    return ends(found)
