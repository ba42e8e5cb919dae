"""Decide whether the documents answer: one calibrated number in [0, 1], and words for the person where it is too low."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from index.datatypes import Hit
from qa.asking import Question, lacks_figure, read_question, wants_several
from qa.datatypes import Evidence
from qa.figures import find_figures, same_figure
from qa.likeness import between
from qa.loaded import is_loaded
from qa.misfits import MISFIT, is_misfit
from qa.names import stands_in
from qa.odds import chance, log_odds, weighed
from qa.offices import is_other_office
from qa.ranking import ReadHit
from qa.stating import borne
from qa.terms import content_stems
from qa.verifying import TOPIC_MENTIONS, SupportJudge

SIGNALS = (
    *("answerable", "chance", "anywhere", "similarity", "ahead", "prose", "several_similarity"),
    *("borne", "agreement", "absent", "unnamed", "unknown", "wrong_kind", "figures"),
)
# Fitted by `training/fit_confidence.py` on development questions: what each signal weighs in a mixed collection and in one
# whose passages are alike, and the confidence of each under which pincite abstains where nobody chose another.
_FITTED = json.loads((files("qa") / "data" / "confidence.json").read_text(encoding="utf-8"))
# What is left of the confidence where the question names one of a line of things (Qwen3-Omni) or offices (the CFO) and the
# evidence, its surroundings and its title speak of none by that name. No set has enough of these to fit it on.
OTHER_OF_ITS_LINE = 0.2
# What is left of it in a mixed collection where the leading sentence wants to surprise or to impress and no independent source
# says the same or anything else: nobody vouches for every text of a library, as one does for one's own papers.
UNVOUCHED = 0.2
_CLIPPED = 12.0
# From this part of running words on a text is prose; a list of works, a table's row or a box of facts has fewer.
_PROSE = 0.55
# The hits that the first one is compared with: the next ones may well say the same, in a collection of news. Of fewer nothing
# can be told, and it is as far ahead as for most questions of the fitted sets.
_BEHIND = slice(5, 10)
_USUALLY_AHEAD = 0.4
# The passages of which any may answer.
_TOLD = 3

Visible = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near the search came: the cosine of the question with the best passage, and how far the first hit is ahead.

    The passage counts without its title: every passage of a document about the thing has that, whatever it says. `borne` is
    what `fact_borne` says of it, 0 where no judge is. `likeness` says how alike the collection's passages are.
    """

    similarity: float
    ahead: float
    borne: float = 0.0
    likeness: float = 0.0

    @classmethod
    def of(cls, hits: Sequence[Hit], *, similarity: float, borne: float = 0.0, likeness: float = 0.0) -> "Nearness":
        """From the hits in the order of the search: the first one's score against the mean of the sixth to the tenth."""
        scores = [hit.score for hit in hits[: _BEHIND.stop]]
        # Where nothing fits, all fit about as badly.
        ahead = scores[0] - float(np.mean(scores[_BEHIND])) if len(scores) == _BEHIND.stop else _USUALLY_AHEAD
        return cls(similarity, ahead, borne, likeness)


def usual_threshold(likeness: float) -> float:
    """The confidence in [0, 1] under which pincite abstains over a collection whose passages are that alike."""
    return between(_FITTED["mixed"]["threshold"], _FITTED["alike"]["threshold"], likeness=likeness)


def confidence(
    question: str,
    read: Sequence[ReadHit],
    evidence: Sequence[Evidence],
    *,
    near: Nearness,
    visible: Visible,
    disputed: bool = False,
) -> float:
    """The estimated chance that the documents answer the question, in [0, 1].

    `visible` gives a document's text without its debris; `disputed` says that other values are shown beside the leading one. A
    question for advice has no chance: documents say what is, not what somebody should do.
    """
    asked = read_question(question)
    if not evidence or asked.wanted == "advice":
        return 0.0
    values = signals(question, read, evidence, near=near, visible=visible)
    best = evidence[0].sentence
    text = visible(best.document_key)
    sibling = is_other_office(question, best.surroundings) or any(
        _is_other_of_its_line(name, best.surroundings, text) for name in asked.names
    )
    left = (OTHER_OF_ITS_LINE if sibling else 1.0) * (MISFIT if is_misfit(question, best) else 1.0)
    if not disputed and not values["agreement"] and is_loaded(best, evidence):
        left *= between(UNVOUCHED, 1.0, likeness=near.likeness)
    mixed, alike = (weighed(_FITTED[kind], values) for kind in ("mixed", "alike"))
    return left * chance(between(mixed, alike, likeness=near.likeness))


