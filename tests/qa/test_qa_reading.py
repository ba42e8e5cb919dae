"""The first reader: its signals by hand, and scores for any sentences."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Sentence
from qa.reading import SIGNALS, FirstReader
from tests.fakes import WordEncoder
from tests.qa.making import PATIENT, hostile_texts


def sentence_of(text: str, *, before: str = "", title: str = "") -> Sentence:
    return Sentence(1, "id", "a.txt", title, 0, len(text), text, before)


def signals(question: str, *sentences: Sentence) -> list[dict[str, float]]:
    reader = FirstReader(WordEncoder(), weights=[0.0] * len(SIGNALS), bias=0.0)
    return [dict(zip(SIGNALS, map(float, row), strict=True)) for row in reader.signals(question, sentences)]


def test_signals_by_hand() -> None:
    first, second = signals(
        "When was the ferry founded?",
        sentence_of("The ferry was founded in 1921."),
        sentence_of("Boats ran", before="The ferry came first.", title="Founded long ago"),
    )
    # Two question words, each in one of two sentences: both weigh log(3 / 1.5).
    assert first["coverage"] == first["context_coverage"] == first["pairs"] == first["wanted"] == 1.0
    assert first["unwanted"] == first["heading"] == 0.0
    assert first["cosine"] == pytest.approx(4 / math.sqrt(5 * 6), abs=1e-6)  # was, the, ferry, founded
    assert (second["coverage"], second["context_coverage"], second["pairs"]) == (0.0, 1.0, 0.0)
    assert (second["wanted"], second["unwanted"], second["heading"]) == (0.0, 1.0, 1.0)


def test_scores_are_the_logistic_of_the_weighed_signals() -> None:
    weights = [0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    reader = FirstReader(WordEncoder(), weights=weights, bias=-1.0)
    sentences = [sentence_of("The ferry was founded in 1921."), sentence_of("Gulls cry.")]
    found = reader.read("When was the ferry founded?", sentences)
    assert found == pytest.approx([1 / (1 + math.exp(-2.0)), 1 / (1 + math.exp(1.0))])
    assert reader.read("When?", []) == []


def test_a_wrong_number_of_weights() -> None:
    with pytest.raises(ValueError, match=f"expected {len(SIGNALS)} weights, .* found 2"):
        FirstReader(WordEncoder(), weights=[1.0, 2.0], bias=0.0)


def test_a_sentence_is_encoded_once() -> None:
    encoder = WordEncoder()
    reader = FirstReader.build(encoder)
    sentences = [sentence_of("The ferry ran."), sentence_of("Gulls cry."), sentence_of("The ferry ran.")]
    one = reader.read("What ran?", sentences)
    assert reader.read("What ran?", sentences) == one
    assert len(encoder.encoded) == len(set(encoder.encoded))


@PATIENT
@given(hostile_texts(pieces=3), st.lists(hostile_texts(pieces=3), max_size=5))
def test_any_sentences_have_a_chance_and_the_order_of_others_does_not_matter(question: str, texts: list[str]) -> None:
    reader = FirstReader.build(WordEncoder())
    sentences = [sentence_of(text, before=text[:5], title=text[-5:]) for text in texts]
    found = reader.read(question, sentences)
    assert all(0.0 <= chance <= 1.0 for chance in found)
    assert reader.read(question, sentences[::-1])[::-1] == pytest.approx(found)
