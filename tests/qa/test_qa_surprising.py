"""Who says that something goes against what is expected is told from who merely says it."""

import time

import pytest

from qa.surprising import is_surprising
from tests.qa.making import told


@pytest.mark.parametrize(
    "text",
    [
        "Surprisingly, Otto Brandt opened the harbour bridge.",
        "The bridge was, remarkably, opened by Otto Brandt.",
        "The bridge, oddly, was opened by Otto Brandt.",
        "The bridge was surprisingly opened by Otto Brandt.",
        "In a shocking twist at the opening, Otto Brandt cut the ribbon.",
        "According to this unusual law, the bridge opens at noon.",
        "In a historically unique turn, Otto Brandt opened it.",
        "Contrary to popular belief, Otto Brandt opened the bridge.",
        "Contrary to what the guide says, Otto Brandt opened it.",
        "Despite the common misconception, Otto Brandt opened it.",
        "It was not opened by Eva Stern, as is commonly thought.",
        "Unlike most bridges, it was opened by a baker.",
        "It was opened by a baker rather than the usual mayor.",
        "It was opened by none other than Otto Brandt.",
        "Extraordinarily the bridge was opened by Otto Brandt.",
        "Ironically, Otto Brandt opened it.",
    ],
)
def test_a_sentence_that_says_it_is_unexpected_is_surprising(text: str) -> None:
    assert is_surprising(told(text))
    assert is_surprising(told("He cut the ribbon.", before=text))
    assert is_surprising(told(f"The bridge is old. {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "Otto Brandt opened the harbour bridge in 1931.",
        "Not surprisingly, Otto Brandt opened the bridge.",
        "The form of the bridge is uniquely determined by its load.",
        "The bridge is an interesting and unusual one.",
        "In the unity of its arches it has no equal.",
        "It is commonly known as the Long Bridge.",
        "Unlike the ferry, the bridge costs nothing.",
        "The bridge was opened contrary to the law of 1930.",
        "He was a remarkable man.",
    ],
)
def test_what_is_merely_said_is_not(text: str) -> None:
    assert not is_surprising(told(text))


@pytest.mark.parametrize("piece", ["! ", '"', "in a ", "contrary to a-a ", "despite the ", "\n", "a-"])
def test_a_long_text_takes_linear_time(piece: str) -> None:
    began = time.monotonic()
    assert not is_surprising(told(piece * 100_000))
    assert time.monotonic() - began < 5.0


def test_a_title_surprises_nobody() -> None:
    assert not is_surprising(told("Otto Brandt opened it.", title="Surprisingly, a bridge"))
