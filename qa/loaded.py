"""Tell answers whose sentences want to surprise or to impress: alone, they are not to be taken at their word."""

from collections.abc import Sequence

from qa.datatypes import Evidence, Sentence
from qa.praising import is_praising
from qa.surprising import is_surprising

# Characters from the start of one sentence to that of another that is said in the same breath.
_NEAR = 300


def is_loaded(ours: Sentence, evidence: Sequence[Evidence]) -> bool:
    """Whether the sentence, or one near it that was found too, surprises or praises."""
    near = (
        item.sentence
        for item in evidence
        if item.sentence.document_key == ours.document_key and abs(item.sentence.start - ours.start) <= _NEAR
    )
    return any(is_surprising(sentence) or is_praising(sentence) for sentence in near)
