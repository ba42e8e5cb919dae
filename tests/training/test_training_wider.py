"""Questions of the kinds that the given rows lack: each is answered by the sentence it was made of."""

import pytest

from training.examples import Example
from training.wider import wider_questions


def asked_of(passage: str, *, title: str = "Oskar_Mill") -> list[tuple[str, str]]:
    """The questions over one passage, in lower case and without a question mark, with what answers them."""
    given = Example("?", passage, None, None, "squad2", title)
    found = wider_questions([given], size=100, seed=1)
    assert all(pair.kind == "wider" for pair in found)
    return [(pair.question.lower().rstrip("?"), pair.answer) for pair in found]


@pytest.mark.parametrize(
    ("sentence", "questions", "answer"),
    [
        (
            "The old mill was closed because the river had run dry.",
            {
                "why was the old mill closed",
                "why was the old mill in oskar mill closed",
                "reason the old mill was closed",
            },
            "because the river had run dry",
        ),
        (
            "The flour of Oskar was ground by turning two stones by hand.",
            {"how was the flour of oskar ground", "in what way was the flour of oskar ground"},
            "by turning two stones by hand",
        ),
        (
            "They are named after the miller Oskar Brandt.",
            {
                "where does oskar mill come from",
                "where did oskar mill come from",
                "how did oskar mill get its name",
                "origin of oskar mill",
                "where does the name oskar mill come from",
            },
            "named after the miller Oskar Brandt",
        ),
        (
            "Its rooms include a kitchen, a granary and a hall with an organ.",
            {
                "what do oskar mill's rooms include",
                "examples of oskar mill's rooms",
                "what are oskar mill's rooms",
                "list of oskar mill's rooms",
                "components of oskar mill's rooms",
            },
            "a kitchen, a granary and a hall with an organ",
        ),
        (
            "Oskar flour differs from rye flour in its colour and its taste.",
            {
                "what is the difference between oskar flour and rye flour",
                "what is the difference between oskar flour in oskar mill and rye flour",
                "difference between oskar flour and rye flour",
                "difference between oskar flour in oskar mill and rye flour",
            },
            "in its colour and its taste",
        ),
    ],
)
def test_a_sentence_is_asked_for_what_it_tells(sentence: str, questions: set[str], answer: str) -> None:
    [(question, found)] = asked_of(f"Nothing is known of its first years. {sentence} The fields lie to the west.")
    assert question in questions
    assert found == answer


def test_the_first_sentence_says_what_the_title_is() -> None:
    [(question, answer)] = asked_of("Oskar Mill is a watermill on the Lind. It has three wheels.")
    assert "oskar mill" in question
    assert answer == "a watermill on the Lind"


@pytest.mark.parametrize("subject", ["This", "Many of them", "The wheel that turned"])
def test_who_is_meant_has_to_be_told(subject: str) -> None:
    assert asked_of(f"{subject} was sold because nobody needed it any more.", title="") == []
