"""Decide whether the documents answer: one number in [0, 1], and words for the person where it is too low."""

import json
import math
from collections.abc import Callable, Sequence
from importlib.resources import files

from qa.asking import Question, has_wanted, read_question
from qa.datatypes import Evidence
from qa.names import stands_in
from qa.verifying import TOPIC_MENTIONS

# Fitted by `training/fit_confidence.py` on development questions: the scale that makes the reader's score a chance, and
# the confidence under which one answerable question in four of those hard sets would be refused.
_FITTED = json.loads((files("qa") / "data" / "confidence.json").read_text(encoding="utf-8"))
THRESHOLD: float = _FITTED["threshold"]
# A thing that the question names and that neither the evidence, nor what stands before it, nor its title speaks of.
UNNAMED = 0.35
# The same for a name that the whole document does not have, or that is written like one of a kind (Qwen3-Omni).
UNKNOWN = 0.1
# A sentence that has nothing of the kind that is asked for.
WRONG_KIND = 0.4


def confidence(question: str, evidence: Sequence[Evidence], *, visible: Callable[[int], str]) -> float:
    """The estimated chance that the documents answer the question, in [0, 1].

    A question for advice has none: documents say what is, not what somebody should do.
    """
    asked = read_question(question)
    if not evidence or asked.wanted == "advice":
        return 0.0
    score = raw_score(question, evidence, visible=visible)
    # Platt, "Probabilistic Outputs for Support Vector Machines", 1999: a logistic curve over the score's log-odds.
    log_odds = math.log(max(score, 1e-6) / (1.0 - min(score, 1.0 - 1e-6)))
    return 1.0 / (1.0 + math.exp(-(_FITTED["slope"] * log_odds + _FITTED["intercept"])))


def raw_score(question: str, evidence: Sequence[Evidence], *, visible: Callable[[int], str]) -> float:
    """The reader's best score in [0, 1], less where the evidence does not speak of what the question names.

    `visible` gives a document's text without its debris.
    """
    asked = read_question(question)
    return max(
        (item.score * _names_factor(asked.names, item, visible) * _kind_factor(asked, item) for item in evidence[:5]),
        default=0.0,
    )


def _kind_factor(asked: Question, item: Evidence) -> float:
    """Less for a sentence without a figure or date where one is asked for; a name is too easily missed to be held to it."""
    held = asked.wanted in {"amount", "percent", "count", "date"}
    return WRONG_KIND if held and has_wanted(asked, item.sentence.text) is False else 1.0


def _names_factor(names: Sequence[str], item: Evidence, visible: Callable[[int], str]) -> float:
    sentence = item.sentence
    near = f"{sentence.title}\n{sentence.before}\n{sentence.text}"
    factor = 1.0
    for name in names:
        if stands_in(name, near):
            continue
        text = visible(sentence.document_key)
        mentions = text.lower().count(name.lower())
        special = any(character.isdigit() for character in name)
        if special or not mentions:
            factor *= UNKNOWN
        elif mentions < TOPIC_MENTIONS:
            factor *= UNNAMED
    return factor


def explain(reason: str) -> str:
    """What an abstention says to a person."""
    return {
        "no_evidence": "There are no documents in this collection that could be searched for an answer.",
        "below_threshold": "Not in these documents: nothing that was found answers the question well enough.",
        "unverified": "Not in these documents: no draft of an answer could be borne out by a quote.",
    }[reason]
