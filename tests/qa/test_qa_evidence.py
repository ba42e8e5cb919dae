"""Evidence: the sentences of hits with their context, which of them lean on it, and the numbers they get."""

import pytest
from hypothesis import given

from index.datatypes import Document, Hit, Mask
from index.errors import NotFoundError
from index.sentences import split_sentences
from index.store import Store
from qa.datatypes import Sentence
from qa.evidence import READ_PASSAGES, EvidenceFinder, distinct, leans_on_context
from tests.fakes import add_documents, make_document
from tests.qa.making import FEW, hostile_documents

HARBOUR = make_document(
    "The ferry company was founded in 1921. It ran two boats.\nADVERTISEMENT Buy now!\nIts boats were blue. They sank.",
    name="harbour.txt",
    title="The harbour",
)
ADVERTISEMENT = Mask(HARBOUR.text.index("ADV"), HARBOUR.text.index("\nIts"), "advertisement")


def masked() -> Document:
    return make_document(HARBOUR.text, name=HARBOUR.name, title=HARBOUR.title, masks=[ADVERTISEMENT])


def make_hit(document: Document, start: int, end: int, *, key: int = 1) -> Hit:
    return Hit(key, start, document.id, document.name, document.title, start, end, document.text[start:end], 1.0)


def finder_over(store: Store, *documents: Document) -> EvidenceFinder:
    add_documents(store, documents)
    return EvidenceFinder(store)


class OneDocument:
    """A store for EvidenceFinder that holds one document under the key 1."""

    def __init__(self, document: Document) -> None:
        self.read = 0
        self._document = document

    def document(self, key: int) -> Document:
        self.read += 1
        return self._document


def test_sentences_with_what_stands_before_them(store: Store) -> None:
    document = masked()
    found = finder_over(store, document).sentences([make_hit(document, 0, len(document.text))])
    assert [sentence.text for sentence in found] == [
        "The ferry company was founded in 1921.",
        "It ran two boats.",
        "Its boats were blue.",
        "They sank.",
    ]
    assert [sentence.before for sentence in found] == ["", *(sentence.text for sentence in found[:3])]
    # Not over the advertisement: what stands before it is known but cannot be quoted together with what follows.
    begins = [sentence.start for sentence in found]
    assert [sentence.context_start for sentence in found] == [begins[0], begins[0], begins[2], begins[2]]
    assert {(sentence.document_name, sentence.title, sentence.rank) for sentence in found} == {
        ("harbour.txt", "The harbour", 0)
    }


def test_a_sentence_is_found_once_and_with_the_rank_of_its_first_hit(store: Store) -> None:
    finder = finder_over(store, HARBOUR)
    founded = HARBOUR.text.index("founded")
    hits = [make_hit(HARBOUR, founded, founded + 3), make_hit(HARBOUR, 0, 50), make_hit(HARBOUR, 39, 56)]
    found = finder.sentences(hits)
    assert [(sentence.text, sentence.rank) for sentence in found] == [
        ("The ferry company was founded in 1921.", 0),
        ("It ran two boats.", 1),
    ]
    assert finder.sentences([]) == []


def test_only_the_first_hits_are_read(store: Store) -> None:
    documents = [make_document(f"Boat number {n} sank.", name=f"{n}.txt") for n in range(READ_PASSAGES + 2)]
    finder = finder_over(store, *documents)
    hits = [make_hit(document, 0, 5, key=n + 1) for n, document in enumerate(documents)]
    assert [sentence.rank for sentence in finder.sentences(hits)] == list(range(READ_PASSAGES))


def test_what_was_deleted_meanwhile_is_left_out(store: Store) -> None:
    other = make_document("The lighthouse stands.", name="light.txt")
    finder = finder_over(store, HARBOUR, other)
    hits = [make_hit(HARBOUR, 0, 9, key=1), make_hit(other, 0, 9, key=2)]
    store.remove("harbour.txt")
    assert [hit.document_key for hit in finder.present(hits)] == [2]
    with pytest.raises(NotFoundError, match="key 1"):
        finder.read(1)


