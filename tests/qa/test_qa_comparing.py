"""Comparing: each signal by hand on invented sentences, and the fitted weights on the side of their meaning."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Span
from qa.asking import read_question
from qa.claims import Claim, find_claims
from qa.comparing import FITTED, SIGNALS, contradiction, signals
from qa.conflicts import claim_borne, find_conflict
from qa.datatypes import Evidence, Sentence
from tests.qa.making import PATIENT, TableJudge

WHO = "Who kept the lighthouse of Sandholm?"
BOATS = "How many boats did the ferry company run?"


def evidence(key: int, text: str, mark: str, *, score: float = 0.9, rank: int = 0) -> Evidence:
    """A sentence of a document of its own, in which the reader marks something."""
    at = text.index(mark)
    sentence = Sentence(key, str(key), f"{key}.txt", "", 0, len(text), text, rank=rank, marked=Span(at, at + len(mark)))
    return Evidence(key, sentence, score, key)


def told(question: str, lead: Evidence, *others: Evidence, texts: dict[int, str] | None = None) -> dict[str, float]:
    asked = read_question(question)
    claims: list[Claim] = [claim for item in (lead, *others) for claim in find_claims(asked, [item])]
    return signals(asked, claims[:1], claims[1:], visible=lambda key: (texts or {}).get(key, ""))


def test_the_signals_of_two_names() -> None:
    lead = evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch")
    other = evidence(2, "Eve Stone kept the lighthouse.", "Eve Stone", score=0.5, rank=1)
    third = evidence(3, "Later Stone kept it.", "Stone", score=0.25)
    found = told(WHO, lead, other, third)
    assert set(found) == set(SIGNALS)
    assert found["likely"] == pytest.approx(0.0, abs=1e-9)
    assert found["support"] == 0.25
    # keep, lighthous and sandholm stand around the first, two of them around the second.
    assert (found["around"], found["words"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (found["alike"], found["overlap"], found["length"]) == (1.0, 0.0, 0.0)
    assert (found["figure"], found["near"]) == (0.0, 0.0)
    assert (found["together"], found["elsewhere"]) == (0.0, 0.0)
    assert found["rank"] == pytest.approx(math.log(2))


def test_the_document_behind_a_sentence_counts() -> None:
    lead = evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch")
    other = evidence(2, "Eve Stone kept the lighthouse.", "Eve Stone")
    found = told(WHO, lead, other, texts={2: "Sandholm. Ada Finch was before her."})
    assert (found["words"], found["elsewhere"], found["together"]) == (1.0, 1.0, 0.0)
    both = evidence(2, "After Ada Finch came Eve Stone.", "Eve Stone")
    found = told(WHO, lead, both, texts={2: "Ada Finch was before her."})
    assert (found["elsewhere"], found["together"]) == (0.0, 1.0)


def test_the_signals_of_two_figures() -> None:
    lead = evidence(1, "The ferry company ran two boats.", "two boats", score=0.99)
    other = evidence(2, "The ferry company ran three boats in 1921.", "three boats", score=0.1)
    found = told(BOATS, lead, other)
    assert (found["figure"], found["near"], found["around"], found["length"]) == (1.0, 1.0, 0.0, 0.0)
    assert found["likely"] == pytest.approx(math.log(1 / 9))


def test_whether_a_sentence_bears_its_value_out() -> None:
    asked = read_question(WHO)
    claims = find_claims(asked, [evidence(2, "Eve Stone kept the lighthouse.", "Eve Stone")])
    judge = TableJudge({"Eve": 0.8})
    assert claim_borne(asked, claims, judge) == pytest.approx(math.log(4))
    assert judge.asked == [("Eve Stone kept the lighthouse of Sandholm.", "Eve Stone kept the lighthouse.")]
    lead = find_claims(asked, [evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch")])
    assert signals(asked, lead, claims, visible=lambda key: "", borne=1.5)["borne"] == 1.5
    assert signals(asked, lead, claims, visible=lambda key: "")["borne"] == 0.0


def test_a_longer_value_that_has_the_words_of_the_other() -> None:
    lead = evidence(1, "It stands in Port Ledger.", "Port Ledger")
    other = evidence(2, "It stands by the old harbour near Port Ledger.", "old harbour near Port Ledger")
    found = told("Where does it stand?", lead, other)
    assert (found["overlap"], found["length"]) == (1.0, pytest.approx(math.log(5 / 2)))
    assert found["digits"] == 0.0


def test_a_number_is_no_rival_of_a_name() -> None:
    lead, other = evidence(1, "It is called Gull 12.", "Gull 12"), evidence(2, "It is Port Ledger.", "Port Ledger")
    assert told("What is it called?", lead, other)["digits"] == 0.5


@pytest.mark.parametrize("name", SIGNALS)
def test_every_weight_is_on_the_side_of_its_meaning(name: str) -> None:
    less = {"digits", "length", "together", "elsewhere", "overlap", "rank"}
    weight = FITTED["weights"][name]
    assert name == "figure" or (weight <= 0 if name in less else weight >= 0)


def test_the_fitted_file_is_whole() -> None:
    assert set(FITTED["weights"]) == set(SIGNALS)
    assert 0 < FITTED["further"] <= FITTED["threshold"] < 1
    assert FITTED["loaded"] >= 0


@PATIENT
@given(st.dictionaries(st.sampled_from(SIGNALS), st.floats(-7, 7), min_size=len(SIGNALS)))
def test_a_likelier_value_contradicts_more(values: dict[str, float]) -> None:
    chance = contradiction(values)
    assert 0.0 <= chance <= 1.0
    assert contradiction(values | {"likely": values["likely"] + 1}) >= chance


# --- as it was fitted ------------------------------------------------------------------------------------------------


def shown(question: str, *items: Evidence, judge: TableJudge | None = None) -> list[str]:
    numbered = [replace(item, number=number) for number, item in enumerate(items, start=1)]
    return [side.value for side in find_conflict(question, numbered, visible=lambda key: "", judge=judge)]


def test_the_judge_is_asked_only_where_its_word_could_matter() -> None:
    lead = evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch")
    other = evidence(2, "Eve Stone kept the lighthouse of Sandholm.", "Eve Stone", score=0.05)
    hopeless = evidence(3, "Ben Reed came.", "Ben Reed", score=0.001, rank=5)
    believing, doubting = TableJudge(default=1.0), TableJudge(default=0.0)
    assert shown(WHO, lead, other, hopeless, judge=believing) == ["Ada Finch", "Eve Stone"]
    assert shown(WHO, lead, other, hopeless, judge=doubting) == []
    assert [quote for _, quote in believing.asked] == [other.sentence.text]


def test_who_names_no_such_office_is_no_rival_for_it() -> None:
    asked = "Who is the chief technology officer of Tern?"
    lead = evidence(1, "Ada Finch is the chief technology officer of Tern.", "Ada Finch")
    named = evidence(2, "Eve Stone is the chief technology officer of Tern.", "Eve Stone")
    other = evidence(3, "The technology of Tern is Gull Academy's.", "Gull Academy")
    assert shown(asked, lead, named) == ["Ada Finch", "Eve Stone"]
    assert shown(asked, lead, other) == []


def test_two_sure_answers_that_differ_are_a_conflict() -> None:
    finch = evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch")
    stone = evidence(2, "Eve Stone kept the lighthouse of Sandholm.", "Eve Stone")
    assert shown(WHO, finch, stone) == ["Ada Finch", "Eve Stone"]
    worth = "What is the market value of Acme?"
    whole = evidence(1, "The market value of Acme is $53 billion.", "$53 billion")
    exact = evidence(2, "The market value of Acme is $52.44 billion.", "$52.44 billion")
    assert shown(worth, whole, exact) == ["$53 billion", "$52.44 billion"]


def test_an_unlikely_answer_beside_a_sure_one_is_none() -> None:
    finch = evidence(1, "Ada Finch kept the lighthouse of Sandholm.", "Ada Finch", score=0.97)
    stone = evidence(2, "Visitors of the museum are met by Eve Stone.", "Eve Stone", score=0.02)
    assert shown(WHO, finch, stone) == []
