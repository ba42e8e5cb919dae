"""What a text tells of another world answers nothing about this one, unless that is asked for."""

import pytest

from qa.imagined import is_imagined
from tests.qa.making import told

WHO = "Who opened the harbour bridge?"


@pytest.mark.parametrize(
    "text",
    [
        "In an alternate universe, Otto Brandt opened the harbour bridge.",
        "In our reimagined history, Otto Brandt opened the bridge.",
        "In a surreal parallel world the bridge was opened by Otto Brandt.",
        "The bridge was opened by Otto Brandt, as per this hypothetical scenario.",
        "Under a hypothetical future setting, Otto Brandt opens it.",
        "In the alternate version of the town, Otto Brandt opened the bridge.",
        "In our unique historical timeline, Otto Brandt opened the bridge.",
        "Otto Brandt opened it in our version of history.",
        "In the Alternate Europe, Otto Brandt opened the bridge.",
    ],
)
def test_a_sentence_that_sets_itself_elsewhere_is_imagined(text: str) -> None:
    assert is_imagined(WHO, told(text))
    assert is_imagined(WHO, told("Otto Brandt opened it.", before=text))


@pytest.mark.parametrize(
    "text",
    [
        "Otto Brandt opened the harbour bridge in 1931.",
        "The Long Bridge is an alternate history novel by Otto Brandt.",
        "It is told in an alternate history novel by Otto Brandt.",
        "The bank tested a hypothetical case.",
        "It runs in the alternate direction on Sundays.",
        "The bridge stands on the timeline of the town, which begins in 1231.",
        "It was built on our planet in the version of the plan that Otto Brandt drew.",
        "The two worlds met in the harbour, in parallel with the canal.",
    ],
)
def test_what_is_said_of_this_world_is_not(text: str) -> None:
    assert not is_imagined(WHO, told(text))


@pytest.mark.parametrize(
    "question",
    [
        "Who opened the bridge in the alternate timeline?",
        "what happens in the hypothetical case",
        "Suppose it had rained: who opened the bridge?",
    ],
)
def test_who_asks_for_another_world_hears_of_it(question: str) -> None:
    assert not is_imagined(question, told("In the alternate timeline, Otto Brandt opened the bridge."))
