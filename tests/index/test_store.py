"""The store: what goes in comes out, what is deleted is gone from the files, and damage is noticed."""

import multiprocessing
import re
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.datatypes import Mask
from index.errors import EncoderMismatchError, InputError, NotFoundError, StoreError
from index.schema import DATABASE
from index.store import Store, check_collection
from index.vectors import VectorCache
from tests.fakes import WordEncoder, add_documents, make_document, make_indexed

HOSTILE = 'NUL \x00 here. 👩‍👩‍👧 and 𝔘𝔫𝔦. Cafe\u0301. \u202bשלום.\u202c One.\r\nTwo “three "four"”. 漢字。'


def put(store: Store, text: str, *, name: str = "note.txt", collection: str = "default") -> str:
    """Add one document directly; its id."""
    document = make_document(text, name=name)
    encoder = WordEncoder()
    store.claim_encoder(encoder.name, dimension=64)
    store.add([make_indexed(document, encoder=encoder)], collection=collection)
    return document.id


def names(store: Store, collection: str = "default") -> list[str]:
    return [entry.name for entry in store.entries(collection=collection)]


def found(store: Store, question: str, collection: str = "default") -> list[str]:
    """The texts of the passages that share words with the question."""
    keys = store.lexical(question, collection=collection, limit=10)
    return [hit.text for hit in store.hits(dict(keys))]


# --- in and out ------------------------------------------------------------------------------------------------------


def test_a_document_comes_back_as_it_was(store: Store) -> None:
    mask = Mask(0, 4, "test")
    document = make_document(HOSTILE, name="ünï/漢 👩‍👩‍👧.txt", title="T\x00 “itle”", source="/a b", masks=[mask])
    encoder = WordEncoder()
    store.claim_encoder(encoder.name, dimension=64)
    item = make_indexed(document, encoder=encoder)
    store.add([item])
    (entry,) = store.entries()
    assert store.document(entry.key) == document
    assert (entry.id, entry.name, entry.title, entry.source) == (
        document.id,
        document.name,
        document.title,
        document.source,
    )
    assert (entry.characters, entry.passages) == (len(HOSTILE), len(item.passages))
    keys = sorted(store.passage_keys("default"))
    assert [hit.text for hit in sorted(store.hits(dict.fromkeys(keys, 1.0)), key=lambda hit: hit.start)] == [
        HOSTILE[passage.start : passage.end] for passage in item.passages
    ]
    assert np.array_equal(store.vectors(keys), item.vectors)
    assert np.array_equal(store.vectors(keys[::-1]), item.vectors[::-1])
    assert store.problems() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), title=st.text("aé\x00漢🙂 '\""))
def test_any_text_comes_back_as_it_was(store: Store, text: str, title: str) -> None:
    document = make_document(text, title=title)
    encoder = WordEncoder()
    store.claim_encoder(encoder.name, dimension=64)
    store.add([make_indexed(document, encoder=encoder)])
    (entry,) = store.entries()
    assert store.document(entry.key) == document
    assert entry.characters == len(text)
    for hit in store.hits(dict.fromkeys(store.passage_keys("default"), 1.0)):
        assert hit.text == document.text[hit.start : hit.end]


def test_a_reopened_store_gives_the_same(store: Store) -> None:
    identity = put(store, "The tide rose.")
    before = (store.entries(), store.encoder(), store.generation("default"), found(store, "tide"))
    store.close()
    again = Store.open(store.folder)
    assert (again.entries(), again.encoder(), again.generation("default"), found(again, "tide")) == before
    assert again.entry(identity).name == "note.txt"
    again.close()


def test_documents_are_listed_by_name_page_by_page(store: Store) -> None:
    for name in ["b", "c", "a", "é"]:
        put(store, f"Text of {name}.", name=name)
    assert names(store) == ["a", "b", "c", "é"]
    assert [entry.name for entry in store.entries(limit=2, offset=1)] == ["b", "c"]


def test_documents_and_passages_are_counted_by_collection(store: Store) -> None:
    for name in ["a", "b", "c"]:
        put(store, f"Text of {name}.", name=name)
    put(store, "Another.", name="a", collection="other")
    passages = sum(entry.passages for entry in store.entries())
    assert (store.count("default"), store.count("other"), store.count("none")) == ((3, passages), (1, 1), (0, 0))
    store.remove("b")
    assert store.count("default")[0] == 2


