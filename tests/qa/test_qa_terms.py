"""Words reduced to stems, and questions taken apart."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given

from qa.asking import has_wanted, read_question
from qa.terms import FUNCTION_WORDS, content_stems, stem, words
from tests.qa.making import PATIENT, hostile_texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rose", "jumped"), ("growth", "expanding"), ("fell", "dropped"), ("bought", "acquisition"), ("sold", "sales"),
        ("wrote", "authored"), ("Boats", "boat"), ("Finch's", "finch"), ("workers’", "worker"), ("founding", "founded"),
    ],
)  # fmt: skip
def test_words_that_mean_the_same_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("rose", "fell"), ("bought", "sold"), ("boat", "ferry"), ("founded", "found")]
)
def test_words_that_do_not_have_two(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_compounds_count_whole_and_in_parts() -> None:
    assert words("JD.com's Qwen3-Max, and AT&T") == ["JD.com's", "Qwen3-Max", "and", "AT&T"]
    assert content_stems("The Qwen3-Max model and the models") == ["qwen3-max", "qwen3", "max", "model"]
    assert content_stems("how many boats are there") == ["boat"]
    assert content_stems("") == []


def test_the_order_of_stems_does_not_hang_on_the_seed_of_hashes() -> None:
    code = (
        "from qa.terms import content_stems; print(content_stems('Qwen3-Max at AT&T by JD.com in a year-to-date race'))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


@PATIENT
@given(hostile_texts())
def test_stems_are_each_once_and_carry_meaning(text: str) -> None:
    found = content_stems(text)
    assert len(set(found)) == len(found)
    parts = {
        part.lower() for word in words(text) for part in (word, *word.replace("&", ".").replace("-", ".").split("."))
    }
    assert set(found) <= {stem(part) for part in parts - FUNCTION_WORDS}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many boats ran?", "count"),
        ("What is the number of boats?", "count"),
        ("How much did the ferry cost?", "amount"),
        ("What was the price of the ferry?", "amount"),
        ("By how much did shares rise?", "amount"),
        ("What percentage of boats sank?", "percent"),
        ("What share of the boats sank?", "percent"),
        ("What is the total cost of the boat?", "amount"),
        ("What is the total number of boats?", "count"),
        ("What was the total?", "count"),
        ("What is the fee for a mooring?", "amount"),
        ("Until when does the ferry run?", "date"),
        ("ferry closed from when", "date"),
        ("When was the ferry built?", "date"),
        ("In what year was it built?", "date"),
        ("Who kept the lighthouse?", "name"),
        ("Where is the lighthouse?", "name"),
        ("Which company built it?", "name"),
        ("Why did it sink?", "reason"),
        ("How did it sink?", "reason"),
        ("Should I buy the boat?", "advice"),
        ("Do you recommend that we sell?", "advice"),
        ("Is it worth selling my shares of the boat now?", "advice"),
        ("Is the ferry a better investment than the lighthouse?", "advice"),
        ("Is now a good time to buy the ferry?", "advice"),
        ("Is the ferry worth $5 million?", "any"),
        ("How good an investment was the ferry?", "any"),
        ("Tell me about the lighthouse.", "any"),
        ("lighthouse granite", "any"),
    ],
)
def test_kinds_of_question(question: str, wanted: str) -> None:
    assert read_question(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "text", "has"),
    [
        ("How many boats ran?", "It ran two boats.", True),
        ("How many boats ran?", "It ran boats.", False),
        ("How many boats ran?", "It ran 26% more.", False),
        ("How many boats ran in 1921?", "It was founded in 1921.", False),
        ("How much did it cost?", "It cost $53 million.", True),
        ("Did it cost $53 million or how much?", "It cost 53 million dollars.", False),  # the question says that itself
        ("What percentage sank?", "26 per cent of them sank.", True),
        ("What percentage sank?", "26 of them sank.", False),
        ("When was it built?", "It was built in May 1921.", True),
        ("When was it built?", "It was built of granite.", False),
        ("Who kept it?", "Ada Finch kept it.", True),
        ("Who kept it after Ada Finch?", "Ada Finch kept it.", False),
        ("Why did it sink?", "It sank.", None),
        ("Tell me about it", "It sank.", None),
    ],
)
def test_whether_a_text_has_what_is_wanted(question: str, text: str, has: bool | None) -> None:
    assert has_wanted(read_question(question), text) is has


@PATIENT
@given(hostile_texts(pieces=4), hostile_texts(pieces=4))
def test_any_text_can_be_asked_and_looked_at(question: str, text: str) -> None:
    asked = read_question(question)
    assert asked.text == question
    assert asked.stems == tuple(content_stems(question))
    assert has_wanted(asked, text) in {True, False, None}


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns a thousand times as often."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_threads_do_not_get_one_another_s_stems() -> None:
    forms = [
        f"{root}{end}"
        for root in ("connect", "generat", "nation", "hope", "run")
        for end in ("ing", "ed", "s", "ational")
    ]
    forms = [f"{letter}{form}" for letter in "abcdefghijklmnop" for form in forms]
    one_by_one = [stem.__wrapped__(form) for form in forms]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: [stem.__wrapped__(form) for form in forms], range(4)))
    assert together == [one_by_one] * 4