def signals(
    question: str,
    read: Sequence[ReadHit],
    evidence: Sequence[Evidence],
    *,
    near: Nearness,
    visible: Visible,
) -> dict[str, float]:
    """What the confidence is made of, by the names of SIGNALS; neither `read` nor `evidence` is empty."""
    asked, best = read_question(question), evidence[0]
    text = visible(best.sentence.document_key)
    missing = [name for name in asked.names if not stands_in(name, best.sentence.surroundings)]
    mentions = [len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)) for name in missing]
    return {
        "answerable": _clipped(read[0].reading.answerable),
        "chance": read[0].chance,
        "anywhere": _anywhere(read),
        "similarity": near.similarity,
        "ahead": near.ahead,
        "prose": min(_PROSE, running(visible(read[0].hit.document_key)[read[0].hit.start : read[0].hit.end])),
        # A list or an explanation has no span to be sure of: there the passage's being about the thing counts for more.
        "several_similarity": wants_several(question) * near.similarity,
        "borne": near.borne,
        "agreement": float(_agrees(evidence)),
        "absent": float(_absent(asked, best, text)),
        "unnamed": float(sum(0 < count < TOPIC_MENTIONS for count in mentions)),
        "unknown": float(sum(not count for count in mentions)),
        "wrong_kind": float(lacks_figure(asked, best.sentence.text)),
        "figures": float(_figures_missing(asked, best, text)),
    }


def fact_borne(question: str, evidence: Sequence[Evidence], text: str, judge: SupportJudge) -> float:
    """The log-odds, within ±6, that the best passage's text bears the short answer out.

    0 where there is no short answer, or one fact is no answer.
    """
    answer = evidence[0].sentence.short_answer if evidence else ""
    return borne(question, answer, text, judge) if answer and not wants_several(question) else 0.0


def running(text: str) -> float:
    """The part of a text's words, in [0, 1], that begin with neither a capital nor a digit; acronyms are not counted."""
    words = [word for word in re.findall(r"\w+", text) if not word.isupper()]
    return sum(not (word[0].isupper() or word[0].isdigit()) for word in words) / len(words) if words else 1.0


def _is_other_of_its_line(name: str, near: str, text: str) -> bool:
    """Whether the name is one of a line of things, and what is near speaks of another one, or the document of none."""
    line = re.match(r"[^\W\d_]+", name)
    if line is None or not any(character.isdigit() for character in name) or stands_in(name, near):
        return False
    others = re.findall(rf"(?<!\w){re.escape(line.group())}[\w.-]*\d", near, re.IGNORECASE)
    return bool(others) or not stands_in(name, text)


def _anywhere(read: Sequence[ReadHit]) -> float:
    """The log-odds that any of the best passages answers: an event is told in several papers, and not each says it plainly."""
    return _clipped(log_odds(1.0 - math.prod(1.0 - one.chance for one in read[:_TOLD])))


def _clipped(score: float) -> float:
    return max(-_CLIPPED, min(_CLIPPED, score))


def _absent(asked: Question, item: Evidence, text: str) -> int:
    """The question's content words that the evidence's document does not have at all: 'Why did they cancel it?'."""
    present = _stems(f"{item.sentence.title}\n{text}")
    return sum(stem not in present for stem in asked.stems)


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


def _agrees(evidence: Sequence[Evidence]) -> bool:
    """Whether an independent source gives the same short answer."""
    said = evidence[0].sentence.short_answer
    return bool(said) and any(
        item.source != evidence[0].source and stands_in(said, item.sentence.text) for item in evidence[1:]
    )


def _figures_missing(asked: Question, item: Evidence, text: str) -> int:
    """The question's years and numbers that neither the evidence nor its document has."""
    if not asked.figures:
        return 0
    stated = find_figures(f"{item.sentence.surroundings}\n{text}")
    return sum(not any(same_figure(figure, other) for other in stated) for figure in asked.figures)


def explain(reason: str) -> str:
    """What an abstention says to a person."""
    return {
        "no_evidence": "There are no documents in this collection that could be searched for an answer.",
        "below_threshold": "Not in these documents: nothing that was found answers the question well enough.",
        "unverified": "Not in these documents: no draft of an answer could be borne out by a quote.",
    }[reason]