def test_an_entry_is_found_by_name_id_and_beginning_of_the_id(store: Store) -> None:
    identity = put(store, "The tide rose.", name="tide.txt")
    put(store, "The wall held.", name=identity[:10])
    assert store.entry("tide.txt").id == identity
    assert store.entry(identity).name == store.entry(identity[:8]).name == "tide.txt"
    assert store.entry(identity[:10]).name == identity[:10], "a name goes before the beginning of an id"
    for reference in [identity[:7], "", "%", "tide", "\x00", "\ud800", identity + "0"]:
        with pytest.raises(NotFoundError, match="no document with the name or id"):
            store.entry(reference)
    assert store.known("tide.txt") == (identity, "")
    assert store.known("other.txt") is None


def test_the_generation_grows_with_every_change_of_its_collection_only(store: Store) -> None:
    assert (store.generation("default"), store.generation("other")) == (0, 0)
    put(store, "The tide rose.")
    put(store, "The tide fell.")
    assert (store.generation("default"), store.generation("other")) == (2, 0)
    store.remove("note.txt")
    assert store.generation("default") == 3


def test_collections_are_separate(store: Store) -> None:
    put(store, "The tide rose.")
    put(store, "The tide fell.", collection="other")
    assert store.collections() == ["default", "other"]
    assert (found(store, "tide"), found(store, "tide", "other")) == (["The tide rose."], ["The tide fell."])
    assert store.passage_keys("default").isdisjoint(store.passage_keys("other"))
    store.remove("note.txt", collection="other")
    assert (names(store), names(store, "other"), store.collections()) == (["note.txt"], [], ["default"])


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "a\x00", "\ud800", "a\n"])
def test_a_collection_has_a_plain_name(store: Store, name: str) -> None:
    with pytest.raises(InputError, match="1 to 64 letters"):
        check_collection(name)
    with pytest.raises(InputError, match="1 to 64 letters"):
        put(store, "The tide rose.", collection=name)
    assert store.collections() == []


@pytest.mark.parametrize("name", ["default", "a.b-c_d", "x" * 64, "日本", "7"])
def test_letters_of_any_script_name_a_collection(name: str) -> None:
    check_collection(name)


# --- replacing and removing ------------------------------------------------------------------------------------------


def test_a_replaced_document_leaves_no_passage_and_no_word(store: Store) -> None:
    put(store, "The tide rose. " * 40)
    old = store.passage_keys("default")
    put(store, "The wall held.")
    (new,) = store.passage_keys("default")
    assert new > max(old), "a key is never used again"
    assert (found(store, "tide"), found(store, "wall")) == ([], ["The wall held."])
    assert store.hits(dict.fromkeys(old, 1.0)) == []
    assert store.problems() == []


def test_a_key_is_not_used_again_after_its_document_was_removed(store: Store) -> None:
    put(store, "The tide rose.")
    (old,), (entry,) = store.passage_keys("default"), store.entries()
    store.remove("note.txt")
    put(store, "The wall held.")
    assert store.passage_keys("default") == {old + 1}
    assert store.entries()[0].key == entry.key + 1
    with pytest.raises(NotFoundError, match=f"key {entry.key} is no longer"):
        store.document(entry.key)


def test_only_what_is_there_can_be_removed(store: Store) -> None:
    put(store, "The tide rose.")
    before = store.generation("default")
    for name, collection in [("other.txt", "default"), ("note.txt", "other"), ("\ud800", "default")]:
        with pytest.raises(NotFoundError, match="no document named"):
            store.remove(name, collection=collection)
    assert (names(store), store.generation("default")) == (["note.txt"], before)


@pytest.mark.parametrize("how", ["removed", "replaced", "removed with its collection"])
def test_after_compacting_no_deleted_word_is_in_any_file(store: Store, how: str) -> None:
    collection = "other" if how.endswith("collection") else "default"
    secret = [b"zyzzyva", b"Quixotry", b"ZYZZYVA.TXT", b"zyzzyv"]
    put(store, "The tide rose. " * 300, name="kept.txt")
    put(store, "A zyzzyva sang of Quixotry. " * 200, name="ZYZZYVA.TXT", collection=collection)
    cache = VectorCache(store)
    cache.refresh(collection)
    vector = WordEncoder().encode(["A zyzzyva sang of Quixotry. " * 200])[0].astype("<f4").tobytes()
    if how == "replaced":
        put(store, "A cricket sang.", name="ZYZZYVA.TXT")
        secret.remove(b"ZYZZYVA.TXT")
    else:
        store.remove("ZYZZYVA.TXT", collection=collection)
    store.compact()
    cache.refresh(collection)
    store.close()
    files = {path.name: path.read_bytes() for path in store.folder.iterdir()}
    assert {DATABASE} < set(files)
    assert [(name, word) for name, content in files.items() for word in [*secret, vector] if word in content] == []
    assert b"The tide rose." in files[DATABASE]


