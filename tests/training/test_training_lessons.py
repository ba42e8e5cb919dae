"""Lessons: answers stand where they are said to, and nothing that is tested on is among them."""

import json
from pathlib import Path

import pytest

from index.passages import split_passages
from tests.fakes import WordEncoder
from training.examples import says
from training.lessons import LESSONS, WINDOWS, Lesson, lesson_examples, read_lessons

HELD_OUT = Path(__file__).parents[2] / "training" / "held_out"
COLLECTIONS = Path(__file__).parents[2] / "training" / "collections"
# Words in a row that two texts do not share by accident.
RUN = 12


def written(folder: Path, *rows: dict[str, object]) -> Path:
    (folder / "made.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


ROW = {
    "title": "Ferry",
    "text": "The Aurora sails at six. It carries 40 cars.\n\nThe Borea sails at nine.",
    "questions": [
        {"q": "aurora departure", "answer": "six", "sentence": "The Aurora sails at six."},
        {"q": "What does the Borea cost?", "answer": None, "why": "prices are not told"},
    ],
}


def test_an_answer_is_found_in_its_sentence(tmp_path: Path) -> None:
    answered, unanswered = read_lessons(written(tmp_path, ROW))
    assert answered.start is not None
    assert answered.document.text[answered.start : answered.end] == "six"
    assert (answered.document.title, answered.start) == ("Ferry", 20)
    assert (unanswered.question, unanswered.start, unanswered.end) == ("What does the Borea cost?", None, None)


@pytest.mark.parametrize("sentence", ["The Aurora sails at seven.", "sails at", "It carries 40 cars."])
def test_a_sentence_that_is_not_there_once_with_its_answer_is_refused(tmp_path: Path, sentence: str) -> None:
    row = ROW | {"questions": [{"q": "aurora departure", "answer": "six", "sentence": sentence}]}
    with pytest.raises(ValueError, match=r"made\.jsonl:1: expected the answer in a sentence that stands once"):
        read_lessons(written(tmp_path, row))


def test_every_question_is_shown_its_passages_windows_and_another_document(tmp_path: Path) -> None:
    other = {"title": "Inn", "text": "The inn has ten rooms.", "questions": []}
    inn = other | {"questions": [{"q": "inn rooms", "answer": "ten", "sentence": "The inn has ten rooms."}]}
    found = lesson_examples(read_lessons(written(tmp_path, ROW, inn)), tokenizer=WordEncoder(), seed=1)
    ferry = [one for one in found if one.question == "aurora departure"]
    assert [one.answer for one in ferry].count("six") == 1 + WINDOWS
    assert {one.title for one in found} == {"Ferry", "Inn"}
    assert all(one.start is None for one in found if one.question == "What does the Borea cost?")


def packaged() -> list[Lesson]:
    return read_lessons(LESSONS)


def test_the_lessons_in_the_repository_hold() -> None:
    lessons = packaged()
    assert (len(lessons), sum(one.start is None for one in lessons)) == (10752, 4032)
    encoder = WordEncoder()
    for example in lesson_examples(lessons[:400], tokenizer=encoder, seed=1):
        assert (example.answer == "") == (example.start is None)
    first = lessons[0]
    passages = split_passages(first.document, tokenizer=encoder)
    answer = first.document.text[first.start : first.end]
    assert any(says(one.words, answer) for one in passages)


def runs(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_what_is_held_out_is_in_nothing_that_is_learnt_from() -> None:
    learnt = {one.document.id: one.document.text for one in packaged()}
    texts = [*learnt.values(), *(path.read_text(encoding="utf-8") for path in COLLECTIONS.glob("*/corpus/*"))]
    known = set().union(*map(runs, texts))
    held = {path: runs(path.read_text(encoding="utf-8")) for path in HELD_OUT.glob("*/corpus/*")}
    assert len(held) >= 25
    assert {path.name: sorted(found & known) for path, found in held.items() if found & known} == {}
