"""Stating: a question and an answer put together, by hand."""

import math

import pytest
from hypothesis import given

from qa.stating import borne, stated
from qa.supporting import MOST_SURE
from tests.qa.making import PATIENT, TableJudge, hostile_texts


@pytest.mark.parametrize(
    ("question", "answer", "statement"),
    [
        ("Who built the wall?", "Ada Finch", "Ada Finch built the wall."),
        ("what causes the tide ?", "the moon", "the moon causes the tide."),
        ("Who did the council choose?", "Ada", "Ada did the council choose."),
        ("Which company owns the ferry?", "Tern", "Tern owns the ferry."),
        ("What year did it sink?", "1921", "1921 year did it sink."),
        ("When was the ferry founded?", "1921", "1921 the ferry founded."),
        ("Where is the gate?", "Sandholm", "Sandholm the gate."),
        ("How many boats did it run?", "three", "three did it run."),
        ("How did it sink?", "slowly", "slowly did it sink."),
        # Nothing asks: the answer follows.
        ("Name of the ferry", "Gull", "Name of the ferry: Gull."),
        ("", "Gull", ": Gull."),
    ],
)
def test_the_answer_takes_the_place_of_what_asks(question: str, answer: str, statement: str) -> None:
    assert stated(question, answer) == statement


@PATIENT
@given(hostile_texts(), hostile_texts())
def test_whatever_is_asked_the_answer_is_stated(question: str, answer: str) -> None:
    assert answer in stated(question, answer)


def test_how_well_a_text_bears_an_answer_out_in_log_odds() -> None:
    judge = TableJudge({"Ada": 0.8})
    assert borne("Who built the wall?", "Ada", "Ada built it.", judge) == pytest.approx(math.log(4))
    assert judge.asked == [("Ada built the wall.", "Ada built it.")]
    assert borne("Who?", "Ada", "x", TableJudge(default=1.0)) == MOST_SURE
    assert borne("Who?", "Ada", "x", TableJudge(default=0.0)) == -MOST_SURE