def test_compacting_cuts_the_log_to_zero_and_changes_nothing(store: Store) -> None:
    put(store, "The tide rose.")
    before = (store.entries(), found(store, "tide"), store.generation("default"))
    store.compact()
    assert (store.folder / f"{DATABASE}-wal").stat().st_size == 0
    assert (store.entries(), found(store, "tide"), store.generation("default")) == before


def test_a_failed_change_leaves_nothing_behind(store: Store) -> None:
    put(store, "The tide rose.")
    encoder = WordEncoder()
    good = make_indexed(make_document("The wall held.", name="b.txt"), encoder=encoder)
    bad = make_indexed(make_document("The gate shut.", name="c.txt"), encoder=encoder)
    object.__setattr__(bad, "vectors", bad.vectors[:0])
    with pytest.raises(ValueError, match="shorter"):
        store.add([good, bad])
    assert (names(store), store.generation("default"), found(store, "wall")) == (["note.txt"], 1, [])
    put(store, "The wall held.", name="b.txt")
    assert names(store) == ["b.txt", "note.txt"]


def test_a_full_disk_is_a_store_error_and_the_store_goes_on(store: Store) -> None:
    put(store, "The tide rose.")
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="full"):
        put(store, "The wall held. " * 5000, name="b.txt")
    store._connection.execute("PRAGMA max_page_count = 1000000")
    put(store, "The gate shut.", name="c.txt")
    assert (names(store), store.problems()) == (["c.txt", "note.txt"], [])


# --- the encoder -----------------------------------------------------------------------------------------------------


def test_another_encoder_is_refused_by_both_names(store: Store) -> None:
    assert store.encoder() is None
    store.check_encoder("fake-words")
    store.claim_encoder("fake-words", dimension=64)
    store.claim_encoder("fake-words", dimension=64)
    assert store.encoder() == ("fake-words", 64)
    for name, dimension in [("other-words", 64), ("fake-words", 65)]:
        with pytest.raises(EncoderMismatchError) as caught:
            store.claim_encoder(name, dimension=dimension)
        assert all(part in str(caught.value) for part in ["'fake-words' (64 ", f"'{name}' ({dimension})"])
        assert "PINCITE_ENCODER=fake-words" in str(caught.value)
    with pytest.raises(EncoderMismatchError, match="'fake-words'.*'other-words'"):
        store.check_encoder("other-words")
    assert store.encoder() == ("fake-words", 64)


# --- full text -------------------------------------------------------------------------------------------------------

OPERATORS = [
    '"', "'", "(", ")", "*", "^", "+", "-", ":", "NEAR(tide wall)", "tide NEAR wall", "tide AND", "OR", "NOT tide",
    "title: tide", "tide*", '"tide', "tide\x00wall", "{title} : x", "_", "__", "%", "\\", "é", "🙂", "漢字", "1" * 500,
    "; DROP TABLE documents", "rank", "the", "\ufffd", "²", "٣",
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.lists(st.sampled_from(OPERATORS) | st.text(max_size=10), max_size=8).map(" ".join))
def test_no_question_breaks_the_full_text_query(store: Store, question: str) -> None:
    for key, score in store.lexical(question, collection="default", limit=5):
        assert (type(key), type(score)) == (int, float)


@pytest.mark.parametrize(
    "question", ["tide", "TIDE!", "(tide", 'tide" OR', "NEAR(tides)", "-tide", "title:tide*", "tide\x00"]
)
def test_operators_are_plain_words(store: Store, question: str) -> None:
    put(store, "The tide rose.")
    put(store, "The wall held.", name="b.txt")
    assert found(store, question) == ["The tide rose."]


