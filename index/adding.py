"""Add documents to a store: skip what is unchanged, embed what is new, acknowledge only what is on disk."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.datatypes import Document, Passage
from index.documents import Rejected
from index.encoding import Encoder, Tokenizer
from index.passages import split_passages, title_and_words
from index.store import DEFAULT_COLLECTION, Indexed, Store, check_collection

# Documents are embedded together until they have this many passages, then written in one transaction.
BATCH_PASSAGES = 64

Status = Literal["added", "replaced", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; `reason` says why it was rejected."""

    name: str
    status: Status
    document_id: str = ""
    passages: int = 0
    reason: str = ""


class Adder:
    """Puts documents into one store with one encoder and its tokenizer."""

    def __init__(self, store: Store, *, encoder: Encoder, tokenizer: Tokenizer) -> None:
        store.check_encoder(encoder.name)
        self._store = store
        self._encoder = encoder
        self._tokenizer = tokenizer

    def add(
        self, documents: Iterable[Document | Rejected], *, collection: str = DEFAULT_COLLECTION, replace: bool = False
    ) -> Iterator[Outcome]:
        """Add documents as they come; an outcome is yielded when its document is on disk (or will not be).

        A name that a document from another, still existing file bears is rejected unless `replace` is true.
        """
        check_collection(collection)
        pending: list[tuple[Document, list[Passage], Status]] = []
        for document in documents:
            if any(document.name == waiting.name for waiting, _, _ in pending):
                yield from self._write(pending, collection)
                pending = []
            outcome = self._settled(document, collection=collection, replace=replace)
            if outcome is not None:
                yield outcome
                continue
            assert isinstance(document, Document)
            status: Status = "replaced" if self._store.known(document.name, collection=collection) else "added"
            pending.append((document, split_passages(document, tokenizer=self._tokenizer), status))
            if sum(1 + len(passages) for _, passages, _ in pending) >= BATCH_PASSAGES:
                yield from self._write(pending, collection)
                pending = []
        yield from self._write(pending, collection)

    def _settled(self, document: Document | Rejected, *, collection: str, replace: bool) -> Outcome | None:
        """The outcome of a document that needs no work, None for one that does."""
        if isinstance(document, Rejected):
            return Outcome(document.name, "rejected", reason=document.reason)
        known = self._store.known(document.name, collection=collection)
        if known is None:
            return None
        if known[0] == document.id:
            return Outcome(document.name, "unchanged", document_id=document.id)
        older, newer = _file_of(known[1]), _file_of(document.source)
        if older and newer and older != newer and not replace and Path(older).exists():
            return Outcome(
                document.name,
                "rejected",
                reason=f"another file of this name was added from {older}; add it to another --collection, "
                "or replace the older with --replace",
            )
        return None

    def _write(self, pending: list[tuple[Document, list[Passage], Status]], collection: str) -> Iterator[Outcome]:
        if not pending:
            return
        texts = [
            title_and_words(document.title, passage.words) for document, passages, _ in pending for passage in passages
        ]
        vectors = self._encoder.encode(texts) if texts else np.zeros((0, 1), dtype=np.float32)
        if texts:
            self._store.claim_encoder(self._encoder.name, dimension=vectors.shape[1])
        items, place = [], 0
        for document, passages, _ in pending:
            items.append(Indexed(document, passages, vectors[place : place + len(passages)]))
            place += len(passages)
        self._store.add(items, collection=collection)
        for document, passages, status in pending:
            yield Outcome(document.name, status, document_id=document.id, passages=len(passages))


def _file_of(source: str) -> str:
    """The file of a source: a row of a JSONL file has its line number behind a '#'."""
    return re.sub(r"#\d+$", "", source)