def test_documents_are_cut_once_and_the_oldest_is_let_go() -> None:
    store = OneDocument(HARBOUR)
    finder = EvidenceFinder(store)  # type: ignore[arg-type]
    assert finder.read(1) is finder.read(1)
    assert store.read == 1
    for key in range(2, 130):
        finder.read(key)
    assert store.read == 129
    finder.read(1)
    assert store.read == 130


@FEW
@given(hostile_documents())
def test_sentences_of_any_document(document: Document) -> None:
    finder = EvidenceFinder(OneDocument(document))  # type: ignore[arg-type]
    window = (len(document.text) // 4, len(document.text) // 2 + 1)
    found = finder.sentences([make_hit(document, *window)])
    spans = split_sentences(document.text, masks=document.masks)
    assert [(s.start, s.end) for s in found] == [
        (s.start, s.end) for s in spans if s.start < window[1] and window[0] < s.end
    ]
    for sentence in found:
        assert document.text[sentence.start : sentence.end] == sentence.text
        joined = range(sentence.context_start, sentence.end)
        assert not any(place in joined for mask in document.masks for place in range(mask.start, mask.end))
        assert document.text[sentence.context_start :].startswith(sentence.before or sentence.text) or (
            sentence.context_start == sentence.start
        )


def sentence_of(text: str, *, before: str = "The ferry company was founded in 1921.", joined: bool = True) -> Sentence:
    start = len(before) + 1
    return Sentence(1, "id", "name", "", start, start + len(text), text, before, 0 if joined else start)


@pytest.mark.parametrize(
    "text",
    [
        "It ran two boats.",
        "However, they sank.",
        "“This sank.",
        "But their boats sank.",
        "The company ran boats.",
        "These sank.",
    ],
)
def test_sentences_that_lean(text: str) -> None:
    assert leans_on_context(sentence_of(text))
    assert not leans_on_context(sentence_of(text, before="Ferry news"))  # a heading is no prose to quote
    assert not leans_on_context(sentence_of(text, joined=False))


@pytest.mark.parametrize(
    "text", ["Boats sank.", "Italy ran boats.", "The company of Ada Finch ran boats.", "The boats sank.", "Thesis."]
)
def test_sentences_that_stand_alone(text: str) -> None:
    assert not leans_on_context(sentence_of(text))


def test_of_sentences_that_say_the_same_the_best_is_kept() -> None:
    texts = ["Two boats sank.", "TWO boats, sank!", "Three boats sank.", "Two “boats” sank", "Four sank.", "Five sank."]
    ranked = [(sentence_of(text), 1 - place / 10) for place, text in enumerate(texts)]
    assert [(s.text, score) for s, score in distinct(ranked, limit=3)] == [
        ("Two boats sank.", 1.0),
        ("Three boats sank.", 0.8),
        ("Four sank.", 0.6),
    ]


def test_evidence_is_numbered_and_reprints_share_a_source(store: Store) -> None:
    story = (
        "The harbour council voted to dredge the channel before winter comes. It will cost four million crowns in all."
    )
    documents = [
        make_document(story, name="a.txt"),
        make_document("Dredgers will clear the channel. They cost four million.", name="b.txt"),
        make_document(f"Reprint. {story}", name="c.txt"),
    ]
    finder = finder_over(store, *documents)
    hits = [make_hit(document, 0, len(document.text), key=n + 1) for n, document in enumerate(documents)]
    ranked = [(sentence, 0.5) for sentence in finder.sentences(hits)]
    found = finder.evidence(ranked)
    assert [(item.number, item.sentence.document_name, item.source, item.leans) for item in found] == [
        (1, "a.txt", 1, False),
        (2, "a.txt", 1, True),
        (3, "b.txt", 2, False),
        (4, "b.txt", 2, True),
        (5, "c.txt", 1, False),
        (6, "c.txt", 1, False),
        (7, "c.txt", 1, True),
    ]
