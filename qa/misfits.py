"""Lower the chance of sentences that answer something near what is asked: how it is in another world, or how it changed."""

from collections.abc import Sequence

from qa.asking import lacks_figure, read_question
from qa.datatypes import Sentence
from qa.frames import marks_other_frame
from qa.imagined import is_imagined

# What is left of such a sentence's chance to answer. No set has enough of them to fit it on.
MISFIT = 0.2


def discounted(question: str, scored: Sequence[tuple[Sentence, float]]) -> list[tuple[Sentence, float]]:
    """The sentences with their chances in [0, 1], likeliest first, misfits with what is left to them.

    Where a figure or a date is wanted, a sentence without one steps behind those that have one.
    """
    asked = read_question(question)

    def left(sentence: Sentence) -> float:
        return MISFIT if lacks_figure(asked, sentence.text) or is_misfit(question, sentence) else 1.0

    return sorted(((sentence, score * left(sentence)) for sentence, score in scored), key=lambda pair: -pair[1])


def is_misfit(question: str, sentence: Sentence) -> bool:
    """Whether the sentence speaks of another world, or marks a change where a level is asked for, or a level for a change."""
    return is_imagined(question, sentence) or marks_other_frame(read_question(question), sentence)
