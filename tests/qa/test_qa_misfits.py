"""Sentences that answer something near what is asked step behind those that answer it."""

import pytest

from index.datatypes import Span
from qa.asking import read_question
from qa.datatypes import Sentence
from qa.frames import marks_other_frame
from qa.misfits import MISFIT, discounted, is_misfit

WORTH = "What is the market value of the ferry company?"
GREW = "By how much did the market value of the ferry company grow?"
CHANGE = ("The market value of the ferry company grew by over $35 million.", "$35 million")
LEVEL = ("The market value of the ferry company reached $342 million.", "$342 million")


def told(text: str, mark: str = "") -> Sentence:
    """A sentence from place 100 of its document on, with what the reader marks in it."""
    at = 100 + text.index(mark)
    return Sentence(1, "id", "a.txt", "", 100, 100 + len(text), text, marked=Span(at, at + len(mark)) if mark else None)


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [(WORTH, CHANGE, True), (WORTH, LEVEL, False), (GREW, CHANGE, False), (GREW, LEVEL, True)],
)
def test_a_change_is_no_level(question: str, sentence: tuple[str, str], other: bool) -> None:
    assert marks_other_frame(read_question(question), told(*sentence)) is other
    assert is_misfit(question, told(*sentence)) is other


def test_what_is_not_marked_is_not_held_against_a_sentence() -> None:
    assert not is_misfit(WORTH, told(CHANGE[0]))
    assert not is_misfit(WORTH, told(CHANGE[0], "ferry company"))


def test_what_answers_steps_before_what_answers_something_near_it() -> None:
    level, change = told(*LEVEL), told(*CHANGE)
    assert discounted(WORTH, [(change, 0.9), (level, 0.3)]) == [(level, 0.3), (change, pytest.approx(0.9 * MISFIT))]
    assert discounted(GREW, [(change, 0.9), (level, 0.3)]) == [(change, 0.9), (level, pytest.approx(0.3 * MISFIT))]
    unreal = told("In an alternate universe, the ferry company was worth $1.")
    assert discounted(WORTH, [(unreal, 0.5), (level, 0.3)])[0] == (level, 0.3)


def test_where_a_figure_is_wanted_one_without_steps_behind() -> None:
    level, vague = told(*LEVEL), told("Its market value is a matter of faith.", "a matter of faith")
    assert discounted(WORTH, [(vague, 0.9), (level, 0.3)]) == [(level, 0.3), (vague, pytest.approx(0.9 * MISFIT))]
    assert discounted("Who has faith in it?", [(vague, 0.9), (level, 0.3)])[0] == (vague, 0.9)
    # It is no misfit by itself: the confidence counts the missing figure as a signal of its own.
    assert not is_misfit(WORTH, vague)
