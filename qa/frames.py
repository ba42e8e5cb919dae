"""Tell a change from a level, and figures over one stretch of time from those over another."""

import re

from qa.asking import Question
from qa.bounds import without_bound
from qa.datatypes import Sentence
from qa.figures import Figure, find_figures

# Characters before a figure that tell whether it is a change.
_BEFORE = 40
# A change and a level are different things: 'grew by $100 billion' does not contradict 'reached $342 billion'.
_CHANGE_BEFORE = re.compile(
    r"\b(?:by|up|down|another|extra|additional|rise of|gain of|increase of)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_LEVEL_BEFORE = re.compile(r"\b(?:to|reach(?:ed|ing|es)?)\s+$", re.IGNORECASE)
_ASKS_CHANGE = re.compile(
    r"\bby how (?:much|many)\b|"
    r"\bhow (?:much|many)\b.*\b(?:rise|fall|gain|grow|jump|drop|increase|decrease|expand|change|surge|lose)\b",
    re.IGNORECASE,
)
_ASKS_LEVEL = re.compile(
    r"^\W*what (?:is|was|are|were)\b(?!.*\b(?:rise|fall|gain|growth|increase|decrease|change)\b)", re.IGNORECASE
)
# A figure over another stretch of time is another figure. Some words say so of a whole sentence, others of the figure that they
# stand beside: 'by the daily listings, 2,460 flights' were not 2,460 a day, and 'for a year' is how long, not how often.
_STRETCH = (
    r"\byear[- ]to[- ]date\b|\bsince (?:the (?:start|beginning)|january|the year|last year)\b|"
    r"\bso far this year\b|\bover the (?:past|last)\b"
)
_RATE = (
    r"\b(?:per|each|every|(?<!for )(?<!half )(?<!within )(?<!in )(?<!than )a) "
    r"(?:calendar |working |full )?(?:day|week|month|year|annum|quarter)\b|"
    r"\b(?:daily|weekly|monthly|quarterly|annual(?:ly)?|yearly)\b"
)
_WHOLE = re.compile(_STRETCH, re.IGNORECASE)
_RATED = re.compile(_RATE, re.IGNORECASE)
_EITHER = re.compile(f"{_STRETCH}|{_RATE}", re.IGNORECASE)
# Characters before and behind a figure in which a rate is its own, unless a clause ends between them.
_BESIDE = 30
_CLAUSE = re.compile(r"[,;:()]\s")


def same_stretch(asked: Question, sentence: Sentence) -> bool:
    """Whether the sentence as a whole speaks of a stretch of time ('year to date') just where the question speaks of one."""
    if _EITHER.search(asked.text):
        return _EITHER.search(sentence.surroundings) is not None
    return _WHOLE.search(sentence.text) is None


def is_other_rate(asked: Question, text: str, figure: Figure) -> bool:
    """Whether the figure of the text is one 'a year' or 'daily' where none of that kind is asked for."""
    if _EITHER.search(asked.text):
        return False
    ahead = _CLAUSE.split(text[max(0, figure.start - _BESIDE) : figure.start])[-1]
    behind = _CLAUSE.split(text[figure.end : figure.end + _BESIDE])[0]
    return _RATED.search(f"{ahead} 0 {behind}") is not None


def same_frame(asked: Question, text: str, figure: Figure) -> bool:
    """Whether the figure is a change where a change is asked for, and a level where that is."""
    before = without_bound(text[max(0, figure.start - _BEFORE) : figure.start])
    if _ASKS_LEVEL.search(asked.text) and _CHANGE_BEFORE.search(before):
        return False
    return not (_ASKS_CHANGE.search(asked.text) and _LEVEL_BEFORE.search(before))


def marks_other_frame(asked: Question, sentence: Sentence) -> bool:
    """Whether the figure that the reader marks is a change where a level is asked for, or the other way round."""
    marked = [one for one in find_figures(sentence.text) if sentence.marks(one.start, one.end)]
    return bool(marked) and not any(same_frame(asked, sentence.text, one) for one in marked)
