"""Find passages: dense and lexical search fused by reciprocal rank, within one collection."""

from collections.abc import Sequence

from index.datatypes import Hit
from index.encoding import Encoder
from index.errors import InputError, QuestionError
from index.store import DEFAULT_COLLECTION, Store, check_collection
from index.vectors import VectorCache

# The constant of Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
# Learning Methods", SIGIR 2009.
FUSION_CONSTANT = 60
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

    def search(self, question: str, *, collection: str = DEFAULT_COLLECTION, k: int = 10) -> list[Hit]:
        """The `k` best passages, best first; their scores are fused reciprocal ranks.

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
        dense = self.vectors.search(self.encoder.encode([question]), collection=collection, limit=depth)
        lexical = self.store.lexical(question, collection=collection, limit=depth)
        fused = fuse([key for key, _ in dense], [key for key, _ in lexical])
        best = sorted(fused, key=lambda key: (-fused[key], key))[:k]
        return self.store.hits({key: fused[key] for key in best})


def fuse(*rankings: Sequence[int]) -> dict[int, float]:
    """Reciprocal rank fusion: a key's score is the sum over the rankings of 1 / (60 + its rank, counted from 1)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (FUSION_CONSTANT + rank)
    return scores


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
