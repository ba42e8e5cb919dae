"""Confidence: what lowers it, by how much, and that it is a chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.abstaining import THRESHOLD, UNKNOWN, UNNAMED, WRONG_KIND, confidence, explain, raw_score
from qa.datatypes import Evidence, Sentence
from tests.qa.making import PATIENT

FERRY = "The ferry company was founded in 1921."


def evidence_of(text: str, score: float, *, title: str = "", before: str = "", number: int = 1) -> Evidence:
    return Evidence(number, Sentence(1, "id", "a.txt", title, 0, len(text), text, before), score, 1)


def raw(question: str, *items: Evidence, document: str = "") -> float:
    return raw_score(question, items, visible=lambda key: document)


def sure(question: str, *items: Evidence) -> float:
    return confidence(question, items, visible=lambda key: FERRY)


def test_the_raw_score_is_the_best_reader_s_score() -> None:
    assert raw("When was the ferry company founded?", evidence_of(FERRY, 0.8)) == 0.8
    assert raw("When was it founded?", evidence_of("In 1921.", 0.5), evidence_of("In May.", 0.7, number=2)) >= 0.5
    assert raw("When?") == 0.0


@pytest.mark.parametrize(
    ("title", "before", "document", "factor"),
    [
        ("Ada Finch", "", "", 1.0),
        ("", "Ada Finch came.", "", 1.0),
        ("", "", "Ada Finch " * 3, 1.0),  # what the document is about need not be said in every sentence
        ("", "", "Ada Finch came.", UNNAMED * UNNAMED),
        ("", "", "ada came.", UNNAMED * UNKNOWN),
        ("", "", "Nobody came.", UNKNOWN * UNKNOWN),
    ],
)
def test_names_of_the_question_that_the_evidence_does_not_speak_of(
    title: str, before: str, document: str, factor: float
) -> None:
    item = evidence_of("She kept it in 1921.", 0.8, title=title, before=before)
    assert raw("When did Ada Finch keep it?", item, document=document) == pytest.approx(0.8 * factor)


def test_a_name_with_a_digit_has_siblings() -> None:
    item = evidence_of("It came in 1921.", 0.8)
    assert raw("When did Tern3-Max come?", item, document="Tern3-Max " * 9) == pytest.approx(0.8 * UNKNOWN)


def test_a_sentence_without_what_is_asked_for() -> None:
    assert raw("How many boats ran?", evidence_of("Boats ran.", 0.8)) == pytest.approx(0.8 * WRONG_KIND)
    assert raw("Who ran boats?", evidence_of("they ran boats.", 0.8)) == 0.8


def test_advice_and_nothing_have_no_chance() -> None:
    assert sure("Should I buy the boat?", evidence_of("Buy the boat!", 1.0)) == 0.0
    assert sure("When was it founded?") == 0.0


@PATIENT
@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.floats(0, 1))
def test_confidence_is_a_chance_that_grows_with_the_score(scores: list[float], more: float) -> None:
    items = [evidence_of(FERRY, score, number=n) for n, score in enumerate(scores, start=1)]
    chance = sure("When was the ferry company founded?", *items)
    assert 0.0 <= chance <= 1.0
    better = [evidence_of(FERRY, max(score, more), number=n) for n, score in enumerate(scores, start=1)]
    assert sure("When was the ferry company founded?", *better) >= chance
    assert 0.0 < THRESHOLD < 1.0


def test_every_reason_has_words_for_people() -> None:
    assert len({explain(reason) for reason in ("no_evidence", "below_threshold", "unverified")}) == 3
