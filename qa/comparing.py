"""Say how likely two values contradict each other: the same question, answered differently by two documents.

A logistic model over signals that a person can read (docs/reader.md). What is certain (units, rounding, frames of time, one
document that states both) is not left to it: `claims`, `values` and `conflicts` see to that by rule.
"""

import json
import math
from collections.abc import Callable, Sequence
from importlib.resources import files

from qa.asking import Question
from qa.claims import Claim
from qa.names import stands_in
from qa.odds import chance, log_odds, weighed
from qa.terms import content_stems, words

SIGNALS = (
    *("likely", "support", "figure", "digits", "length", "alike", "near", "around", "words"),
    *("together", "elsewhere", "overlap", "rank", "borne"),
)
# Fitted by `training/fit_conflicts.py` on development questions: what each signal weighs, the chance from which two values
# are shown as a conflict, and the lower one from which a further value is shown beside two that are.
FITTED = json.loads((files("qa") / "data" / "conflicts.json").read_text(encoding="utf-8"))
# Log-odds beyond these are merely unlikely and likely.
_UNLIKELY, _LIKELY = -7.0, 5.0
# What stands for a share of nothing.
_UNKNOWN = 0.5

Visible = Callable[[int], str]


def contradiction(values: dict[str, float]) -> float:
    """The chance in [0, 1] that the two values with these signals contradict each other."""
    return chance(weighed(FITTED, values))


def signals(
    asked: Question, lead: Sequence[Claim], other: Sequence[Claim], *, visible: Visible, borne: float = 0.0
) -> dict[str, float]:
    """What tells whether the value of `other` contradicts that of `lead`, by the names of SIGNALS.

    Each is what the documents say of one value, the best scored claim first; `visible` gives a document's text without its
    debris; `borne` is how well the other value's sentence bears it out (`claim_borne`), 0 where no judge was asked.
    """
    first, second = lead[0], other[0]
    one, two = first.value.text.strip(), second.value.text.strip()
    figure = first.value.figure is not None and second.value.figure is not None
    shared = _part(first.around & second.around, first.around)
    ours, theirs = first.evidence.sentence, second.evidence.sentence
    together = stands_in(two, ours.surroundings) or stands_in(one, theirs.surroundings)
    elsewhere = any(stands_in(one, visible(key)) for key in sorted(_documents(other)))
    document = set(content_stems(f"{theirs.surroundings}\n{visible(theirs.document_key)}"))
    return {
        "likely": max(_UNLIKELY, min(_LIKELY, log_odds(second.evidence.score))),
        "support": _support(other),
        "figure": float(figure),
        "digits": abs(_digits(one) - _digits(two)),
        # Two answers to one question are of a length: a name beside a name, not beside a clause.
        "length": 0.0 if figure else abs(math.log(max(1, len(words(one))) / max(1, len(words(two))))),
        "alike": _alike(first, second),
        "near": shared if figure else 0.0,
        "around": 0.0 if figure else shared,
        "words": _part(frozenset(asked.stems) & document, frozenset(asked.stems)),
        # Who states both, or the one value at all, is likely to speak of two things.
        "together": float(together),
        "elsewhere": float(elsewhere and not together),
        "overlap": 0.0 if figure else _overlap(one, two),
        "rank": math.log1p(theirs.rank),
        "borne": borne,
    }


def _digits(value: str) -> float:
    """The part of a value's words that have a digit."""
    found = words(value)
    return sum(any(character.isdigit() for character in word) for word in found) / max(1, len(found))


def _documents(claims: Sequence[Claim]) -> set[int]:
    return {claim.evidence.sentence.document_key for claim in claims}


def _part(some: frozenset[str], of: frozenset[str]) -> float:
    return len(some) / len(of) if of else _UNKNOWN


def _support(claims: Sequence[Claim]) -> float:
    """How many further independent sources give the value, each counted by its chance."""
    best: dict[int, float] = {}
    for claim in claims:
        source = claim.evidence.source
        best[source] = max(best.get(source, 0.0), claim.evidence.score)
    return sum(best.values()) - max(best.values())


def _alike(one: Claim, other: Claim) -> float:
    """The part of the smaller sentence's stems that the other has too, the values themselves left out."""
    a, b = (
        set(content_stems(claim.evidence.sentence.text)) - set(content_stems(claim.value.text))
        for claim in (one, other)
    )
    return len(a & b) / max(1, min(len(a), len(b)))


def _overlap(one: str, other: str) -> float:
    """The part of the smaller value's stems that the other has too: 'Port Ledger' and 'the harbour of Port Ledger'."""
    a, b = set(content_stems(one)), set(content_stems(other))
    return len(a & b) / max(1, min(len(a), len(b)))
