"""The records that every step of `index` passes on. All offsets are Unicode code points, 0-based, end-exclusive."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch that is neither embedded nor citable, and the rule that said so."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document: `id` is the sha256 of its bytes, `name` its path below the added folder or its JSONL doc_id.

    `source` is the file it was read from (empty for an upload); `published` is an ISO date where the document states one.
    """

    id: str
    name: str
    title: str
    text: str
    uri: str = ""
    published: str = ""
    source: str = ""
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one document, `text == document.text[start:end]`.

    `words` is the same stretch with its masked parts blanked out: what is embedded and searched.
    """

    start: int
    end: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. `score` is comparable within one search only, higher is better."""

    document_key: int
    passage_key: int
    document_id: str
    document_name: str
    title: str
    start: int
    end: int
    text: str
    score: float
