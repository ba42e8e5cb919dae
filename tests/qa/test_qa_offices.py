"""Offices: the chief executive is no answer to who the chief financial officer is."""

import pytest
from hypothesis import given

from qa.offices import is_other_office, names_office, offices
from tests.qa.making import PATIENT, hostile_texts


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Who is the chief financial officer of Tern?", {"cfo"}),
        ("Ada Finch, CEO of Tern", {"ceo"}),
        ("Ada Finch is the chief executive of Tern", {"ceo"}),
        ("the Chief Technology Officer and the CFO", {"cto", "cfo"}),
        ("the finance minister met two prime ministers", {"finance minister", "prime minister"}),
        ("the former president and an officer of the watch", set()),
        ("", set()),
    ],
)
def test_the_offices_that_a_text_names(text: str, named: set[str]) -> None:
    assert offices(text) == named


@pytest.mark.parametrize(
    ("question", "near", "other"),
    [
        ("Who is the chief financial officer of Tern?", "Ada Finch, CEO of Tern.", True),
        ("Who is the CFO of Tern?", "Ada Finch, the chief executive of Tern, spoke.", True),
        ("Who is the finance minister?", "The prime minister is Ole Berg.", True),
        ("Who is the chief financial officer?", "CFO Olga Lind and CEO Ada Finch", False),
        ("Who is the chief executive of Tern?", "Ada Finch, CEO of Tern.", False),
        # Nothing near names an office, or one of another line.
        ("Who is the chief financial officer?", "Olga Lind keeps the books.", False),
        ("Who is the chief financial officer?", "The prime minister is Ole Berg.", False),
        ("Who wrote the report?", "Ada Finch, CEO of Tern.", False),
    ],
)
def test_another_office_of_the_line(question: str, near: str, other: bool) -> None:
    assert is_other_office(question, near) is other


def test_an_office_is_named_by_its_initials_too() -> None:
    assert names_office("Who is the chief technology officer?", "Ada Finch, CTO")
    assert not names_office("Who is the chief technology officer?", "Gull Academy does research.")
    assert names_office("Who wrote the report?", "Gull Academy did.")
    # 'elected president' is no office of its own.
    assert names_office("Who was the oldest man elected president?", "Ole Berg was 80.")


@PATIENT
@given(hostile_texts())
def test_no_text_speaks_of_another_office_than_its_own(text: str) -> None:
    assert not is_other_office(text, text)
