"""Measures a judge of support over claims: does it find the sentences that bear a claim out, and tell which are borne out?

The rule by which sentences are taken has two numbers. They are chosen on one half of the claims and used on the other,
both ways round, so that no figure is made with numbers that were chosen on the claims it is over.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np

from eval.abstaining import auroc
from eval.claims import NOT_SUPPORTED, SUPPORTED, Claim
from eval.datatypes import Score
from eval.errors import EmptySetError
from eval.scoring import score_row
from eval.summarising import bootstrap_mean, bootstrap_statistic, mean_of, seed_of, wilson
from qa.supporting import complementary
from qa.verifying import support

# In the order of the report, with what each is.
SUPPORT_MEASURES = {
    "SentenceF1": "supported or partly: sentences taken against the set that people marked and that fits best",
    "NothingTaken": "not supported: share of the claims from whose source no sentence is taken",
    "SupportAUROC": "chance that a supported claim scores higher than one that is partly or not supported",
    "AnySupportAUROC": "chance that a supported or partly supported claim scores higher than one that is not",
}
# As many sentences as an answer's statement seldom has more quotes of; fixed beforehand, chosen by no figure. That they are
# those which complete each other, and not the three best, was chosen on the claims of WiCE's development part.
TOGETHER = 3
MOST = 8  # sentences that a rule may take at most
LEVELS = 50  # scores that are tried as a rule's least one


class SupportScorer(Protocol):
    """Says how far quotes bear a claim out: words in common, or a trained model."""

    def score(self, claim: str, quotes: Sequence[str]) -> Sequence[float]:
        """For each quote by itself a finite number, higher where it bears the claim out better."""
        ...


class StemScorer:
    """The verifier's rule without a model: the share of the claim's content words whose stems the quote has."""

    def score(self, claim: str, quotes: Sequence[str]) -> Sequence[float]:
        """For each quote a share in [0, 1]."""
        return [support(claim, [quote]) for quote in quotes]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the score of each of its sentences, and the score of the claim itself."""

    claim: Claim
    scores: tuple[float, ...]
    support: float


@dataclass(frozen=True, slots=True)
class Rule:
    """Take a sentence if its score is `least` or more, and of those the `most` best."""

    least: float
    most: int

    def taken(self, scores: Sequence[float]) -> frozenset[int]:
        """The places of the sentences that are taken."""
        return frozenset(place for place in best_first(scores)[: self.most] if scores[place] >= self.least)


@dataclass(frozen=True, slots=True)
class SupportReport:
    """The figures, those of SUPPORT_MEASURES that have something to average, and the rule that each half was taken by.

    `rules[i]` was chosen on the half `1 - i` (see `half_of`) and used on the half i.
    """

    claims: int
    figures: Mapping[str, Score]
    rules: tuple[Rule, Rule]


def judge(claim: Claim, scorer: SupportScorer) -> Judged:
    """Ask for the score of every sentence, and of the three that together have the most of the claim's words, in order.

    Three that say the same are no better than one: a claim of two facts needs the sentences that complete each other. The
    claim's score is the larger of the latter and the best sentence's: a quote says no less for another beside it.
    """
    scores = _asked(scorer, claim.text, claim.sentences)
    together = complementary(claim.text, claim.sentences, most=TOGETHER)
    joined = _asked(scorer, claim.text, [" ".join(claim.sentences[place] for place in together)])
    return Judged(claim, scores, max(*joined, *scores))


def _asked(scorer: SupportScorer, claim: str, quotes: Sequence[str]) -> tuple[float, ...]:
    scores = tuple(float(score) for score in scorer.score(claim, quotes))
    if len(scores) != len(quotes) or not all(map(math.isfinite, scores)):
        raise ValueError(f"expected {len(quotes)} finite scores, found {len(scores)}: {scores[:5]}")
    return scores


def best_first(scores: Sequence[float]) -> list[int]:
    """The places of scores from the highest to the lowest; of equal ones the first comes first."""
    return sorted(range(len(scores)), key=lambda place: -scores[place])


