"""Judge how likely each sentence answers the question: the seam where the trained reader goes in.

This first reader is a linear model over seven signals that can be computed by eye. Its weights are fitted by
`training/fit_first_reader.py` and kept, with the signals' names, in `qa/data/first_reader.json`.
"""

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoding import Encoder, Vectors
from qa.asking import Question, has_wanted, read_question
from qa.datatypes import Sentence
from qa.terms import content_stems, words

SIGNALS = ("cosine", "coverage", "context_coverage", "pairs", "wanted", "unwanted", "heading")
# Vectors of sentences seen lately are kept, 1.5 kB each: a person asks again about the same pages.
_CACHED_VECTORS = 20_000
# Sentences that are compared by their vectors; the best by words in common go first.
MOST_ENCODED = 10


class Reader(Protocol):
    """Question and sentences in, one score a sentence out."""

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[float]:
        """For every sentence the estimated chance in [0, 1] that it answers the question."""
        ...


class FirstReader:
    """Cosine of the encoder, words in common and the kind of answer, weighed by a logistic model."""

    def __init__(
        self, encoder: Encoder, *, weights: Sequence[float], bias: float, most_encoded: int = MOST_ENCODED
    ) -> None:
        if len(weights) != len(SIGNALS):
            raise ValueError(
                f"expected {len(SIGNALS)} weights, one for each of {', '.join(SIGNALS)}, found {len(weights)}"
            )
        self._encoder = encoder
        self._weights = np.array(weights, dtype=np.float64)
        self._bias = bias
        self._most_encoded = most_encoded
        self._vectors: dict[str, Vectors] = {}

    @classmethod
    def build(cls, encoder: Encoder) -> "FirstReader":
        """With the fitted weights that come with the package."""
        fitted = json.loads((files("qa") / "data" / "first_reader.json").read_text(encoding="utf-8"))
        return cls(encoder, weights=[fitted["weights"][name] for name in SIGNALS], bias=fitted["bias"])

    def read(self, question: str, sentences: Sequence[Sentence]) -> list[float]:
        """For every sentence the estimated chance in [0, 1] that it answers the question."""
        if not sentences:
            return []
        logits = self.signals(question, sentences) @ self._weights + self._bias
        return [float(chance) for chance in 1.0 / (1.0 + np.exp(-logits))]

    def signals(self, question: str, sentences: Sequence[Sentence]) -> NDArray[np.float64]:
        """The signals of every sentence, shape (len(sentences), 7), in the order of SIGNALS."""
        asked = read_question(question)
        rarities = _rarities(asked, sentences)
        rows = np.array([_word_signals(asked, sentence, rarities) for sentence in sentences], dtype=np.float64)
        # Encoding is what costs: only sentences that may still win are encoded, the others count as unlike the question.
        hopeful = np.sort(np.argsort(-(rows @ self._weights[1:]), kind="stable")[: self._most_encoded])
        cosines = np.zeros(len(sentences))
        cosines[hopeful] = self._encode([sentences[place].text for place in hopeful]) @ self._encode([question])[0]
        return np.column_stack([cosines, rows])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        # One look at what is kept: another thread may empty it meanwhile.
        kept = self._vectors
        known = {text: kept[text] for text in dict.fromkeys(texts) if text in kept}
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        new = dict(zip(unknown, self._encoder.encode(unknown), strict=True)) if unknown else {}
        self._vectors = new if len(kept) + len(new) > _CACHED_VECTORS else {**kept, **new} if new else kept
        known.update(new)
        return np.stack([known[text] for text in texts])


def _rarities(question: Question, sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each question word tells among these sentences: log((n + 1) / (sentences with it + 0.5)), above 0."""
    stems = [_stems(sentence.text) for sentence in sentences]
    return {
        stem: max(0.1, math.log((len(stems) + 1) / (sum(stem in found for found in stems) + 0.5)))
        for stem in question.stems
    }


def _word_signals(question: Question, sentence: Sentence, rarities: dict[str, float]) -> list[float]:
    total = sum(rarities.values()) or 1.0
    inside = _stems(sentence.text)
    around = inside | _stems(f"{sentence.title}\n{sentence.before}")
    wanted = has_wanted(question, sentence.text)
    pairs = list(zip(question.stems, question.stems[1:], strict=False))
    return [
        sum(weight for stem, weight in rarities.items() if stem in inside) / total,
        sum(weight for stem, weight in rarities.items() if stem in around) / total,
        sum(a in inside and b in inside for a, b in pairs) / len(pairs) if pairs else 0.0,
        float(wanted is True),
        float(wanted is False),
        float(_is_heading(sentence.text)),
    ]


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


def _is_heading(text: str) -> bool:
    return text[-1:] not in ".!?…。”\"')" and len(words(text)) < 10
