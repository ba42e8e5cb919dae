"""Seconds, tokens and memory, as recorded."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from eval import Case, measures_named, score
from eval.costs import input_tokens, output_tokens, percentile


@pytest.mark.parametrize(("percent", "expected"), [(1, 1.0), (50, 5.0), (51, 6.0), (95, 10.0), (100, 10.0)])
def test_a_percentile_is_one_of_the_values(percent: int, expected: float) -> None:
    assert percentile(np.array([[3.0, 1, 2, 10, 9, 8, 7, 4, 5, 6]]), percent) == expected


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"tokens_in": 7, "tokens_out": 2}, (7.0, 2.0)),
        ({"input_tokens": 7, "output_tokens": 2, "model": "m"}, (7.0, 2.0)),
        ({"prompt_tokens": 7, "completion_tokens": 0}, (7.0, 0.0)),
        ({}, (None, None)),
    ],
)
def test_tokens_in_the_spellings_in_use(
    case_of: Callable[..., Case], usage: dict[str, object], expected: tuple[float | None, float | None]
) -> None:
    case = case_of({"status": "answered", "usage": usage})
    assert (input_tokens(case), output_tokens(case)) == expected


def test_peak_memory_is_the_largest_and_has_no_interval(cases: tuple[Case, ...]) -> None:
    half = [replace(c, row=replace(c.row, peak_memory_bytes=None)) if i % 2 else c for i, c in enumerate(cases)]
    figure = score(half, measures_named(["PeakMemory"])).measures["PeakMemory"]
    assert (figure.value, figure.n, figure.interval) == (300_012_000.0, 7, "none")
