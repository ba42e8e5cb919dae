"""Who praises is told from who reports."""

import time

import pytest

from qa.datatypes import Sentence
from qa.praising import is_praising


def told(text: str, *, before: str = "", title: str = "") -> Sentence:
    return Sentence(1, "id", "a.txt", title, 0, len(text), text, before=before)


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was opened by the renowned Otto Brandt.",
        "Its iconic arches span 310 metres.",
        "Notably for its age, the remarkable bridge carries trams.",
        "Otto Brandt masterfully cut the ribbon.",
        "The world-famous bridge opened in 1931.",
        "It is a masterpiece of Otto Brandt.",
    ],
)
def test_a_sentence_with_a_word_of_praise_praises(text: str) -> None:
    assert is_praising(told(text))
    assert is_praising(told("He cut the ribbon.", before=text))


@pytest.mark.parametrize(
    "text",
    [
        "Otto Brandt opened the harbour bridge in 1931.",
        "The opening was celebrated on Sunday with notable exceptions.",
        "The engines are powerful and the debt is outstanding.",
        "'The Magnificent Bridge' was written by Otto Brandt.",
        "The uniqueness of the solution follows.",
        "A non-unique key is refused.",
        "Nothing here is distinguished from the rest.",
    ],
)
def test_what_is_plainly_said_does_not(text: str) -> None:
    assert not is_praising(told(text))


def test_a_title_praises_nothing() -> None:
    assert not is_praising(told("Otto Brandt opened it.", title="A renowned bridge"))


def test_a_long_text_takes_linear_time() -> None:
    began = time.monotonic()
    assert not is_praising(told("world-uniq " * 100_000))
    assert time.monotonic() - began < 5.0
