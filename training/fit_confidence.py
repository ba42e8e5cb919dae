"""Fit what makes the reader's score a confidence, and the default threshold, on development questions.

    python -m training.fit_confidence ../shared/data qa/data/confidence.json

Every question is asked of the whole collection of its set. A logistic curve (two numbers) is fitted over the log-odds of
the score against whether the documents answer; what the script prints comes from five folds in which the questions were
not fitted on. The threshold refuses one answerable question in four of these hard sets: a wrong answer
costs a reader more than a refusal that shows the nearest passages. Seeded; about five minutes on 2 cores.
"""

import json
import math
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from index.adding import Adder
from index.documents import read_paths
from index.encoding import SentenceTransformerEncoder
from index.searching import Searcher
from index.store import Store
from qa.abstaining import raw_score
from qa.answering import Answerer
from qa.reading import FirstReader

# Both have questions that their collection does not answer; squad2's are adversarial, clapnq's are not.
SETS = {"clapnq": 325, "squad2": 400}
FALSE_REFUSALS = 0.25


def main(data: str, out: str) -> None:
    """Ask, fit, report, write."""
    encoder = SentenceTransformerEncoder.load()
    scores, answerable, sets = [], [], []
    for name, size in SETS.items():
        for score, label in asked(Path(data) / name, encoder, size=size):
            scores.append(math.log(max(score, 1e-6) / (1.0 - min(score, 1.0 - 1e-6))))
            answerable.append(label)
            sets.append(name)
    X, y = np.array(scores).reshape(-1, 1), np.array(answerable)
    for refused in (0.05, 0.10, 0.15, 0.20, 0.25):
        print(f"{refused:.2f} false refusals at a raw log-odds of {np.quantile(X[y], refused):.3f}")
    model = LogisticRegression(C=1e6)
    held_out = cross_val_predict(model, X, y, cv=5, method="predict_proba")[:, 1]
    model.fit(X, y)
    chances = model.predict_proba(X)[:, 1]
    threshold = float(np.quantile(chances[y], FALSE_REFUSALS))
    for name in SETS:
        here = np.array(sets) == name
        refused = (held_out[here] < threshold)[~y[here]].mean()
        print(
            f"{name}: n {here.sum()}, AUROC {roc_auc_score(y[here], held_out[here]):.3f}, refusal recall {refused:.3f}, "
            f"false refusals {(held_out[here] < threshold)[y[here]].mean():.3f}, ECE {ece(held_out[here], y[here]):.3f}"
        )
    fitted = {
        "slope": round(float(model.coef_[0][0]), 4),
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": round(threshold, 4),
        "fitted_on": ", ".join(f"{size} questions of {name}" for name, size in SETS.items()),
    }
    Path(out).write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


def asked(folder: Path, encoder: SentenceTransformerEncoder, *, size: int) -> list[tuple[float, bool]]:
    """(raw score, answerable) of a seeded choice of a set's questions, asked of its whole corpus."""
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    random.Random(11).shuffle(rows)
    with tempfile.TemporaryDirectory() as temporary:
        store = Store.open(Path(temporary))
        for _ in Adder(store, encoder=encoder, tokenizer=encoder).add(read_paths([folder / "corpus.jsonl"])):
            pass
        answerer = Answerer(Searcher(store, encoder=encoder), reader=FirstReader.build(encoder))
        found = []
        for row in rows[:size]:
            seen = answerer.look(row["question"])
            score = raw_score(row["question"], seen.evidence, visible=answerer.visible)
            found.append((score, bool(row["answerable"])))
        store.close()
    return found


def ece(chances: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width: Naeini, Cooper and Hauskrecht, 2015."""
    bins = np.minimum((chances * 10).astype(int), 9)
    gaps = [abs(chances[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())]
    return float(sum(gaps))


if __name__ == "__main__":
    main(*sys.argv[1:])
