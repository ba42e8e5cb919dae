"""Asks the pipeline itself: over the whole corpus, over a question's own passage, or over its own documents."""

import hashlib
import time
from collections.abc import Callable, Sequence

from eval.datatypes import Question, RunHit
from eval.errors import GoldError
from eval.preparing import own_documents, own_passages
from eval.running import Respondent, Response
from index.adding import Adder
from index.datatypes import Hit
from index.searching import Searcher
from index.store import DEFAULT_COLLECTION, Store
from qa.answering import DEFAULT_K, SECONDS, Answerer, Asked

MODES = ("open", "passage", "documents")

# What a question is answered from. Searching belongs to the answer's time, indexing does not.
HitFinder = Callable[[Question], Sequence[Hit]]


def from_corpus(searcher: Searcher, *, k: int) -> HitFinder:
    """The `k` best passages of the whole corpus (mode `open`)."""
    return lambda question: searcher.search(question.question, k=k)


def from_passage(store: Store) -> HitFinder:
    """All passages of the documents a question was asked about, in their order (mode `passage`)."""

    def find(question: Question) -> Sequence[Hit]:
        return [hit for name in own_passages(question) for hit in store.document_hits(name)]

    return find


def from_documents(searcher: Searcher, *, k: int) -> HitFinder:
    """The `k` best passages of a question's own documents (mode `documents`), which OwnDocuments has indexed."""
    return lambda question: searcher.search(question.question, collection=collection_of(question), k=k)


def collection_of(question: Question) -> str:
    """The collection of a question's own documents; an id may have characters that a collection's name may not."""
    return f"q-{hashlib.sha256(question.id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def shared_collection(question: Question) -> str:
    """The collection of a corpus, which all questions are asked of."""
    return DEFAULT_COLLECTION


def run_hits(hits: Sequence[Hit]) -> tuple[RunHit, ...]:
    """Hits as a run file has them."""
    return tuple(RunHit(hit.document_name, hit.start, hit.end, hit.score) for hit in hits)


class PipelineRespondent:
    """The pipeline: passages are found once, read, and answered from by the named drafter; the best `k` are told.

    `collection` says where the passages of a question are from.
    """

    def __init__(
        self,
        answerer: Answerer,
        *,
        find: HitFinder,
        drafter: str,
        collection: Callable[[Question], str] = shared_collection,
        k: int = DEFAULT_K,
        seconds: float = SECONDS,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        if drafter not in answerer.drafters:
            raise ValueError(f"expected a drafter of {', '.join(answerer.drafters)}, found {drafter!r}")
        self._answerer = answerer
        self._find = find
        self._drafter = drafter
        self._collection = collection
        self._k = k
        self._seconds = seconds
        self._cancelled = cancelled

    def respond(self, question: Question) -> Response:
        """Answer one question. An InputError is recorded as a failed row, a CancelledError ends the run."""
        began = time.perf_counter()
        read: list[Asked] = []
        answer = self._answerer.ask(
            question.question,
            collection=self._collection(question),
            k=self._k,
            drafter=self._drafter,
            seconds=self._seconds,
            cancelled=self._cancelled,
            hits=self._find(question),
            watch=read.append,
        )
        # The passages in the order that the reader puts them in.
        return Response(answer.as_dict(), run_hits(read[0].hits), time.perf_counter() - began)


class OwnDocuments:
    """Indexes a question's own documents into a collection of their own, then lets another respondent answer."""

    def __init__(self, respondent: Respondent, *, adder: Adder) -> None:
        self._respondent = respondent
        self._adder = adder

    def respond(self, question: Question) -> Response:
        """Answer one question from its own documents; what indexing them took is not in the response's seconds."""
        documents = own_documents(question)
        for outcome in self._adder.add(documents, collection=collection_of(question), replace=True):
            if outcome.status == "rejected":
                raise GoldError(f"question {question.id}: {outcome.name}: {outcome.reason}")
        return self._respondent.respond(question)
