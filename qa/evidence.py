"""Turn hits into candidate sentences, and the reader's scores into numbered evidence."""

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from index.datatypes import Document, Hit, Mask, Span
from index.errors import NotFoundError
from index.passages import visible_text
from index.sentences import split_sentences
from index.store import Store
from qa.datatypes import Evidence, Sentence
from qa.names import find_names
from qa.sources import independent_sources
from qa.terms import words

# Sentences are shown to the reader from this many passages.
READ_PASSAGES = 8
# A sentence that begins like this speaks of something named before it: with a pronoun always, with a general noun
# where it has no name of its own.
_LINK = r"\W*(?:(?:but|and|so|yet|however|also|in addition|additionally|still|then|later|meanwhile|instead|for example),?\s+)?"
_PRONOUN = re.compile(_LINK + r"(?:he|she|it|they|this|that|these|those|his|her|its|their|such|both)\b", re.IGNORECASE)
_GENERAL = re.compile(
    _LINK
    + r"the (?:model|company|firm|group|division|move|plan|figure|deal|investment|announcement|two|latter|former|same)\b",
    re.IGNORECASE,
)
_CACHED_DOCUMENTS = 128


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document with its sentences found once, and its text with the debris blanked out."""

    document: Document
    sentences: tuple[Span, ...]
    visible: str


class EvidenceFinder:
    """Cuts hits into sentences; documents that were cut lately are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: OrderedDict[int, ReadDocument] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, key: int) -> ReadDocument:
        """The document with this key, cut into sentences.

        Raises:
            NotFoundError: it was deleted.
        """
        # A key is never given to another document, so what is kept cannot be out of date.
        with self._lock:
            kept = self._cache.get(key)
        if kept is not None:
            return kept
        document = self._store.document(key)
        spans = tuple(split_sentences(document.text, masks=document.masks))
        read = ReadDocument(document, spans, visible_text(document, 0, len(document.text)))
        with self._lock:
            self._cache[key] = read
            while len(self._cache) > _CACHED_DOCUMENTS:
                self._cache.popitem(last=False)
        return read

    def present(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits whose documents are still there: one may be deleted between the search and the reading."""
        found: list[Hit] = []
        for hit in hits:
            try:
                self.read(hit.document_key)
            except NotFoundError:
                continue
            found.append(hit)
        return found

    def sentences(self, hits: Sequence[Hit]) -> list[Sentence]:
        """The sentences of the best hits, each once, in the order of the hits and then of the text."""
        found: dict[tuple[int, int], Sentence] = {}
        for rank, hit in enumerate(hits[:READ_PASSAGES]):
            read = self.read(hit.document_key)
            for place, span in enumerate(read.sentences):
                if span.start < hit.end and hit.start < span.end and (hit.document_key, span.start) not in found:
                    found[hit.document_key, span.start] = _sentence(read, place, hit, rank)
        return list(found.values())

    def evidence(self, ranked: Sequence[tuple[Sentence, float]]) -> list[Evidence]:
        """Number these sentences from 1 and say which independent source each stands in."""
        keys = dict.fromkeys(sentence.document_key for sentence, _ in ranked)
        sources = independent_sources({key: self.read(key).visible for key in keys})
        return [
            Evidence(number, sentence, score, sources[sentence.document_key], leans_on_context(sentence))
            for number, (sentence, score) in enumerate(ranked, start=1)
        ]


def _sentence(read: ReadDocument, place: int, hit: Hit, rank: int) -> Sentence:
    document, span = read.document, read.sentences[place]
    before = read.sentences[place - 1] if place else span
    joined = place > 0 and not _masked_between(document.masks, before.end, span.start)
    return Sentence(
        document_key=hit.document_key,
        document_id=document.id,
        document_name=document.name,
        title=document.title,
        start=span.start,
        end=span.end,
        text=document.text[span.start : span.end],
        before=document.text[before.start : before.end] if place else "",
        context_start=before.start if joined else span.start,
        rank=rank,
    )


def _masked_between(masks: Sequence[Mask], start: int, end: int) -> bool:
    return any(mask.start < end and start < mask.end for mask in masks)


def leans_on_context(sentence: Sentence) -> bool:
    """Whether the sentence cannot be understood without the one before it, and that one is prose to quote."""
    joined = sentence.context_start < sentence.start
    if not joined or len(words(sentence.before)) < 4:
        return False
    general = _GENERAL.match(sentence.text) is not None and not find_names(sentence.text)
    return general or _PRONOUN.match(sentence.text) is not None


def distinct(ranked: Sequence[tuple[Sentence, float]], *, limit: int) -> list[tuple[Sentence, float]]:
    """The first `limit` sentences, of those that say the same word for word only the best."""
    kept: list[tuple[Sentence, float]] = []
    seen: set[str] = set()
    for sentence, score in ranked:
        key = " ".join(words(sentence.text.lower()))
        if key not in seen and len(kept) < limit:
            kept.append((sentence, score))
            seen.add(key)
    return kept
