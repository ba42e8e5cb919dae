"""The records between hits and answers. All offsets are Unicode code points, 0-based, end-exclusive."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from index.datatypes import Span

Status = Literal["answered", "abstained", "conflict"]
Match = Literal["exact", "normalised"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A citable stretch of a document that may answer: `document.text[start:end] == text`.

    `before` is the stretch in front of it that a reader needs to know who 'he' or 'this model' is, empty where none;
    `document.text[context_start:end]` holds both. `rank` is the place of its passage among the hits, counted from 0.
    `marked` is the stretch of the document that the reader marks as the short answer, where it touches this sentence.
    """

    document_key: int
    document_id: str
    document_name: str
    title: str
    start: int
    end: int
    text: str
    before: str = ""
    context_start: int = -1
    rank: int = 0
    marked: Span | None = None

    @property
    def surroundings(self) -> str:
        """The title, what stands before, and the sentence: where a name has to stand for the sentence to speak of it."""
        return f"{self.title}\n{self.before}\n{self.text}"

    def marks(self, start: int, end: int) -> bool:
        """Whether the reader's mark touches `text[start:end]`."""
        mark = self.marked
        return mark is not None and mark.start - self.start < end and start < mark.end - self.start

    @property
    def short_answer(self) -> str:
        """The part of the sentence that the reader marks, empty where it marks none."""
        if self.marked is None:
            return ""
        return self.text[max(0, self.marked.start - self.start) : max(0, self.marked.end - self.start)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that the reader let through, numbered from 1 in the order of its score in [0, 1].

    `source` numbers the independent sources: near-duplicate documents share a number. `leans` says that the sentence
    cannot be understood without the one before it, and `also` has the places where other documents say the same word for
    word.
    """

    number: int
    sentence: Sentence
    score: float
    source: int
    leans: bool = False
    also: tuple[Sentence, ...] = ()

    @property
    def start(self) -> int:
        """Where it begins in its document, the sentence that it leans on included."""
        return self.sentence.context_start if self.leans else self.sentence.start


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim that these words stand in this evidence; the verifier finds out whether they do."""

    evidence: int
    text: str


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A sentence and the quotes that are to bear it out."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a drafter proposes; nothing in it is shown before it is verified."""

    statements: tuple[DraftStatement, ...]
    usage: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A pincite: `document.text[source_start:source_end] == quote` and `answer[answer_start:answer_end]` is `[number]`.

    `also` has the places where other documents, reprints mostly, say the same word for word.
    """

    number: int
    document_id: str
    document_name: str
    title: str
    uri: str
    published: str
    quote: str
    source_start: int
    source_end: int
    answer_start: int
    answer_end: int
    match: Match
    also: tuple["Place", ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where else a quote's sentence stands."""

    document_id: str
    document_name: str
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer, markers included, and the numbers that bear it out."""

    start: int
    end: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConflictValue:
    """One side of a disagreement: a value, what tells it apart where the text says so, and who states it.

    `sources` counts the independent ones: a lone source against several is seen to be one.
    """

    value: str
    qualifier: str
    citations: tuple[int, ...]
    sources: int = 1


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values that independent sources give for the same thing."""

    values: tuple[ConflictValue, ...]


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why there is no answer: the reason, the score behind it in [0, 1], a sentence for people, what to read instead."""

    reason: Literal["no_evidence", "below_threshold", "unverified"]
    score: float
    explanation: str
    nearest: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer object of the design; `as_dict` is its JSON.

    `confidence` in [0, 1] is the estimated chance that the documents answer the question. `drafter` is who was asked to
    write; where it gave nothing usable, `fallback` says why the extractive answer stands here instead.
    """

    status: Status
    question: str
    answer: str = ""
    short_answer: str = ""
    statements: tuple[Statement, ...] = ()
    confidence: float = 0.0
    abstention: Abstention | None = None
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    rejected_citations: int = 0
    drafter: str = ""
    fallback: str = ""
    usage: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists, ready for JSON."""
        return asdict(self)
