"""Measures of what an answer cost: seconds, tokens and memory, each from what the run recorded.

A question without a record (a run that measured nothing, a missing row) has no cost and is left out; n says so.
"""

import numpy as np
from numpy.typing import NDArray

from eval.datatypes import Case

# The spellings in use: ours, Anthropic's and OpenAI's.
INPUT_FIELDS = ("tokens_in", "input_tokens", "prompt_tokens")
OUTPUT_FIELDS = ("tokens_out", "output_tokens", "completion_tokens")


def seconds(case: Case) -> tuple[float] | None:
    """The seconds one answer took, wall clock."""
    return None if case.row.seconds is None else (case.row.seconds,)


def percentile(columns: NDArray[np.float64], percent: int) -> float | None:
    """SecondsP50, SecondsP95: the smallest value that `percent` % of the values do not exceed (nearest rank)."""
    values = np.sort(columns[0])
    return float(values[max(1, -(-percent * len(values) // 100)) - 1]) if len(values) else None


def mean_seconds(case: Case) -> float | None:
    """Seconds: the mean of the seconds."""
    return case.row.seconds


def input_tokens(case: Case) -> float | None:
    """InputTokens: the mean number of tokens a language model read (`usage.tokens_in` and its like)."""
    return _usage(case, INPUT_FIELDS)


def output_tokens(case: Case) -> float | None:
    """OutputTokens: the mean number of tokens it wrote (`usage.tokens_out` and its like)."""
    return _usage(case, OUTPUT_FIELDS)


def _usage(case: Case, names: tuple[str, ...]) -> float | None:
    found = [case.row.result.usage[name] for name in names if name in case.row.result.usage]
    return found[0] if found else None


def memory(case: Case) -> tuple[float] | None:
    """The process's peak resident memory after one answer, in bytes."""
    return None if case.row.peak_memory_bytes is None else (float(case.row.peak_memory_bytes),)


def peak(columns: NDArray[np.float64]) -> float | None:
    """PeakMemory: the largest resident memory of the run, in bytes; a maximum has no interval."""
    return float(np.max(columns[0])) if columns.size else None
