"""Take the values that may be what was asked for out of the evidence, each with where it stands.

A value is what the reader marks in a sentence. Where a figure is asked for and none is marked, a figure that stands near the
question's own words is taken instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.asking import FIGURE_KINDS, Question
from qa.datatypes import Evidence
from qa.figures import Figure, find_figures
from qa.frames import is_other_rate, same_frame, same_stretch
from qa.imagined import is_imagined
from qa.offices import is_other_office
from qa.terms import content_stems, words
from qa.values import Value, value_of

# The longest phrase that is taken for a value, in words.
LONGEST_PHRASE = 8
# Characters on either side of a figure in which the question's words count as near, before it for what bounds it, and
# behind a count for what is counted.
_NEAR, _BEFORE, _COUNTED = 60, 40, 40
# The part of the best sentence's chance from which a name that another one of the document has is heard instead.
_NEARLY = 0.3
# Figures that are not marked and may be meant in one sentence.
_MOST_UNMARKED = 2
_HOUR = re.compile(
    r"\b(?:what|which) time\b|\btime of (?:the )?day\b|\bo['’]clock\b|\b(?:what|which) hours?\b", re.IGNORECASE
)
# Of 'May 1890 – June 1941' the end is meant where the question is about an end.
_ENDS = frozenset(content_stems("die end close finish dissolve abolish retire"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that may be the answer: `evidence.sentence.text[start:end]`, which of the question's stems are around it.

    `marked` says that the reader marks it.
    """

    value: Value
    start: int
    end: int
    evidence: Evidence
    around: frozenset[str] = frozenset()
    marked: bool = False

    @property
    def documents(self) -> frozenset[int]:
        """The keys of the documents that have its sentence."""
        return frozenset({self.evidence.sentence.document_key, *(place.document_key for place in self.evidence.also)})


def find_claims(asked: Question, evidence: Sequence[Evidence]) -> list[Claim]:
    """The figures of every sentence where one is asked for; else what is marked in the best sentence of every document.

    Who the chief executive is tells nothing against who the chief technology officer is, nor does what another world is like.
    """
    evidence = [
        item
        for item in evidence
        if not is_other_office(asked.text, item.sentence.surroundings) and not is_imagined(asked.text, item.sentence)
    ]
    if asked.wanted in FIGURE_KINDS:
        return [claim for item in evidence for claim in _figures(asked, item)]
    best: dict[int, Evidence] = {}
    for item in evidence:
        held = best.setdefault(item.sentence.document_key, item)
        if asked.wanted == "name" and _names(item) and not _names(held) and item.score >= _NEARLY * held.score:
            best[item.sentence.document_key] = item
    return [claim for item in best.values() for claim in _phrase(asked, item)]


def _names(item: Evidence) -> bool:
    """Whether what is marked has a name in it: 'Bob Dylan', not 'an old lover'."""
    return any(word[:1].isupper() for word in item.sentence.short_answer.split())


def _phrase(asked: Question, item: Evidence) -> list[Claim]:
    text, mark = item.sentence.short_answer, item.sentence.marked
    if mark is None or not text or len(words(text)) > LONGEST_PHRASE or _is_said(asked, text):
        return []
    start = max(0, mark.start - item.sentence.start)
    around = frozenset(asked.stems) & frozenset(content_stems(item.sentence.text))
    return [Claim(value_of(text), start, start + len(text), item, around, marked=True)]


def _is_said(asked: Question, text: str) -> bool:
    """Whether the question says it itself."""
    return set(content_stems(text)) <= set(asked.stems)


def _figures(asked: Question, item: Evidence) -> list[Claim]:
    """The figures of a sentence that may be what was asked for: right in kind, marked, or near the question's words."""
    if not same_stretch(asked, item.sentence):
        return []
    said, text = {figure.value for figure in asked.figures}, item.sentence.text
    found = [
        _figure(asked, item, figure)
        for figure in find_figures(text)
        if figure.kind in FIGURE_KINDS[asked.wanted]
        and figure.value not in said
        and same_frame(asked, text, figure)
        and not is_other_rate(asked, text, figure)
    ]
    marked = _of_one_kind(asked, [claim for claim in found if claim.marked])
    if marked:
        return marked[-1:] if _ENDS & set(asked.stems) else marked[:1]
    found = _of_one_kind(asked, found)
    most = max((len(claim.around) for claim in found), default=0)
    return [claim for claim in found if most and len(claim.around) == most][:_MOST_UNMARKED]


def _of_one_kind(asked: Question, found: Sequence[Claim]) -> list[Claim]:
    """Where a sentence has a day and an hour, the hour if a time is asked for by that word, else the day."""
    preferred = "time" if _HOUR.search(asked.text) else "date"
    chosen = [claim for claim in found if claim.value.figure and claim.value.figure.kind == preferred]
    return chosen or list(found)


def _figure(asked: Question, item: Evidence, figure: Figure) -> Claim:
    text = item.sentence.text
    marked = item.sentence.marks(figure.start, figure.end)
    value = Value(figure.text, text[max(0, figure.start - _BEFORE) : figure.start], figure)
    return Claim(value, figure.start, figure.end, item, _around(asked, text, figure), marked)


def _around(asked: Question, text: str, figure: Figure) -> frozenset[str]:
    """The question's stems around the figure; none where a count is of another thing than the one asked for."""
    stems = set(asked.stems)
    if figure.kind == "count" and not stems & set(content_stems(text[figure.end : figure.end + _COUNTED])[:2]):
        return frozenset()
    # The name of the thing alone does not make two figures figures of the same.
    named = {part for name in asked.names for part in content_stems(name)}
    near = content_stems(text[max(0, figure.start - _NEAR) : figure.end + _NEAR])
    return frozenset((stems - named) & set(near))