def half_of(identifier: str) -> int:
    """The half that a claim belongs to, 0 or 1, by the sha256 of its id: the same on every machine, whatever the file."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest()[0] % 2


def sentence_f1(taken: frozenset[int], marked: Iterable[frozenset[int]]) -> float:
    """SentenceF1: 2 |taken and marked| / (|taken| + |marked|), the best over the sets that people marked.

    Source: Kamoi et al. 2023, "WiCE", which marks several sets where each is enough; each is a right answer here.
    """
    return max(2 * len(taken & places) / (len(taken) + len(places)) for places in marked)


def choose_rule(judged: Sequence[Judged]) -> Rule:
    """The rule with the highest mean SentenceF1 over these claims; of equal ones the one with the lower numbers."""
    findable = [j for j in judged if j.claim.label != NOT_SUPPORTED]
    if not findable:
        raise EmptySetError(
            "expected claims with supporting sentences in both halves, to choose on one and measure on the other, "
            f"found none among {len(judged)} of one; give more claims"
        )
    rules = [Rule(least, most) for least in _levels(findable) for most in range(1, MOST + 1)]
    return max(rules, key=lambda rule: mean_of([_f1(rule, j) for j in findable]))


def _f1(rule: Rule, judged: Judged) -> float:
    return sentence_f1(rule.taken(judged.scores), judged.claim.marked)


def _levels(judged: Sequence[Judged]) -> list[float]:
    """Scores to try, evenly by rank among those of the sentences that could be taken, from the lowest up."""
    scores = sorted({j.scores[place] for j in judged for place in best_first(j.scores)[:MOST]})
    last = len(scores) - 1
    return sorted({scores[round(i * last / (LEVELS - 1))] for i in range(LEVELS)})


def assess(judged: Sequence[Judged], *, seed: int = 0) -> SupportReport:
    """The figures over judged claims, each with n and its 95 % interval, every half measured by the other's rule.

    SentenceF1 is over the claims that are supported at least partly: those that are not have no sentence to find. Over
    them NothingTaken counts how often that is seen.
    """
    halves = [[j for j in judged if half_of(j.claim.id) == half] for half in (0, 1)]
    rules = (choose_rule(halves[1]), choose_rule(halves[0]))
    found = [_f1(rules[half_of(j.claim.id)], j) for j in judged if j.claim.label != NOT_SUPPORTED]
    low, high = bootstrap_mean(found, seed=seed_of("SentenceF1", seed))
    figures = {"SentenceF1": Score(mean_of(found), len(found), low, high, "bootstrap")}
    bare = [not rules[half_of(j.claim.id)].taken(j.scores) for j in judged if j.claim.label == NOT_SUPPORTED]
    if bare:
        figures["NothingTaken"] = Score(sum(bare) / len(bare), len(bare), *wilson(sum(bare), len(bare)), "wilson")
    for name, is_positive in _POSITIVE.items():
        figures |= _auroc(name, judged, is_positive, seed=seed)
    return SupportReport(len(judged), figures, rules)


_POSITIVE: dict[str, Callable[[str], bool]] = {
    "SupportAUROC": lambda label: label == SUPPORTED,
    "AnySupportAUROC": lambda label: label != NOT_SUPPORTED,
}


def _auroc(name: str, judged: Sequence[Judged], is_positive: Callable[[str], bool], *, seed: int) -> dict[str, Score]:
    """The AUROC of the claims' scores by name; nothing where all claims are of one kind."""
    columns = np.array([[j.support for j in judged], [float(is_positive(j.claim.label)) for j in judged]])
    value = auroc(columns)
    if value is None:
        return {}
    low, high = bootstrap_statistic(columns, auroc, seed=seed_of(name, seed))
    return {name: Score(value, len(judged), low, high, "bootstrap")}


def support_to_json(report: SupportReport, *, versions: Mapping[str, object]) -> str:
    """The report as ASCII JSON: keys sorted, floats rounded, and `versions` of what made it."""
    value = {
        "versions": dict(versions),
        "claims": report.claims,
        "measures": {name: score_row(figure) for name, figure in report.figures.items()},
        "rules": [asdict(rule) for rule in report.rules],
    }
    return json.dumps(value, sort_keys=True, indent=2, allow_nan=False) + "\n"
