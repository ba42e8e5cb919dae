"""Prepares questions with planted texts: how many texts mislead, and which evidence another gold set has for them."""

from collections.abc import Sequence
from dataclasses import replace

from eval.datasets import planted_documents
from eval.datatypes import Question
from eval.errors import GoldError
from eval.normalising import states

WITH_PASSAGE = "with-passage"
WITHOUT_PASSAGE = "no-passage"
DISPUTED = "disputed"


def with_plants(questions: Sequence[Question], count: int | None, *, first: int = 0) -> tuple[Question, ...]:
    """The questions with `count` of the texts planted for each, from the one numbered `first` (from 0) on; None is all.

    Raises GoldError where a question has texts to plant and none from there on.
    """
    for question in questions:
        if question.planted and first >= len(question.planted):
            raise GoldError(
                f"{question.id}: expected a first plant below {len(question.planted)}, the number of its texts, "
                f"found {first}"
            )
    last = None if count is None else first + count
    return tuple(replace(question, planted=question.planted[first:last]) for question in questions)


def as_documents_of_their_own(question: Question) -> Question:
    """The question without texts to plant, for a corpus that has them already; its own documents gain them."""
    documents = (*question.documents, *planted_documents(question)) if question.documents else ()
    return replace(question, planted=(), documents=documents)


def with_evidence(questions: Sequence[Question], known: Sequence[Question]) -> tuple[Question, ...]:
    """The questions that have no evidence, with evidence, passage and further answers of the `known` one of their words.

    Case and white space are not compared. They are tagged `with-passage`, and one that nobody knows `no-passage`: no
    true passage is known to stand against what is planted. Where the known answer is itself the wrong one (the two gold
    sets disagree), nothing wrong is left to be said: the question is tagged `disputed`, too, and loses that wrong answer.
    """
    by_words = {_words(question): question for question in known if question.answerable}
    return tuple(
        question if question.evidence else _with_evidence(question, by_words.get(_words(question)))
        for question in questions
    )


def _words(question: Question) -> str:
    return " ".join(question.question.casefold().split())


def _with_evidence(question: Question, known: Question | None) -> Question:
    if known is None:
        return replace(question, tags=(*question.tags, WITHOUT_PASSAGE))
    wrong = tuple(w for w in question.wrong_answers if not any(states(answer, w) for answer in known.answers))
    disputed = (DISPUTED,) if wrong != question.wrong_answers else ()
    return replace(
        question,
        answers=tuple(dict.fromkeys((*question.answers, *known.answers))),
        wrong_answers=wrong,
        evidence=known.evidence,
        passage=known.passage,
        relevance=known.relevance,
        tags=(*question.tags, WITH_PASSAGE, *disputed),
    )
