"""Order what was found by what the reader makes of it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from index.datatypes import Hit
from qa.likeness import weights_at
from qa.odds import chance
from qa.reading import Reading

# Passages that the reader is given: where the search is right at all, it is within these (docs/reader.md).
READ_HITS = 20
# How far behind the best a passage's search score may be for it to be read. Of 701 right passages of development questions
# this leaves out one, and of the twenty found it leaves four to ten.
FAR_BEHIND = 0.4
# Fitted by `training/fit_confidence.py`: what orders the passages of one question, in a mixed collection and in one whose
# passages are alike, and what makes the reader's scores a chance that can be compared between questions.
_FITTED = json.loads((files("qa") / "data" / "ranking.json").read_text(encoding="utf-8"))
ORDER: dict[str, dict[str, float]] = _FITTED["order"]
CHANCE: dict[str, float] = _FITTED["chance"]
_SURE = 6.0
# A passage that begins within so many characters begins its document.
_BEGINNING = 300


@dataclass(frozen=True, slots=True, eq=False)
class ReadHit:
    """A passage with what the reader makes of it; the hit's score is the one that passages are ordered by."""

    hit: Hit
    reading: Reading

    @property
    def chance(self) -> float:
        """How likely the reader alone holds it that this passage answers, in [0, 1]."""
        reading = self.reading
        return chance(CHANCE["answerable"] * reading.answerable + CHANCE["margin"] * reading.margin + CHANCE["bias"])


def ranked(hits: Sequence[Hit], readings: Sequence[Reading], *, likeness: float) -> list[ReadHit]:
    """The hits, best first; their own scores become the ones they are ordered by. The collection's passages are that alike."""
    weights = weights_at(ORDER, likeness)
    read = [
        ReadHit(replace(hit, score=ranking_score(hit, reading, weights)), reading)
        for hit, reading in zip(hits, readings, strict=True)
    ]
    return sorted(read, key=lambda one: (-one.hit.score, one.hit.passage_key))


def ranking_score(hit: Hit, reading: Reading, weights: Mapping[str, float]) -> float:
    """The search's score weighed with the reader's; beyond some log-odds the reader is merely sure.

    A longer passage holds more: the short end of a document is near its title, and so to what is asked, whatever it says. In
    an encyclopedia a document begins with what is asked most (`later`).
    """
    answerable = max(-_SURE, min(_SURE, reading.answerable))
    margin = max(-2 * _SURE, min(2 * _SURE, reading.margin))
    length = math.log(max(1, hit.end - hit.start))
    read = weights["answerable"] * answerable + weights["margin"] * margin
    place = weights["length"] * length - weights["later"] * (hit.start > _BEGINNING)
    return weights["search"] * hit.score + read + place
