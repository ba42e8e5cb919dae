"""Say of a value how its text puts it, and what tells its side apart: a kind, a date it holds for, a place."""

import re

from qa.asking import Question
from qa.bounds import bounding
from qa.claims import Claim
from qa.datatypes import Sentence
from qa.figures import find_figures
from qa.names import find_calendar, find_names
from qa.terms import content_stems, stem, words

_PLACE = re.compile(
    r"\b(?:in|on|at|for)\s+(?:the\s+)?((?:[A-Z][\w.&’'-]*)(?:\s+[A-Z][\w.&’'-]*){0,5})|"
    r"((?:[A-Z]\w+)(?:\s+[A-Z]\w+){0,5})(?:-listed|-traded|\s+(?:shares|stock|listing|market|exchange))"
)
_BRACKETS = re.compile(r"\(([^()\n]{2,40})\)")
_AS_OF = re.compile(r"\bas of\s+", re.IGNORECASE)


def value_text(claim: Claim) -> str:
    """The value as its sentence puts it, what bounds it included: 'more than 9%'."""
    text = claim.evidence.sentence.text
    # 'The play is about Ada Finch' gives Ada Finch; 'about 300' is not 300.
    bound = bounding(text[: claim.start]) if claim.value.figure else ""
    return text[claim.start - len(bound) : claim.end]


def marked_text(sentence: Sentence) -> str:
    """What the reader marks in the sentence, with a figure's bound and without half a bracket; empty where it marks nothing."""
    text = sentence.short_answer
    if text.count("(") > text.count(")"):
        text = text[: text.rindex("(")].rstrip()
    figure = next(iter(find_figures(text)), None)
    if sentence.marked is None or figure is None or figure.start > 0:
        return text
    return bounding(sentence.text[: max(0, sentence.marked.start - sentence.start)]) + text


def qualifier(asked: Question, claim: Claim, others: str) -> str:
    """What only this side says of the thing: its kind in brackets, the date it holds for, or the nearest place; else nothing.

    `others` is the text of all other sides.
    """
    text = claim.evidence.sentence.text
    for telling in (_bracketed(claim.evidence.sentence.surroundings, asked), _as_of(text)):
        if telling and telling not in others:
            return telling
    told = {"the", "a", "this"} | {stem(name) for name in (*asked.names, *find_names(others))}
    # 'in May 1921' is the value itself, and the full stop behind a place is the sentence's.
    found = [
        (abs(match.start() - claim.start), re.sub(r"(?<=\w\w)\.$", "", match.group(1) or match.group(2)))
        for match in _PLACE.finditer(text)
        if match.end() <= claim.start or claim.end <= match.start()
    ]
    # 'on Wednesday' is when it was reported, not what tells it apart.
    own = [
        (away, place)
        for away, place in found
        if not {stem(word) for word in place.split()} & told and find_calendar(place) != words(place)
    ]
    return min(own)[1] if own else ""


def _as_of(text: str) -> str:
    """The date that a value holds for: 'as of March 2024'."""
    for match in _AS_OF.finditer(text):
        dated = next((figure for figure in find_figures(text) if figure.kind == "date"), None)
        if dated and dated.start - match.end() < 6:
            return text[match.start() : dated.end]
    return ""


def _bracketed(text: str, asked: Question) -> str:
    """What stands in brackets right behind the thing that is asked of: 'The Squeeze (1977 film)'."""
    for match in _BRACKETS.finditer(text):
        ahead = content_stems(text[max(0, match.start() - 40) : match.start()])
        if ahead and ahead[-1] in asked.stems:
            return match.group(1)
    return ""
