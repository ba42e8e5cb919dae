"""Ordinals, versions and minus signs: what is found, and when two are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.figures import find_figures
from qa.numbering import find_ordinals, find_versions, goes_down, has_version, is_negative, missing_ordinals


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("the third boat", [3]),
        ("the 3rd boat", [3]),
        ("the twenty-first century", [21]),
        ("the 42nd, the fortieth", [40]),  # a comma after the first one: it might open a list
        ("the second-largest town", [2]),
        ("a third of it, two thirds, 50 metres per second", []),
        ("First, it is new.", []),
        ("on 3rd May 1921", []),
        ("13.2nd", []),
    ],
)
def test_ordinals_are_found_and_parts_times_and_dates_are_not(text: str, places: list[int]) -> None:
    found = find_ordinals(text)
    assert [ordinal.place for ordinal in found] == places
    assert all(text[ordinal.start : ordinal.end] == ordinal.text for ordinal in found)


@pytest.mark.parametrize(
    ("sentence", "quote", "missing"),
    [
        ("the third boat", "the 3rd boat", []),
        ("the 3rd boat", "the third boat", []),
        ("the third boat", "the second boat", ["third"]),
        ("the third boat", "the boat", ["third"]),
        ("the third boat", "the 30th boat, and 3 more", ["third"]),
        ("the third quarter", "in Q3", []),
        ("the third quarter", "in 3Q", []),
        ("the fifth pier", "No. 5", []),
        ("the first boat", "the boat", []),
        ("the first boat", "the second boat", ["first"]),
        ("the first boat", "the second boat and the first", []),
    ],
)
def test_an_ordinal_is_the_same_in_words_and_digits(sentence: str, quote: str, missing: list[str]) -> None:
    assert missing_ordinals(find_ordinals(sentence), [quote]) == missing


@given(st.integers(1, 99))
def test_every_place_is_read_in_digits(place: int) -> None:
    ending = "th" if 10 < place < 14 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    assert [ordinal.place for ordinal in find_ordinals(f"the {place}{ending} boat")] == [place]


def test_versions_are_found_and_names_years_and_amounts_are_not() -> None:
    text = "v3.1 and version 2.5 and python3.11 and 2.0.1, not mid-2025, 10x, 1.5km, 3.5 or Qwen3"
    assert [text[span.start : span.end] for span in find_versions(text)] == [
        "v3.1",
        "version 2.5",
        "python3.11",
        "2.0.1",
    ]


@pytest.mark.parametrize(
    ("version", "text", "stands"),
    [
        ("v3.1", "It runs v3.1.", True),
        ("v3.1", "It runs V3.1, at last.", True),
        ("v3.1", "It runs version 3.1.", True),
        ("v3.1", "Tern 3.1 is out", True),
        ("version 3.1", "It runs v3.1", True),
        ("v3.1", "It runs v3.2.", False),
        ("v3.1", "It runs v3.10", False),
        ("v3.1", "It runs v3.1.2", False),
        ("v3.1", "It runs v13.1", False),
        ("2.0.1", "It runs 2.0.2", False),
        ("2.0.1", "It runs 2.0.1.", True),
        ("covid-19", "COVID-19 came", True),
        ("python3.11", "python3.1", False),
    ],
)
def test_a_version_stands_whole_or_not_at_all(version: str, text: str, stands: bool) -> None:
    assert has_version(version, text) is stands


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("-5% and −5 % and –5", [True, True, True]),
        ("$-5 million, -$5 million", [True, True]),
        ("minus 5 degrees (-3)", [True, True]),
        ("5-10 %, 2019–2020, from 5 - 7", [False] * 6),
        ("5 more", [False]),
    ],
)
def test_a_minus_sign_is_one_only_right_before_a_figure(text: str, signs: list[bool]) -> None:
    assert [is_negative(text, figure) for figure in find_figures(text)] == signs


def test_a_fall_is_told_from_a_rise() -> None:
    assert goes_down("Shares fell 5 %")
    assert goes_down("a loss of 5 million")
    assert not goes_down("Shares rose 5 %")
