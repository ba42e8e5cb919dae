"""Lessons in the documents that people keep: leases, handbooks, manuals, minutes, letters, news, all of them invented.

No given set has such documents or such questions: terse ones, ones in other words than the text's, and ones that the
document nearly answers. Every line of `training/lessons/*.jsonl` is a document with its questions; they were written for
this, for nothing else, and no collection that results are reported on is among them.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.datatypes import Document, Passage
from index.documents import read_bytes
from index.encoding import Tokenizer
from index.passages import split_passages
from training.examples import Example, says

LESSONS = Path(__file__).parent / "lessons"
# Windows of any place around the answer that each question is shown beside the passages as they are cut.
WINDOWS = 2


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question about `document`; `document.text[start:end]` answers it, or nothing does and both are None."""

    question: str
    document: Document
    start: int | None
    end: int | None


def read_lessons(folder: Path = LESSONS) -> list[Lesson]:
    """All lessons.

    Raises:
        ValueError: an answer does not stand in its sentence, or the sentence not once in its text.
    """
    found: list[Lesson] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found += _lessons(json.loads(line), place=f"{path.name}:{number}")
    return found


def _lessons(row: dict[str, object], *, place: str) -> Iterator[Lesson]:
    text, title = str(row["text"]), str(row["title"])
    data = json.dumps({"doc_id": place, "title": title, "text": text}).encode()
    (document,) = (one for one in read_bytes(data, name="lesson.jsonl") if isinstance(one, Document))
    for asked in row["questions"]:  # type: ignore[attr-defined]
        if asked["answer"] is None:
            yield Lesson(asked["q"], document, None, None)
            continue
        if text.count(asked["sentence"]) != 1 or asked["answer"] not in asked["sentence"]:
            raise ValueError(f"{place}: expected the answer in a sentence that stands once in the text, found {asked}")
        start = text.index(asked["sentence"]) + asked["sentence"].index(asked["answer"])
        yield Lesson(asked["q"], document, start, start + len(asked["answer"]))


def lesson_examples(lessons: Sequence[Lesson], *, tokenizer: Tokenizer, seed: int) -> list[Example]:
    """Every question beside the passages of its document, as the index cuts them, and beside one of another document.

    The whole document stands for windows of it: `lay` cuts them where the answer is.
    """
    chance = random.Random(seed)
    documents = list({one.document.id: one.document for one in lessons}.values())
    passages = {one.id: split_passages(one, tokenizer=tokenizer) for one in documents}
    found: list[Example] = []
    for lesson in lessons:
        own = [_example(lesson, lesson.document, passage) for passage in passages[lesson.document.id]]
        answer = "" if lesson.start is None else lesson.document.text[lesson.start : lesson.end]
        # Another passage that has the answer's words may answer too.
        found += [one for one in own if one.start is not None or not answer or not says(one.passage, answer)]
        if answer:
            whole = Example(lesson.question, lesson.document.text, lesson.start, lesson.end, *_origin(lesson.document))
            found += WINDOWS * [whole]
        other = chance.choice(documents)
        passage = chance.choice(passages[other.id])
        if other.id != lesson.document.id and not (answer and says(passage.words, answer)):
            found.append(_example(lesson, other, passage))
    return found


def _origin(document: Document) -> tuple[str, str, str]:
    """What an example says of where it is from."""
    return "lessons", document.title, "lesson"


def _example(lesson: Lesson, document: Document, passage: Passage) -> Example:
    """The question beside a passage, answered where the whole answer stands in it."""
    start, end = lesson.start, lesson.end
    inside = document.id == lesson.document.id and start is not None and end is not None
    if not inside or not (passage.start <= start and end <= passage.end):  # type: ignore[operator]
        return Example(lesson.question, passage.words, None, None, *_origin(document))
    place = (start - passage.start, end - passage.start)  # type: ignore[operator]
    return Example(lesson.question, passage.words, *place, *_origin(document))
