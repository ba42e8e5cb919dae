"""Brings questions and the documents they are asked over together, read as pincite itself reads them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.converting import read_documents, read_gold_set
from eval.datasets import planted_documents, sample, write_corpus, write_gold
from eval.datatypes import Question, SourceDocument
from eval.errors import GoldError
from eval.planting import as_documents_of_their_own, with_evidence, with_plants
from index.datatypes import Document
from index.documents import Rejected, read_bytes, read_paths


@dataclass(frozen=True, slots=True)
class Material:
    """The questions that are asked, and every document there is; none where neither corpus nor gold set has any.

    `others` are the ids of the gold questions that a sample or limit left out.
    """

    questions: tuple[Question, ...]
    documents: tuple[Document, ...]
    others: frozenset[str] = frozenset()

    @property
    def texts(self) -> dict[str, str] | None:
        """Document name → text, as quotes and gold spans count its characters; None where there are no documents."""
        return {document.name: document.text for document in self.documents} or None


def prepare(
    gold: Path,
    corpus: Path | None = None,
    *,
    sample_size: int | None = None,
    limit: int | None = None,
    plants: int | None = None,
    first_plant: int = 0,
    evidence: Path | None = None,
) -> Material:
    """Read gold questions in any format and their documents: the corpus, or those that came with the questions.

    Texts that are planted for a question are always among the documents: `plants` of each where a number is given, from
    the one numbered `first_plant` on. `evidence` is another gold set over the corpus, from which questions in the same
    words take theirs. A sample is taken first, then the first `limit` of it. Raises GoldError for a document that
    cannot be read and for a gold span that is not in its document.
    """
    gold_set = read_gold_set(gold)
    questions = with_plants(gold_set.questions, plants, first=first_plant)
    if evidence is not None:
        questions = with_evidence(questions, read_gold_set(evidence).questions)
    asked = questions if sample_size is None else sample(questions, size=sample_size)
    asked = asked[:limit]
    # A document may belong to several questions; one name with two texts is refused below.
    own = dict.fromkeys(document for question in questions for document in question.documents)
    planted = [document for question in questions for document in planted_documents(question)]
    found = _read_corpus(corpus) if corpus else as_documents((*gold_set.documents, *own), place=str(gold))
    documents = _apart((*found, *as_documents(planted, place=str(gold))), place=str(corpus or gold))
    kept = {question.id for question in asked}
    others = frozenset(question.id for question in questions if question.id not in kept)
    material = Material(asked, documents, others)
    check_spans(material)
    return material


def write_material(material: Material, folder: Path) -> None:
    """Write a folder with gold.jsonl, in our format, and corpus.jsonl with all documents, the planted ones among them.

    Raises GoldError rather than write over a file that is there.
    """
    gold, corpus = folder / "gold.jsonl", folder / "corpus.jsonl"
    for path in (gold, corpus):
        if path.exists():
            raise GoldError(f"expected no file at {path}, found one; give another folder")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        raise GoldError(f"expected a folder, or a place to make one, at {folder}, found: {problem}") from problem
    write_gold(map(as_documents_of_their_own, material.questions), gold)
    if material.documents:
        write_corpus((SourceDocument(d.name, d.title, d.text) for d in material.documents), corpus)


def _read_corpus(path: Path) -> tuple[Document, ...]:
    """A folder or a JSONL file as `pincite add` reads it; SQuAD JSON and BEIR folders by way of the gold readers."""
    if path.suffix == ".json" or (path / "queries.jsonl").exists():
        return as_documents(read_documents(path), place=str(path))
    return tuple(_accepted(read_paths([path]), place=str(path)))


def as_documents(sources: Iterable[SourceDocument], *, place: str) -> tuple[Document, ...]:
    """Documents of a data set as a JSONL file of them would be read; those without text are left out."""
    rows = [{"doc_id": s.name, "title": s.title, "text": s.text} for s in sources if s.text.strip()]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    return tuple(_accepted(read_bytes(data, name="documents.jsonl"), place=place)) if rows else ()


def own_documents(question: Question) -> tuple[Document, ...]:
    """The documents that came with a question, planted ones included.

    An unanswerable question may come without any: there is nothing to answer it from. Raises GoldError for others.
    """
    sources = (*question.documents, *planted_documents(question))
    if not sources and question.answerable:
        raise GoldError(
            f"question {question.id}: expected documents of its own, found none; ask with --mode open and a --corpus"
        )
    return as_documents(sources, place=f"question {question.id}")


def own_passages(question: Question) -> tuple[str, ...]:
    """The names of the documents a question was asked about: its passage, else those of its evidence.

    Raises GoldError where the gold names neither.
    """
    names = (question.passage,) if question.passage else tuple(span.document_name for span in question.evidence)
    if not names:
        raise GoldError(f"question {question.id}: expected a passage or evidence, found neither; ask with --mode open")
    return tuple(dict.fromkeys(names))


def _accepted(found: Iterable[Document | Rejected], *, place: str) -> Iterator[Document]:
    """The documents; one that cannot be read is an error here, for its absence would look like bad retrieval."""
    for document in found:
        if isinstance(document, Rejected):
            raise GoldError(
                f"{place}: expected documents that can be read, found {document.name}: {document.reason}; mend it or "
                "take it out"
            )
        yield document


def _apart(documents: Sequence[Document], *, place: str) -> tuple[Document, ...]:
    """The documents, refused where two share a name."""
    names: set[str] = set()
    for document in documents:
        if document.name in names:
            raise GoldError(f"{place}: expected documents with names of their own, found {document.name!r} twice")
        names.add(document.name)
    return tuple(documents)


def check_spans(material: Material) -> None:
    """Hold every gold span, passage and judgement against the documents, where there are any."""
    texts = material.texts
    for question in material.questions if texts is not None else ():
        for span in question.evidence:
            text = (texts or {}).get(span.document_name)
            found = "no such document" if text is None else repr(text[span.start : span.end])
            if text is None or text[span.start : span.end] != span.quote:
                raise GoldError(
                    f"question {question.id}: expected {span.quote!r} at {span.start} to {span.end} of "
                    f"{span.document_name}, found {found}; give the corpus that the gold was made for"
                )


def key_of(documents: Iterable[Document]) -> str:
    """What tells one corpus from every other: 16 hex digits of a sha256 of names and contents, whatever their order."""
    total = hashlib.sha256()
    for name, identity in sorted((document.name, document.id) for document in documents):
        total.update(json.dumps([name, identity]).encode())
    return total.hexdigest()[:16]
