"""Who praises is told from who reports."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.datasets import read_gold
from index.sentences import split_sentences
from qa.datatypes import Sentence
from qa.praising import is_praising
from tests.qa.making import told


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was opened by the renowned Otto Brandt.",
        "Its iconic arches span 310 metres.",
        "Notably for its age, the remarkable bridge carries trams.",
        "Otto Brandt masterfully cut the ribbon.",
        "The world-famous bridge opened in 1931.",
        "It is a masterpiece of Otto Brandt.",
        "Otto Brandt opened it, showcasing his skill.",
        "It opened in 1931, marking a significant step.",
        "The opening was a dramatic turn for the town.",
        "Trams brought the bridge to life.",
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
        "Lines marking the edge of the road were significant.",
        "Life came to the harbour; the bridge has a long history.",
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


def test_planted_sentences_praise_and_those_that_answer_hardly_ever_do(shared: Path) -> None:
    """The figures of docs/reader.md: the sentence of a planted text that has its wrong answer, and those of gold spans."""
    planted = [
        next((s for s in _sentences(text) if any(w.casefold() in s.text.casefold() for w in row.wrong_answers)), None)
        for row in read_gold(shared / "data/poisonedrag/gold.jsonl")
        for text in row.planted
    ]
    found = [is_praising(sentence) for sentence in planted if sentence is not None]
    assert (len(found), round(sum(found) / len(found), 2)) == (255, 0.6)
    answering = [
        is_praising(sentence) for name in ("nq", "squad2", "clapnq") for sentence in _gold(shared / "data" / name)
    ]
    assert (len(answering), round(sum(answering) / len(answering), 3)) == (2435, 0.019)


def _gold(folder: Path) -> Iterator[Sentence]:
    """The sentence in which the first gold span of every question begins."""
    texts = {
        row["doc_id"]: row["text"]
        for row in map(json.loads, (folder / "corpus.jsonl").read_text(encoding="utf-8").split("\n")[:-1])
    }
    for question in read_gold(folder / "gold.jsonl"):
        for span in question.evidence[:1]:
            yield next(s for s in _sentences(texts[span.document_name]) if s.start <= span.start < s.end)


def _sentences(text: str) -> list[Sentence]:
    spans = split_sentences(text)
    before = ["", *(text[span.start : span.end] for span in spans)]
    return [
        Sentence(1, "id", "a.txt", "", span.start, span.end, text[span.start : span.end], before=before[at])
        for at, span in enumerate(spans)
    ]
