"""Decide whether the documents answer: one number in [0, 1], and words for the person where it is too low."""

from collections.abc import Callable, Sequence

from qa.asking import read_question
from qa.datatypes import Evidence
from qa.names import stands_in

# Chosen on train-reader's development slice by `training/fit_first_reader.py`; PINCITE_THRESHOLD overrides it.
THRESHOLD = 0.3
# A thing that the question names and that neither the evidence, nor what stands before it, nor its title speaks of.
UNNAMED = 0.35
# The same for a name that the whole document does not have, or that is written like one of a kind (Qwen3-Omni).
UNKNOWN = 0.2
# A document says this often what it is about.
TOPIC_MENTIONS = 3


def confidence(question: str, evidence: Sequence[Evidence], *, visible: Callable[[int], str]) -> float:
    """The estimated chance that the documents answer the question: the reader's best score, less for missing names.

    `visible` gives a document's text without its debris.
    """
    asked = read_question(question)
    if not evidence or asked.wanted == "advice":
        return 0.0
    return max(item.score * _names_factor(asked.names, item, visible) for item in evidence[:3])


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
