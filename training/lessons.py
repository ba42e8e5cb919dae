"""Lessons in the documents that people keep: leases, handbooks, manuals, minutes, letters, news, all of them invented.

No given set has such documents or such questions: terse ones, ones in other words than the text's, and ones that the
document nearly answers. Every line of `training/lessons/*.jsonl` is a document with its questions; they were written for
this, for nothing else, and no collection that results are reported on is among them.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.datatypes import SourceDocument
from eval.preparing import as_documents
from index.datatypes import Document, Passage
from index.encoding import Tokenizer
from index.passages import split_passages
from training.examples import Example, read_rows, says

LESSONS = Path(__file__).parent / "lessons"
# Windows of any place around the answer that each question is shown beside the passages as they are cut.
WINDOWS = 1


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question about `document`; `document.text[start:end]` answers it, or nothing does and both are None."""

    question: str
    document: Document
    start: int | None
    end: int | None

    @property
    def example(self) -> Example:
        """The question beside the whole document."""
        document = self.document
        return Example(self.question, document.text, self.start, self.end, "lessons", document.title, "lesson")


def read_lessons(folder: Path = LESSONS) -> list[Lesson]:
    """All lessons.

    Raises:
        ValueError: an answer does not stand in its sentence, or the sentence not once in its text.
        GoldError: a document cannot be read.
    """
    return [
        lesson
        for path in sorted(folder.glob("*.jsonl"))
        for number, row in enumerate(read_rows(path), start=1)
        for lesson in _lessons(row, place=f"{path.name}:{number}")
    ]


def _lessons(row: dict[str, Any], *, place: str) -> Iterator[Lesson]:
    text = row["text"]
    (document,) = as_documents([SourceDocument(place, row["title"], text)], place=place)
    for asked in row["questions"]:
        answer, sentence = asked["answer"], asked.get("sentence", "")
        if answer is None:
            yield Lesson(asked["q"], document, None, None)
            continue
        if text.count(sentence) != 1 or answer not in sentence:
            raise ValueError(f"{place}: expected the answer in a sentence that stands once in the text, found {asked}")
        start = text.index(sentence) + sentence.index(answer)
        yield Lesson(asked["q"], document, start, start + len(answer))


def lesson_examples(lessons: Sequence[Lesson], *, tokenizer: Tokenizer, seed: int) -> list[Example]:
    """Every question beside the passages of its document, as the index cuts them, and beside one of another document.

    The whole document stands for windows of it: `lay` cuts them where the answer is.
    """
    chance = random.Random(seed)
    documents = list({one.document.id: one.document for one in lessons}.values())
    passages = {one.id: split_passages(one, tokenizer=tokenizer) for one in documents}
    found: list[Example] = []
    for lesson in lessons:
        whole = lesson.example
        own = [_beside(whole, passage) for passage in passages[lesson.document.id]]
        # Another passage that has the answer's words may answer too.
        found += [one for one in own if one.start is not None or not _may_answer(whole, one.passage)]
        if whole.answer:
            found += WINDOWS * [whole]
        other = chance.choice(documents)
        words = chance.choice(passages[other.id]).words
        if other.id != lesson.document.id and not _may_answer(whole, words):
            found.append(replace(whole.unanswered("lesson", passage=words), group=other.title))
    return found


def _may_answer(whole: Example, passage: str) -> bool:
    return bool(whole.answer) and says(passage, whole.answer)


def _beside(whole: Example, passage: Passage) -> Example:
    """The question beside a passage of its document, answered where the whole answer stands in it."""
    start, end = whole.start, whole.end
    if start is None or end is None or not passage.start <= start <= end <= passage.end:
        return whole.unanswered("lesson", passage=passage.words)
    return replace(whole, passage=passage.words, start=start - passage.start, end=end - passage.start)
