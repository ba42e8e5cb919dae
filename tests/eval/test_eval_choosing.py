"""Thresholds from a curve, against trying every one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import EmptySetError, ThresholdError, threshold_at_false_refusal, threshold_at_risk

PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]), st.booleans()), min_size=1, max_size=20)


@given(PAIRS, st.sampled_from([0.0, 0.1, 0.3, 0.5]))
def test_at_risk_answers_the_most_that_keeps_the_bound(pairs: list[tuple[float, bool]], risk: float) -> None:
    confidences, right = [c for c, _ in pairs], [r for _, r in pairs]
    kept = {}
    for value in sorted(set(confidences)):
        given_right = [r for c, r in pairs if c >= value]
        if given_right.count(False) / len(given_right) <= risk:
            kept[value] = len(given_right) / len(pairs)
    if not kept:
        with pytest.raises(ThresholdError, match=f"risk of at most {risk}"):
            threshold_at_risk(confidences, right, risk=risk)
    else:
        found = threshold_at_risk(confidences, right, risk=risk)
        assert (found.value, found.coverage) == (min(kept), max(kept.values()))
        assert found.rate <= risk


@given(PAIRS, st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_at_false_refusal_refuses_the_most_that_keeps_the_bound(pairs: list[tuple[float, bool]], rate: float) -> None:
    confidences, answerable = [c for c, _ in pairs], [a for _, a in pairs]
    positive = [c for c, a in pairs if a]
    if not positive:
        with pytest.raises(EmptySetError, match="answerable"):
            threshold_at_false_refusal(confidences, answerable, rate=rate)
        return
    kept = [v for v in set(confidences) if sum(c < v for c in positive) / len(positive) <= rate]
    found = threshold_at_false_refusal(confidences, answerable, rate=rate)
    assert found.value == max(kept)
    assert found.rate <= rate


def test_a_worked_example() -> None:
    confidences, right = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    found = threshold_at_risk(confidences, right, risk=0.25)
    assert (found.value, found.coverage, found.rate, found.n) == (0.6, 1.0, 0.25, 4)
    assert threshold_at_risk(confidences, right, risk=0.1).value == 0.8


def test_pairs_and_bounds_are_checked() -> None:
    with pytest.raises(EmptySetError, match="found 1 for 2"):
        threshold_at_risk([0.1, 0.2], [True], risk=0.1)
    with pytest.raises(ThresholdError, match=r"found 1\.5"):
        threshold_at_risk([0.1], [True], risk=1.5)
