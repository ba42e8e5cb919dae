"""Asking: which questions one fact does not answer."""

import time

import pytest
from hypothesis import given

from qa.asking import wants_several
from tests.qa.making import PATIENT, hostile_texts


@pytest.mark.parametrize(
    "question",
    [
        "Why did it sink?",
        "How does the ferry turn?",
        "How did the company begin?",
        "how should I moor a boat",
        "How come it sank?",
        "Explain the tides.",
        "Describe the lighthouse.",
        "List the boats.",
        "Name three boats.",
        "Name the boats of the company",
        "Compare the Tern with the Gull.",
        "Summarise the report.",
        "Tell me about the harbour.",
        "What is the difference between the Tern and the Gull?",
        "Is the Tern large compared to the Gull?",
        "Tern versus Gull",
        "Tern vs Gull?",
        "What are the boats made of?",
        "Which were the first boats?",
        "Which boats are blue?",
        "What gulls do nest here?",
        "Which ferry-side rivals have bought boats?",
        "What reasons did the council give?",
        "Give me the steps to moor a boat",
        "What does a pilot do, and what are the symptoms of scurvy?",
        "  “Why?”",
    ],
)
def test_one_fact_is_no_full_answer(question: str) -> None:
    assert wants_several(question)
    assert wants_several(question.upper())


@pytest.mark.parametrize(
    "question",
    [
        "When did it sink?",
        "Who kept the lighthouse?",
        "Where is it?",
        "How many boats did it run?",
        "How much did it cost?",
        "How long is the bridge?",
        "How old is the ferry?",
        "By how much did the shares rise?",
        "What is the company's value?",
        "What was the first boat called?",
        "Which company was it?",
        "Which boat is blue?",
        "What business does she run?",
        "In what year were the boats built?",
        "What percentage of boats sank?",
        "What happened to the keeper?",
        "What is the name of the boat?",
        "Did it sink?",
        "What was whyte?",
        'Who is the artist of the album "Giant Steps"?',
        "Who wrote the “Compare and Contrast” column?",
        "lighthouse granite",
        "",
    ],
)
def test_one_fact_is_the_answer(question: str) -> None:
    assert not wants_several(question)


@PATIENT
@given(hostile_texts())
def test_any_text_is_one_or_the_other(text: str) -> None:
    assert wants_several(text) in {True, False}


@pytest.mark.parametrize("piece", ["what ", "which boats ", "s ", "how ", " " * 3, "what s s s are"])
def test_a_long_question_takes_no_time(piece: str) -> None:
    began = time.process_time()
    wants_several(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 1
