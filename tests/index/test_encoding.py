"""The real encoder: unit vectors, offsets that fit the text, and an error that helps. Loads all-MiniLM-L6-v2."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from index.encoding import DEFAULT_ENCODER, SentenceTransformerEncoder
from index.errors import ModelError
from index.passages import split_passages, title_and_words
from tests.fakes import make_document

pytestmark = pytest.mark.live

TEXTS = ["The tide rose.", "", "Cafe\u0301 漢字 👩‍👩‍👧 שלום\x00 e.g. 33.40", "tide " * 1000, "x" * 5000]


@pytest.fixture(scope="module")
def real() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder.load()


def test_vectors_are_of_length_one_and_384_dimensions(real: SentenceTransformerEncoder) -> None:
    vectors = real.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.dtype(np.float32))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert real.encode([]).shape == (0, 384)


def test_the_name_and_the_limit(real: SentenceTransformerEncoder) -> None:
    assert (real.name, real.limit) == (DEFAULT_ENCODER, 254)


def test_near_in_meaning_is_near_in_cosine(real: SentenceTransformerEncoder) -> None:
    asked, near, far = real.encode(["How high was the tide?", "The sea rose by two metres.", "Shares fell in Oslo."])
    assert asked @ near > asked @ far + 0.2


def test_offsets_fit_the_text_without_special_tokens(real: SentenceTransformerEncoder) -> None:
    assert real.offsets(["The tide rose by 33.40.", ""]) == [
        [(0, 3), (4, 8), (9, 13), (14, 16), (17, 19), (19, 20), (20, 22), (22, 23)],
        [],
    ]
    for text, offsets in zip(TEXTS, real.offsets(TEXTS), strict=True):
        assert all(0 <= start < end <= len(text) for start, end in offsets)
        assert all(before[1] <= after[0] for before, after in pairwise(offsets))
    assert len(real.offsets(["tide " * 1000])[0]) == 1000, "nothing is truncated"


def test_offsets_are_the_same_after_encoding(real: SentenceTransformerEncoder) -> None:
    before = real.offsets(TEXTS)
    real.encode(TEXTS)
    assert real.offsets(TEXTS) == before


def test_a_passage_fits_the_window_and_its_last_word_counts(real: SentenceTransformerEncoder) -> None:
    title = "How the harbour of Port Ledger was closed, opened and closed again within a week of storms " * 3
    text = " ".join(f"Sentence {number} speaks of tides, walls and cranes." for number in range(100))
    passages = split_passages(make_document(text, title=title), tokenizer=real)
    embedded = [title_and_words(title, passage.words) for passage in passages]
    sizes = [len(offsets) for offsets in real.offsets(embedded)]
    assert max(sizes) <= real.limit
    assert min(sizes[:-1]) > real.limit - 30, "full, but for a sentence"
    first, other = real.encode([embedded[0], embedded[0].rsplit(" ", 1)[0] + " volcano"])
    assert first @ other < 1 - 1e-5


def test_adding_in_one_thread_and_asking_in_another_do_not_disturb_each_other(real: SentenceTransformerEncoder) -> None:
    texts = ["tide " * 600, "A wall."]
    vectors, offsets = real.encode(texts), real.offsets(texts)
    stop, found = threading.Event(), []

    def measure() -> None:
        while not stop.is_set():
            found.append(real.offsets(texts) == offsets)

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        same = [np.allclose(real.encode(texts), vectors, atol=1e-5) for _ in range(8)]
    finally:
        stop.set()
        thread.join()
    assert (set(same), set(found)) == ({True}, {True})


def test_an_unknown_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # As HF_HUB_OFFLINE=1, which is read when the library is imported, and that may have been long ago.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="'no-such/model' cannot be loaded.*expected|Expected.*set PINCITE_ENCODER"):
        SentenceTransformerEncoder.load("no-such/model")
