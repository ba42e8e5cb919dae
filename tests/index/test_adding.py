"""Adding: once is enough, a changed file replaces itself, and nothing is acknowledged before it is on disk."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import index.adding
from index.adding import BATCH_PASSAGES, Adder, Outcome
from index.datatypes import Document, Mask
from index.documents import Rejected
from index.errors import EncoderMismatchError, InputError
from index.schema import DATABASE
from index.searching import Searcher
from index.store import Store
from tests.fakes import WordEncoder, add_documents, make_document


def statuses(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.name: outcome.status for outcome in outcomes}


def names(store: Store, collection: str = "default") -> list[str]:
    return [entry.name for entry in store.entries(collection=collection)]


def test_an_outcome_says_what_was_added(store: Store, encoder: WordEncoder) -> None:
    document = make_document("The tide rose.", name="tide.txt", title="Tide")
    (outcome,) = add_documents(store, [document], encoder=encoder)
    assert outcome == Outcome("tide.txt", "added", document_id=document.id, passages=1)
    assert encoder.encoded == ["Tide\nThe tide rose."]
    (key,) = store.passage_keys("default")
    assert np.array_equal(store.vectors([key]), WordEncoder().encode(["Tide\nThe tide rose."]))
    assert store.encoder() == ("fake-words", 64)


def test_adding_again_changes_nothing_and_encodes_nothing(store: Store, encoder: WordEncoder) -> None:
    documents = [make_document(f"Tide number {number}.", name=f"{number}.txt") for number in range(5)]
    add_documents(store, documents, encoder=encoder)
    before = (store.entries(), store.generation("default"), store.passage_keys("default"))
    encoder.encoded.clear()
    outcomes = add_documents(store, documents, encoder=encoder)
    assert statuses(outcomes) == {f"{number}.txt": "unchanged" for number in range(5)}
    assert [outcome.document_id for outcome in outcomes] == [document.id for document in documents]
    assert encoder.encoded == []
    assert (store.entries(), store.generation("default"), store.passage_keys("default")) == before


def test_a_changed_document_replaces_its_passages_and_only_it_is_encoded(store: Store, encoder: WordEncoder) -> None:
    kept, old = make_document("The wall held.", name="wall"), make_document("The tide rose.", name="tide")
    add_documents(store, [kept, old], encoder=encoder)
    encoder.encoded.clear()
    new = make_document("The tide fell.", name="tide")
    assert statuses(add_documents(store, [kept, new], encoder=encoder)) == {"wall": "unchanged", "tide": "replaced"}
    assert encoder.encoded == ["The tide fell."]
    hits = Searcher(store, encoder=encoder).search("tide rose fell wall")
    assert sorted(hit.text for hit in hits) == ["The tide fell.", "The wall held."]
    assert (store.entry("tide").id, store.problems()) == (new.id, [])


def test_rejected_files_are_passed_through_in_their_place(store: Store) -> None:
    found: list[Document | Rejected] = [
        make_document("The tide rose.", name="a"),
        Rejected("b", "empty"),
        Rejected("a", "binary"),
    ]
    assert sorted((outcome.name, outcome.status, outcome.reason) for outcome in add_documents(store, found)) == [
        ("a", "added", ""),
        ("a", "rejected", "binary"),
        ("b", "rejected", "empty"),
    ]
    assert names(store) == ["a"]


def test_a_document_without_passages_is_added(store: Store, encoder: WordEncoder) -> None:
    (outcome,) = add_documents(store, [make_document("Menu", masks=[Mask(0, 4, "navigation")])], encoder=encoder)
    assert (outcome.status, outcome.passages, encoder.encoded, store.encoder()) == ("added", 0, [], None)
    assert Searcher(store, encoder=encoder).search("menu") == []


def test_the_same_text_under_two_names_is_two_documents(store: Store) -> None:
    add_documents(store, [make_document("The tide rose.", name=name) for name in "ab"])
    assert names(store) == ["a", "b"]


# --- names that are taken --------------------------------------------------------------------------------------------


@pytest.fixture
def two_files(tmp_path: Path) -> list[Document]:
    """Two documents of one name from two files that exist, in folders whose names have a '#'."""
    documents = []
    for folder, text in [("left #1", "The tide rose."), ("right#2", "The tide fell.")]:
        path = tmp_path / folder / "note.txt"
        path.parent.mkdir()
        path.write_text(text)
        documents.append(make_document(text, source=str(path)))
    return documents


@pytest.mark.parametrize("at_once", [True, False])
def test_a_name_that_another_file_bears_is_refused(store: Store, two_files: list[Document], at_once: bool) -> None:
    runs = [two_files] if at_once else [[document] for document in two_files]
    outcomes = [outcome for run in runs for outcome in add_documents(store, run)]
    assert [outcome.status for outcome in outcomes] == ["added", "rejected"]
    assert f"was added from {two_files[0].source};" in outcomes[1].reason
    assert "--collection" in outcomes[1].reason
    assert "--replace" in outcomes[1].reason
    assert store.entry("note.txt").source == two_files[0].source


def test_a_taken_name_can_be_replaced_or_go_to_another_collection(store: Store, two_files: list[Document]) -> None:
    left, right = two_files
    add_documents(store, [left])
    assert statuses(add_documents(store, [right], collection="other")) == {"note.txt": "added"}
    assert statuses(add_documents(store, [right], replace=True)) == {"note.txt": "replaced"}
    assert store.known("note.txt") == (right.id, right.source)


def test_the_name_of_a_file_that_is_gone_is_free(store: Store, two_files: list[Document]) -> None:
    left, right = two_files
    add_documents(store, [left])
    Path(left.source).unlink()
    assert statuses(add_documents(store, [right])) == {"note.txt": "replaced"}


def test_an_upload_has_no_file_and_may_replace(store: Store, two_files: list[Document]) -> None:
    add_documents(store, two_files[:1])
    assert statuses(add_documents(store, [make_document("The tide stood.")])) == {"note.txt": "replaced"}
    assert statuses(add_documents(store, two_files[:1])) == {"note.txt": "replaced"}


def test_a_changed_row_that_moved_to_another_line_is_the_same_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text("{}")
    other = tmp_path / "other.jsonl"
    add_documents(store, [make_document("The tide rose.", name="a", source=f"{path}#1")])
    moved = make_document("The tide fell.", name="a", source=f"{path}#2")
    assert statuses(add_documents(store, [moved])) == {"a": "replaced"}
    (outcome,) = add_documents(store, [make_document("No tide.", name="a", source=f"{other}#2")])
    assert (outcome.status, f"added from {path};" in outcome.reason) == ("rejected", True)


def test_a_document_given_twice_at_once_is_the_later_one(store: Store) -> None:
    outcomes = add_documents(store, [make_document("The tide rose."), make_document("The tide fell.")])
    assert [outcome.status for outcome in outcomes] == ["added", "replaced"]
    hits = Searcher(store, encoder=WordEncoder()).search("tide")
    assert [hit.text for hit in hits] == ["The tide fell."]


# --- acknowledged is on disk -----------------------------------------------------------------------------------------


def test_an_outcome_comes_after_its_commit(store: Store, encoder: WordEncoder) -> None:
    documents = [make_document(f"Tide number {number}.", name=f"{number:03}") for number in range(3 * BATCH_PASSAGES)]
    onlooker = Store.open(store.folder)
    outcomes = Adder(store, encoder=encoder, tokenizer=encoder).add(documents)
    acknowledged = []
    for outcome in outcomes:
        acknowledged.append(outcome.name)
        assert set(acknowledged) <= set(names(onlooker))
    assert acknowledged == names(onlooker) == [document.name for document in documents]
    onlooker.close()


def test_documents_are_taken_as_they_come_and_none_is_kept_waiting_for_the_end(store: Store) -> None:
    taken = []

    def coming() -> Iterator[Document]:
        for number in range(1000):
            taken.append(number)
            # Every other one has nothing to embed: such documents fill a batch too.
            masks = [Mask(0, 20, "test")] if number % 2 else []
            yield make_document(f"Tide number {number:03}.", name=f"{number:03}", masks=masks)

    encoder = WordEncoder()
    outcomes = Adder(store, encoder=encoder, tokenizer=encoder).add(coming())
    assert next(outcomes).name == "000"
    assert len(taken) <= BATCH_PASSAGES
    del outcomes
    assert names(store) == [f"{number:03}" for number in taken]


def test_what_fails_in_the_middle_keeps_what_was_acknowledged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.adding, "BATCH_PASSAGES", 4)

    class Failing(WordEncoder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            if any("5" in text for text in texts):
                raise MemoryError
            return super().encode(texts)

    acknowledged = []
    with pytest.raises(MemoryError):
        for outcome in Adder(store, encoder=Failing(), tokenizer=WordEncoder()).add(
            make_document(f"Tide {number}.", name=str(number)) for number in range(9)
        ):
            acknowledged.append(outcome.name)
    assert acknowledged == names(store) == ["0", "1", "2", "3"]
    assert statuses(
        add_documents(store, [make_document(f"Tide {number}.", name=str(number)) for number in range(9)])
    ) == {str(number): "unchanged" if number < 4 else "added" for number in range(9)}
    assert store.problems() == []


def test_another_encoder_is_refused(store: Store, encoder: WordEncoder) -> None:
    early = Adder(store, encoder=WordEncoder("other-words"), tokenizer=encoder)
    add_documents(store, [make_document("The tide rose.")], encoder=encoder)
    with pytest.raises(EncoderMismatchError, match="'fake-words'.*'other-words'"):
        Adder(store, encoder=WordEncoder("other-words"), tokenizer=encoder)
    with pytest.raises(EncoderMismatchError, match="'fake-words'.*'other-words'"):
        list(early.add([make_document("The wall held.", name="wall")]))
    assert names(store) == ["note.txt"]


def test_a_collection_that_cannot_be_named_is_refused_before_anything_is_read(store: Store) -> None:
    with pytest.raises(InputError, match="1 to 64 letters"):
        add_documents(store, iter([make_document("The tide rose.")]), collection="a b")
    assert (store.collections(), (store.folder / DATABASE).exists()) == ([], True)
