"""What was fitted on libraries and on collections about one thing, and what lies between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.likeness import ALIKE, MIXED, alike, between, weights_at


def test_a_library_is_mixed_and_the_papers_of_one_event_are_alike() -> None:
    assert (alike(0.01), alike(MIXED), alike((MIXED + ALIKE) / 2), alike(ALIKE), alike(1.0)) == (
        *(0.0, 0.0, pytest.approx(0.5), 1.0, 1.0),
    )
    assert weights_at({"mixed": {"a": 1.0, "b": 5.0}, "alike": {"a": 3.0, "b": 1.0}}, (MIXED + ALIKE) / 2) == {
        **{"a": pytest.approx(2.0), "b": pytest.approx(3.0)},
    }


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(-9, 9), st.floats(-9, 9))
def test_what_lies_between_lies_between_and_grows_with_the_likeness(
    low: float, high: float, mixed: float, one: float
) -> None:
    low, high = sorted([low, high])
    assert 0.0 <= alike(low) <= alike(high) <= 1.0
    assert min(mixed, one) - 1e-9 <= between(mixed, one, likeness=low) <= max(mixed, one) + 1e-9
