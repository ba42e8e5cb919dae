"""Chooses the confidence below which to abstain, from what a run that abstained from nothing got right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.errors import EmptySetError, ThresholdError


@dataclass(frozen=True, slots=True)
class Threshold:
    """Answer where confidence >= `value`. `coverage` is the share answered of `n`, `rate` what the bound was put on."""

    value: float
    coverage: float
    rate: float
    n: int


def threshold_at_risk(confidences: Sequence[float], right: Sequence[bool], *, risk: float) -> Threshold:
    """The lowest threshold at which the share of wrong answers among those given is at most `risk`.

    The lowest one answers the most. Raises ThresholdError, with the least risk there is, where none keeps the bound.
    """
    scores, wrong = _checked(confidences, right, bound=risk)
    values, covered, errors = [], [], []
    for value in np.unique(scores):
        answered = scores >= value
        values.append(float(value))
        covered.append(int(answered.sum()))
        errors.append(int((wrong & answered).sum()) / int(answered.sum()))
    for value, count, rate in zip(values, covered, errors, strict=True):
        if rate <= risk:
            return Threshold(value, count / len(scores), rate, len(scores))
    raise ThresholdError(f"expected a threshold with a risk of at most {risk}, found none below {min(errors):.4f}")


def threshold_at_false_refusal(confidences: Sequence[float], answerable: Sequence[bool], *, rate: float) -> Threshold:
    """The highest threshold that refuses at most `rate` of the answerable questions.

    The highest one refuses the most of the unanswerable ones. Thresholds are tried at the stated confidences; the
    lowest of them refuses nothing, so there is always one.
    """
    scores, unanswerable = _checked(confidences, answerable, bound=rate)
    kept = scores[~unanswerable]
    if not len(kept):
        raise EmptySetError("expected at least one answerable question to choose a threshold by, found none")
    for value in np.unique(scores)[::-1]:
        refused = int((kept < value).sum()) / len(kept)
        if refused <= rate:
            break
    return Threshold(float(value), int((scores >= value).sum()) / len(scores), refused, len(scores))


def _checked(
    confidences: Sequence[float], good: Sequence[bool], *, bound: float
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The confidences, and where the outcome is not good; refused where they are no pairs or the bound is no share."""
    if not confidences or len(confidences) != len(good):
        raise EmptySetError(f"expected as many outcomes as confidences, found {len(good)} for {len(confidences)}")
    if not 0 <= bound <= 1:
        raise ThresholdError(f"expected a bound from 0 to 1, found {bound}")
    return np.asarray(confidences, dtype=np.float64), ~np.asarray(good, dtype=np.bool_)