def test_a_word_is_found_in_any_case_with_and_without_accents_however_it_is_composed(store: Store) -> None:
    put(store, "Das Café in İstanbul.", name="composed")
    put(store, "Das Cafe\u0301 in I\u0307stanbul.", name="decomposed")
    for question in ["café", "CAFÉ", "cafe", "cafe\u0301", "İstanbul", "istanbul", "I\u0307stanbul", "İSTANBUL"]:
        assert len(found(store, question)) == 2, question


def test_stop_words_are_left_out_unless_they_are_all(store: Store) -> None:
    put(store, "The who is a band.", name="band")
    put(store, "The tide is high.", name="tide")
    assert found(store, "What is the tide?") == ["The tide is high."]
    assert found(store, "Who is the who?") == ["The who is a band.", "The tide is high."]


def test_the_rarer_word_counts_more_and_the_title_counts(store: Store) -> None:
    for number in range(8):
        put(store, f"The tide rose {number} times.", name=f"{number}.txt")
    put(store, "The wall held.", name="wall.txt")
    assert store.hits(dict(store.lexical("tide wall", collection="default", limit=3)))[0].document_name == "wall.txt"
    add_documents(store, [make_document("It held.", name="title.txt", title="Zyzzyva")])
    assert found(store, "zyzzyva") == ["It held."]


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM passage_words WHERE rowid = 1", "1 passages have no full-text row"),
        ("UPDATE passages SET vector = x'00' WHERE key = 1", "1 vectors are not of 64 dimensions"),
        ("DELETE FROM documents WHERE key = 1", "a row refers to a missing one"),
        ("DELETE FROM passages WHERE key = 1", "1 full-text rows have no passage"),
        ("DELETE FROM passage_words_content WHERE id = 1", "the full-text index is damaged"),
        ("UPDATE passage_words_content SET c1 = 'gate' WHERE id = 1", "the full-text index is damaged"),
        ("UPDATE passage_words SET rowid = 77 WHERE rowid = 1", "1 passages have no full-text row"),
        ("UPDATE passages SET start = 1 WHERE key = 1", "1 passages do not stand at their place"),
        ("UPDATE documents SET text = 'A tide rises.' WHERE key = 1", "1 passages do not stand at their place"),
    ],
)
def test_planted_damage_is_found(store: Store, statement: str, problem: str) -> None:
    put(store, "The tide rose.")
    put(store, "The \x00 wall 🙂 held.", name="b.txt")
    assert store.problems() == []
    connection = sqlite3.connect(store.folder / DATABASE, isolation_level=None)
    connection.execute(statement)
    connection.close()
    assert any(problem in found for found in store.problems()), store.problems()


def test_a_file_with_overwritten_pages_is_found_out(store: Store) -> None:
    put(store, "The tide rose. " * 2000)
    store.close()
    path = store.folder / DATABASE
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + b"\xff" * 20_000 + content[middle + 20_000 :])
    again = Store.open(store.folder)
    assert again.problems() != []
    again.close()


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=f"{re.escape(str(tmp_path))} cannot be opened.*--store"):
        Store.open(tmp_path)
    assert path.read_bytes() == b"not a database at all" * 100


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened.*--store or PINCITE_STORE"):
        Store.open(tmp_path / "file")


def test_a_later_schema_is_refused_by_both_numbers_and_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    connection.execute("INSERT INTO meta VALUES ('schema', '99')")
    connection.commit()
    with pytest.raises(StoreError, match="has schema 99, this pincite reads 1"):
        Store.open(tmp_path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("meta",)]
    connection.close()


# --- several writers -------------------------------------------------------------------------------------------------


def write_many(folder: Path, writer: int, count: int) -> None:
    store = Store.open(folder)
    for number in range(count):
        put(store, f"Writer {writer} wrote {number}.", name=f"{writer}-{number}")
    store.close()


def expected_names(writers: int, count: int) -> list[str]:
    return sorted(f"{writer}-{number}" for writer in range(writers) for number in range(count))


def test_processes_that_open_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(tmp_path, writer, 15)) for writer in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    store = Store.open(tmp_path)
    assert (names(store), store.generation("default"), store.problems()) == (expected_names(3, 15), 45, [])
    store.close()


def test_threads_that_share_a_store_lose_nothing(store: Store) -> None:
    def work(writer: int) -> None:
        for number in range(15):
            put(store, f"Writer {writer} wrote {number}.", name=f"{writer}-{number}")
            found(store, "wrote")

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (names(store), store.generation("default"), store.problems()) == (expected_names(4, 15), 60, [])
