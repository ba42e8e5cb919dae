"""Fit the weights of `qa.reading.FirstReader` on train-reader: which retrieved sentence answers, and does any.

    python -m training.fit_first_reader ../shared/data/train-reader/rows.jsonl qa/data/first_reader.json

Every question meets its own passage and the three nearest others of a pool; a third of the questions, and all those
that the data call unanswerable, do not meet their own. A sentence is positive where it overlaps the span. Nothing that
is tested on is read. Seeded; about six minutes on 2 cores.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.encoding import SentenceTransformerEncoder
from index.sentences import split_sentences
from qa.datatypes import Sentence
from qa.reading import SIGNALS, FirstReader

POOL, QUESTIONS, UNANSWERABLE, NEIGHBOURS = 5000, 1800, 400, 3


def main(rows_path: str, out_path: str) -> None:
    """Read rows, fit, write the weights with what they were fitted on."""
    rows = [json.loads(line) for line in Path(rows_path).read_text(encoding="utf-8").splitlines()]
    random.Random(7).shuffle(rows)
    encoder = SentenceTransformerEncoder.load()
    reader = FirstReader(encoder, weights=[0.0] * len(SIGNALS), bias=0.0, most_encoded=10_000)
    pool = list(dict.fromkeys(row["passage"] for row in rows))[:POOL]
    vectors = encoder.encode(pool)
    known = set(pool)
    answerable = [row for row in rows if row["start"] is not None and row["passage"] in known][:QUESTIONS]
    unanswerable = [row for row in rows if row["start"] is None][:UNANSWERABLE]
    signals, labels = [], []
    for number, row in enumerate(answerable + unanswerable):
        sentences, positive = candidates(row, pool, vectors, encoder, with_own=number % 3 != 0 or row["start"] is None)
        signals.append(reader.signals(row["question"], sentences))
        labels.append(positive)
    X, y = np.concatenate(signals), np.concatenate(labels)
    model = LogisticRegression(C=10.0, max_iter=1000).fit(X, y)
    fitted = {
        "weights": {name: round(float(w), 4) for name, w in zip(SIGNALS, model.coef_[0], strict=True)},
        "bias": round(float(model.intercept_[0]), 4),
        "fitted_on": f"{len(answerable)} answerable and {len(unanswerable)} unanswerable rows of train-reader, "
        f"{len(y)} sentences, {int(y.sum())} positive",
    }
    Path(out_path).write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


def candidates(
    row: dict[str, Any], pool: list[str], vectors: Any, encoder: Any, *, with_own: bool
) -> tuple[list[Sentence], list[bool]]:
    """The sentences of the passages that this question meets, and which of them overlap its span."""
    nearest = np.argsort(-(vectors @ encoder.encode([row["question"]])[0]))[: NEIGHBOURS + 1]
    passages = [pool[place] for place in nearest if pool[place] != row["passage"]][:NEIGHBOURS]
    found: list[Sentence] = []
    positive: list[bool] = []
    for passage in ([row["passage"]] if with_own else []) + passages:
        previous = ""
        for span in split_sentences(passage)[:12]:
            text = passage[span.start : span.end]
            found.append(Sentence(0, "", "", "", span.start, span.end, text, before=previous))
            own = with_own and passage == row["passage"] and row["start"] is not None
            positive.append(own and row["start"] < span.end and span.start < row["end"])
            previous = text
    return found, positive


if __name__ == "__main__":
    main(*sys.argv[1:])
