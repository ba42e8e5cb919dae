"""Fit what the signals of support weigh, on claims made of the training set, and show what that gives on tested claims.

    python -m training.fit_support ../shared/data qa/data

The claims are of one or two facts beside a whole passage, which the head has not been trained on: of the pairs that it
has, it is so sure that nothing else would count. Nothing is fitted on the claims of WiCE, which are tested on. They are
judged with the weights found here, and beside that with weights fitted on them in five folds of claims that were not
fitted on: how far the two are apart tells what the made claims lack. Seeded; a minute or two on 2 cores.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.abstaining import auroc
from eval.claims import SUPPORTED, read_claims
from eval.judging import TOGETHER
from qa.odds import log_odds as log_odds_of
from qa.supporting import SIGNALS, complementary, signals
from qa.verifying import LEAST_JUDGED, LEAST_SUPPORT, SupportJudge
from training.examples import load_examples
from training.fitting import Limits, fit_signed
from training.keeping import kept_reader
from training.sourced_claims import SourcedClaim, of_facts

# A signal may not count against its meaning, whatever made claims say.
SIGNS = {"words": 1.0, "missing": -1.0, "denied": -1.0, "head": 1.0}
# A denial counts at least this much: hardly any of the claims has one, and one decides.
LEAST_DENIED = -1.0
PASSAGES = 500
PENALTY = 3.0
SEED = 11


def main(data: str, out: str) -> None:
    """Make claims, weigh, write, report."""
    reader = kept_reader()
    made = of_facts(load_examples(Path(data)), size=PASSAGES, seed=SEED)
    X, y = rows_of(made, reader), np.array([one.supported for one in made])
    weights, bias = fit_weights(X, y, _shares(made))
    fitted = {
        "bias": round(bias, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(SIGNALS, weights, strict=True)},
        "fitted_on": f"{len(made)} claims made of train-reader",
    }
    (Path(out) / "support.json").write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted))
    _report_kept("made claims", X, y, X @ weights + bias)
    _report_tested(Path(data) / "wice" / "claims.jsonl", reader, weights, bias)


def rows_of(claims: Sequence[SourcedClaim], judge: SupportJudge) -> NDArray[np.float64]:
    """The signals of every claim beside the sentences that together have the most of it; (claims, signals)."""
    return np.array([list(_signals(claim, judge).values()) for claim in claims])


def _signals(claim: SourcedClaim, judge: SupportJudge) -> dict[str, float]:
    places = complementary(claim.claim, claim.sentences, most=TOGETHER)
    joined = " ".join(claim.sentences[place] for place in places)
    return signals(claim.claim, [joined], judge)[0]


def _shares(made: Sequence[SourcedClaim]) -> NDArray[np.float64]:
    """What each claim counts: both labels the same, and within a label every kind."""
    counts = Counter((one.supported, one.kind) for one in made)
    kinds = Counter(supported for supported, _ in counts)
    return np.array([len(made) / 2 / kinds[one.supported] / counts[one.supported, one.kind] for one in made])


def fit_weights(
    X: NDArray[np.float64], y: NDArray[np.bool_], shares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights (signals,) and bias, each weight on its own side of 0."""
    limits: list[Limits] = [
        (0.0, None) if SIGNS[name] > 0 else (None, LEAST_DENIED if name == "denied" else 0.0) for name in SIGNALS
    ]
    return fit_signed(X, y, shares, limits=limits, penalty=PENALTY)


def _report_kept(name: str, X: NDArray[np.float64], y: NDArray[np.bool_], log_odds: NDArray[np.float64]) -> None:
    """What the verifier's rules let through, and what of that the least chance keeps."""
    words, missing, denied = (X[:, SIGNALS.index(signal)] for signal in ("words", "missing", "denied"))
    through = (words >= LEAST_SUPPORT) & (missing == 0) & (denied == 0)
    kept = log_odds >= log_odds_of(LEAST_JUDGED)
    for label, own in (("supported", y), ("others", ~y)):
        count = int((through & own).sum())
        print(
            f"{name}, {label}: {count} of {int(own.sum())} pass the rules, kept {(kept & through & own).sum() / count:.3f}"
        )


def _report_tested(path: Path, judge: SupportJudge, weights: NDArray[np.float64], bias: float) -> None:
    """What the weights tell of tested claims, and what weights of these claims' own would."""
    claims = read_claims(path)
    X = rows_of([SourcedClaim(one.text, one.sentences, False, "") for one in claims], judge)
    y = np.array([one.label == SUPPORTED for one in claims])
    held_out, folds = np.zeros(len(y)), np.random.default_rng(SEED).permutation(len(y)) % 5
    for fold in range(5):
        inside = folds != fold
        own, own_bias = fit_weights(X[inside], y[inside], np.ones(int(inside.sum())))
        held_out[~inside] = X[~inside] @ own + own_bias
    for name, column in zip(SIGNALS, X.T, strict=True):
        print(f"wice: {name} alone {_auroc(column * SIGNS[name], y):.3f}")
    print(f"wice: weights of made claims {_auroc(X @ weights, y):.3f}, its own in five folds {_auroc(held_out, y):.3f}")
    _report_kept("wice", X, y, X @ weights + bias)


def _auroc(scores: NDArray[np.float64], y: NDArray[np.bool_]) -> float:
    """The AUROC of claims of both labels."""
    return auroc(np.array([scores, y])) or 0.0


if __name__ == "__main__":
    main(*sys.argv[1:])
