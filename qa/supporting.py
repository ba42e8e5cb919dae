"""Judge how likely quotes bear a claim out: the reader's support head, weighed with the words, figures and names in common.

The network alone trusts what sounds alike, the words alone what is of the same topic; each is told when the other is wrong.
"""

import json
from collections.abc import Sequence
from importlib.resources import files

from qa.negation import contradicted
from qa.odds import chance, log_odds, weighed
from qa.terms import content_stems
from qa.verifying import SupportJudge, support, unsupported

SIGNALS = ("words", "missing", "denied", "head")
# Fitted by `training/fit_support.py`: what each signal weighs.
_FITTED = json.loads((files("qa") / "data" / "support.json").read_text(encoding="utf-8"))
# More figures and names than this missing say no more against a claim.
_MOST_MISSING = 4
# The head's log-odds beyond this only say that it has seen much of the kind.
MOST_SURE = 6.0
# Quotes that are looked at for what the others lack.
_COMPARED = 40


class WeighedJudge:
    """A judge that weighs several signals; `head` is the network's own judge."""

    def __init__(self, head: SupportJudge) -> None:
        self._head = head

    def score(self, claim: str, quotes: Sequence[str]) -> list[float]:
        """For every quote the chance in [0, 1] that it bears the claim out."""
        return [chance(weighed(_FITTED, one)) for one in signals(claim, quotes, self._head)]


def signals(claim: str, quotes: Sequence[str], head: SupportJudge) -> list[dict[str, float]]:
    """What each quote's chance is made of, by the names of SIGNALS.

    `words` is the share of the claim's content words that the quote has, `missing` how many of its figures, versions and
    names it lacks (4 at most), `denied` 1 where one denies what the other states, `head` the network's log-odds within ±6;
    -6 without asking where no word is shared.
    """
    shared = [support(claim, [quote]) for quote in quotes]
    asked = [quote for quote, words in zip(quotes, shared, strict=True) if words]
    believed = dict(zip(asked, head.score(claim, asked), strict=True)) if asked else {}
    return [
        {
            "words": words,
            "missing": float(min(_MOST_MISSING, len(unsupported(claim, [quote])))),
            "denied": float(bool(contradicted(claim, [quote]))),
            "head": sureness(believed.get(quote, 0.0)),
        }
        for quote, words in zip(quotes, shared, strict=True)
    ]


def sureness(believed: float) -> float:
    """The log-odds of what the head believes, within ±6."""
    return max(-MOST_SURE, min(MOST_SURE, log_odds(believed)))


def complementary(claim: str, quotes: Sequence[str], *, most: int) -> list[int]:
    """The places, in order, of at most `most` quotes that together have the most of the claim's content words.

    One after another, each the one that adds the most to those before it; none that adds nothing but the first. Only the 40
    quotes with the most of the words are looked at.
    """
    wanted = set(content_stems(claim))
    has = [wanted.intersection(content_stems(quote)) for quote in quotes]
    compared = sorted(range(len(has)), key=lambda place: -len(has[place]))[:_COMPARED]
    taken, covered = compared[:1], set[str]().union(*(has[place] for place in compared[:1]))
    while taken and len(taken) < most:
        best = max(compared, key=lambda place: len(has[place] - covered))
        if not has[best] - covered:
            break
        taken.append(best)
        covered |= has[best]
    return sorted(taken)
