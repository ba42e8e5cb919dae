"""Find passages: dense and lexical search, their scores added up, within one collection."""

from collections.abc import Mapping

from index.datatypes import Hit
from index.encoding import Encoder, Vectors
from index.errors import InputError, QuestionError
from index.store import DEFAULT_COLLECTION, Store, check_collection
from index.vectors import VectorCache

# What one point of bm25 weighs beside the cosine. A sum of scores, as in Bruch, Gai and Ingber, "An Analysis of Fusion
# Functions for Hybrid Retrieval", TOIS 2023: ranks alone lose to the better half wherever one half is clearly better.
# Chosen on the development sets among 0.005 to 0.04 (docs/reader.md).
POINT_OF_BM25 = 0.0175
# How deep each half is read before fusing, at least.
DEPTH = 50
LONGEST_QUESTION = 2000


class Searcher:
    """Search over a store. The store must hold vectors of this encoder, or none."""

    def __init__(self, store: Store, *, encoder: Encoder, vectors: VectorCache | None = None) -> None:
        store.check_encoder(encoder.name)
        self.store = store
        self.encoder = encoder
        self.vectors = vectors or VectorCache(store)
        # The question asked last, so that its vector serves the search and what comes after it.
        self._asked: tuple[str, Vectors] | None = None

    def search(self, question: str, *, collection: str = DEFAULT_COLLECTION, k: int = 10) -> list[Hit]:
        """The `k` best passages, best first; their scores are the cosine plus 0.0175 a point of bm25.

        Raises:
            InputError: k is below 1, or the collection's name cannot be one.
            QuestionError: the question is empty or longer than 2,000 characters.
            EncoderMismatchError: another encoder has filled the store since.
        """
        question = checked_question(question)
        self.store.check_encoder(self.encoder.name)
        check_collection(collection)
        if k < 1:
            raise InputError(f"expected k of at least 1, found {k}")
        if not self.store.generation(collection):
            return []
        depth = max(DEPTH, k)
        dense = self.vectors.search(self._vector(question), collection=collection, limit=depth)
        lexical = self.store.lexical(question, collection=collection, limit=depth)
        fused = fuse(dict(dense), dict(lexical))
        best = sorted(fused, key=lambda key: (-fused[key], key))[:k]
        return self.store.hits({key: fused[key] for key in best})

    def cosine(self, question: str, text: str) -> float:
        """How near a text by itself, without a title, is to the question, in [-1, 1]; 0 where there is no text."""
        if not text.strip():
            return 0.0
        return float(self.encoder.encode([text])[0] @ self._vector(question)[0])

    def likeness(self, collection: str) -> float:
        """How alike the collection's passages are, in [-1, 1]: the mean cosine of two of them, 1 where there are no two."""
        # Nobody has written to it: no index is made for a name that somebody merely asked for.
        return self.vectors.likeness(collection) if self.store.generation(collection) else 1.0

    def _vector(self, question: str) -> Vectors:
        asked = self._asked
        if asked is None or asked[0] != question:
            asked = (question, self.encoder.encode([question]))
            self._asked = asked
        return asked[1]


def fuse(cosines: Mapping[int, float], bm25: Mapping[int, float]) -> dict[int, float]:
    """A key's cosine plus what its bm25 weighs; a key that only the words found counts as near as the last of the others."""
    last = min(cosines.values(), default=0.0)
    return {
        key: cosines.get(key, last) + POINT_OF_BM25 * bm25.get(key, 0.0) for key in dict.fromkeys([*cosines, *bm25])
    }


def checked_question(question: str) -> str:
    """The question without surrounding white space, lone surrogates and NULs replaced.

    Raises:
        QuestionError: it is empty or longer than 2,000 characters.
    """
    question = question.encode("utf-8", "replace").decode().replace("\x00", " ").strip()
    if not any(character.isalnum() for character in question):
        raise QuestionError("expected a question, found nothing to search for; ask in a sentence or in keywords")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"expected a question of at most {LONGEST_QUESTION} characters, found {len(question)}; shorten it"
        )
    return question
