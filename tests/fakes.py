"""Stand-ins that are quick and that you can compute in your head, and makers of small documents."""

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from index.adding import Adder, Outcome
from index.datatypes import Document, Mask, Passage
from index.documents import Rejected
from index.encoding import Vectors
from index.passages import split_passages, title_and_words
from index.store import DEFAULT_COLLECTION, Indexed, Store

DIMENSION = 64


class WordEncoder:
    """Counts words: a text is the unit vector of how often each of 64 buckets occurs. It is its own Tokenizer.

    A word is a run of `\\w`; its bucket is the crc32 of its small letters, modulo 64. A text without words is the first
    unit vector. `encoded` remembers every text that was asked for.
    """

    def __init__(self, name: str = "fake-words", *, limit: int = 40) -> None:
        self.name = name
        self.limit = limit
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 64), float32, each of length 1."""
        self.encoded.extend(texts)
        counts = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(counts, texts, strict=True):
            for word in re.findall(r"\w+", text):
                row[bucket(word)] += 1
            if not row.any():
                row[0] = 1
        lengths: Vectors = np.linalg.norm(counts, axis=1, keepdims=True)
        return counts / lengths

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Per text the (start, end) of its words."""
        return [[found.span() for found in re.finditer(r"\w+", text)] for text in texts]


def bucket(word: str) -> int:
    """The place of a word in the vectors of WordEncoder, 0 to 63."""
    return zlib.crc32(word.lower().encode("utf-8", "surrogatepass")) % DIMENSION


def make_document(
    text: str, *, name: str = "note.txt", title: str = "", source: str = "", masks: Sequence[Mask] = ()
) -> Document:
    """A document with the id that reading the text from a file would give it."""
    identity = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(id=identity, name=name, title=title, text=text, source=source, masks=tuple(masks))


def make_indexed(document: Document, *, encoder: WordEncoder) -> Indexed:
    """The document with its passages and their vectors, ready for `Store.add`."""
    passages: list[Passage] = split_passages(document, tokenizer=encoder)
    return Indexed(document, passages, encoder.encode([title_and_words(document.title, p.words) for p in passages]))


def add_documents(
    store: Store,
    documents: Iterable[Document | Rejected],
    *,
    encoder: WordEncoder | None = None,
    collection: str = DEFAULT_COLLECTION,
    replace: bool = False,
) -> list[Outcome]:
    """Add documents the way the command line does, and return what became of each."""
    encoder = encoder or WordEncoder()
    return list(Adder(store, encoder=encoder, tokenizer=encoder).add(documents, collection=collection, replace=replace))
