"""Values: one value in other words is one, two values are two, and neither depends on which is named first."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.values import Value, comparable, same_value, value_of
from tests.qa.making import PATIENT, hostile_texts

SAME = [
    # Another spelling of an amount, or another precision.
    ("$53 billion", "$53.4bn"),
    ("US$53 billion", "53 billion dollars"),
    ("5.25 million", "5.3 million"),
    ("1,000", "1,000.4"),
    ("1\u202f000", "1,000"),
    ("half a million", "500,000"),
    ("26 per cent", "twenty-six percent"),
    ("a dozen", "12 boats"),
    ("0", "zero"),
    # Another bound in other words, or about as much.
    ("over 1 trillion", "more than one trillion"),
    ("more than 9%", "9.4%"),
    ("up to 50", "50"),
    ("about 2,000", "1,980"),
    ("nearly 100", "97"),
    # Dates told with other precision.
    ("May 1921", "3 May 1921"),
    ("in 1921", "May 1921"),
    ("20 May 1921", "1921-05-20"),
    ("3 May", "May 1921"),
    # A time of day, with or without its half, and an hour alone.
    ("7:30", "7.30 p.m."),
    ("19:30", "7:30 pm"),
    # Names and phrases with more or fewer words.
    ("Wilhelm Röntgen", "Wilhelm Conrad Röntgen"),
    ("gangster thriller", "British gangster thriller"),
    ("the Gulls", "Gull"),
    ("Ada Finch", "ada finch’s"),
    ("Ada Finch of Port Ledger", "Ada Finch from Port Ledger"),
    ("US", "United States"),
    ("the U.S.", "United States"),
    ("USA", "United States"),
    ("the USA", "the US"),
    ("the United States of America", "USA"),
    ("Elizabeth", "Elizabeth I"),
    # Nothing but words that say nothing.
    ("The", "the "),
    ("", ""),
]
DIFFERENT = [
    ("$53 billion", "$52.44 billion"),
    ("$53 billion", "$53 million"),
    ("$53 billion", "53 billion yuan"),
    ("1\u00a0980 boats", "1,100 boats"),
    ("more than 9%", "over 6%"),
    ("more than 9%", "10%"),
    ("about 2,000", "1,900"),
    ("over 50", "80"),
    ("one", "two"),
    ("0", "1"),
    ("1921", "1922"),
    ("May 1921", "June 1921"),
    ("3 May 1921", "4 May 1921"),
    ("7:30", "7:45"),
    ("7:30 am", "7:30 pm"),
    ("Dynasty", "Jeremy Camp"),
    ("USA", "United Kingdom"),
    ("Bill Clinton", "Hillary Clinton"),
    ("World War I", "World War II"),
    ("Elizabeth I", "Elizabeth II"),
    ("Qwen3-Max", "Qwen3-Omni"),
    ("was it", "this"),
    ("a", "the"),
    ("yes", ""),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_value_in_other_words(one: str, other: str) -> None:
    assert same_value(value_of(one), value_of(other))
    assert same_value(value_of(other), value_of(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_values(one: str, other: str) -> None:
    assert not same_value(value_of(one), value_of(other))
    assert not same_value(value_of(other), value_of(one))


@pytest.mark.parametrize(
    ("one", "other", "can"),
    [
        ("$53 billion", "$9", True),
        ("$53 billion", "53 billion yuan", False),
        ("$53 billion", "53%", False),
        ("53 boats", "1921", False),  # a number, and a year
        ("May 1921", "1999", True),
        ("the 1920s", "1999", False),
        ("Ada Finch", "Eve Stone", True),
        ("Ada Finch", "53", False),
        ("380 billion yuan (approximately $53 billion)", "$53 billion", False),  # two figures are no figure
    ],
)
def test_what_can_contradict_what(one: str, other: str, can: bool) -> None:
    assert comparable(value_of(one), value_of(other)) == comparable(value_of(other), value_of(one)) == can


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("more than $53 billion", "money", 53_000_000_000),
        ("two boats", "count", 2),
        ("two boats of grey wood", "count", 2),
        ("two boats of grey wood and iron", None, 0),  # a count with so much beside it is a phrase
        ("on 3 May 1921 in the morning", "date", 1921),
        ("9% of all the boats of the coast and harbour and town and county and country", None, 0),
        ("between 2 and 3", None, 0),
        ("Ada Finch", None, 0),
        ("Qwen3-Max", None, 0),
        ("", None, 0),
    ],
)
def test_a_short_answer_is_a_figure_where_it_is_little_else(text: str, kind: str | None, value: int) -> None:
    found = value_of(text)
    assert found.text == text
    assert (found.figure.kind if found.figure else None, found.figure.value if found.figure else 0) == (kind, value)


def test_what_stands_before_a_value_bounds_it() -> None:
    assert value_of("over 50 boats", before="with ").before == "with over "
    assert value_of("Ada", before="with ").before == "with "
    plain, about = value_of("2,000"), value_of("2,000", before="It ran about ")
    assert not same_value(plain, value_of("1,980"))
    assert same_value(about, value_of("1,980"))
    # The word counts only where it stands right before.
    assert not same_value(value_of("2,000", before="About noon it ran "), value_of("1,980"))


TEXTS = (
    st.sampled_from([text for pair in (*SAME, *DIFFERENT) for text in pair])
    | hostile_texts(pieces=3)
    | st.decimals(0, 10**9, places=1).map(str)
)


@PATIENT
@given(TEXTS, TEXTS)
def test_a_value_is_its_own_and_no_order_matters(one: str, other: str) -> None:
    a, b = value_of(one), value_of(other)
    assert same_value(a, a)
    assert comparable(a, a)
    assert same_value(a, b) == same_value(b, a)
    assert comparable(a, b) == comparable(b, a)


@PATIENT
@given(st.integers(10, 99_999))
def test_a_rounded_figure_is_the_figure_and_its_neighbour_is_not(hundredths: int) -> None:
    exact, rounded = Decimal(hundredths) / 100, round(Decimal(hundredths) / 100, 1)
    assert same_value(value_of(f"{exact:.2f}%"), value_of(f"{rounded:.1f}%"))
    assert not same_value(value_of(f"{exact:.2f}%"), value_of(f"{exact + Decimal('0.02'):.2f}%"))


def test_values_without_a_figure_are_compared_by_their_words() -> None:
    assert not same_value(Value("53"), Value("54"))
    assert same_value(Value("53 boats"), Value("53"))
