"""Bounds: the words around a figure say which way it is meant, and 'no more than' is not 'more than'."""

import pytest
from hypothesis import given

from qa.bounds import bound_of, bounding, without_bound
from tests.qa.making import PATIENT, hostile_texts


@pytest.mark.parametrize(
    ("before", "after", "bound"),
    [
        ("The ferry made ", " trips", ""),
        ("It made more than ", "", "least"),
        ("It made Over a ", "", "least"),
        ("It made no fewer than ", "", "least"),
        ("It made ", " or more", "least"),
        ("It made ", "+ trips", "least"),
        ("It made no more than ", "", "most"),
        ("It made fewer than the ", "", "most"),
        ("It made up to ", "", "most"),
        ("It made nearly ", "", "nearly"),
        ("It made about ", "", "about"),
        ("It was built c. ", "", "about"),
        ("It was over. ", "", ""),
        ("The moreover ", "", ""),
        # What stands right before it counts first.
        ("It made up to ", "+", "most"),
    ],
)
def test_which_way_a_figure_is_meant(before: str, after: str, bound: str) -> None:
    assert bound_of(before, after) == bound


def test_the_words_that_bound_a_figure() -> None:
    assert bounding("It rose more than ") == "more than "
    assert bounding("It rose to ") == ""
    assert without_bound("It rose by about ") == "It rose by "


@PATIENT
@given(hostile_texts(pieces=3))
def test_a_text_is_what_bounds_and_what_is_left(text: str) -> None:
    assert without_bound(text) + bounding(text) == text
