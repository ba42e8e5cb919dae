"""Words and numbers as the evaluation reads them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.normalising import contains, contains_besides, markers, numbers, states, without_markers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$53bn", {("53E9", "")}),
        ("53 billion dollars", {("53E9", "")}),
        ("53,000,000,000", {("53E9", "")}),
        ("one trillion", {("1E12", "")}),
        ("a ten-million-crown grant", {("1E7", "")}),
        ("9%", {("9", "%")}),
        ("9 per cent", {("9", "%")}),
        ("nine percent", {("9", "%")}),
        ("roughly 100", {("100", "")}),
        ("1,000", {("1000", "")}),
        ("1,000.50 and 2.5m", {("1000.5", ""), ("2.5E6", "")}),
        ("5 m long", {("5", "")}),
        ("24 September 2025", {("24", ""), ("2025", "")}),
        ("Qwen3-Max and B2B", set()),
        ("", set()),
    ],
)
def test_numbers(text: str, expected: set[tuple[str, str]]) -> None:
    assert numbers(text) == {(Decimal(value).normalize(), unit) for value, unit in expected}


def test_contains_wants_whole_words_in_a_row() -> None:
    assert contains("It was the Little Boy, they say", "little boy")
    assert not contains("They headed north", "head")
    assert not contains("little old boy", "little boy")
    assert not contains("anything", "the")
    assert contains("outperforms Anthropic\u2019s Claude", "Anthropic's Claude")
    assert not contains("it rose to 3.5", "35")


def test_contains_besides_sets_the_right_answer_aside() -> None:
    assert not contains_besides("about 5 million people", "5", given=["5 million"])
    assert contains_besides("5 million, or 5", "5", given=["5 million"])
    assert not contains_besides("new big york", "new york", given=["big"])


def test_states_takes_words_or_all_numbers() -> None:
    assert states("shares rose over 9%", "more than 9%")
    assert not states("shares rose 6%", "more than 9%")
    assert states("in Oslo", "Oslo")
    assert not states("in Bergen", "Oslo")


def test_markers_are_found_and_taken_out() -> None:
    assert markers("a [1] b [12].") == [(1, 2, 5), (12, 8, 12)]
    assert without_markers("So it is [1] [2]. And so [0].") == "So it is. And so."
    assert markers("the list[01], the year [٣]") == []
    assert without_markers("the list [01]") == "the list [01]"


@given(st.text())
def test_reading_never_fails_and_a_text_holds_its_own_numbers(text: str) -> None:
    assert numbers(text) == numbers(text.casefold())
    assert all(value == value.normalize() for value, _ in numbers(text))
