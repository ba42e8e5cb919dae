"""The vector index: the same as a brute-force oracle, and never trusted beyond what its manifest proves."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.vectors
from index.datatypes import Mask
from index.encoding import Vectors
from index.store import Store
from index.vectors import VectorCache
from tests.fakes import WordEncoder, add_documents, make_document

WORDS = ["tide", "wall", "gate", "crane", "bridge", "harbour", "ship", "rope"]


def put(store: Store, texts: dict[str, str], *, collection: str = "default") -> None:
    add_documents(store, [make_document(text, name=name) for name, text in texts.items()], collection=collection)


def nearest_slowly(store: Store, question: str, *, collection: str = "default") -> dict[int, float]:
    """The cosine of every passage of the collection, one by one, from the vectors that the store holds."""
    asked = WordEncoder().encode([question])[0].astype(np.float64)
    cosines = {}
    for key in store.passage_keys(collection):
        vector = store.vectors([key])[0].astype(np.float64)
        cosines[key] = float(asked @ vector / np.sqrt((asked @ asked) * (vector @ vector)))
    return cosines


def likeness_slowly(store: Store, *, collection: str = "default") -> float:
    """The mean cosine over all pairs of different passages, pair by pair."""
    keys = sorted(store.passage_keys(collection))
    vectors = store.vectors(keys).astype(np.float64)
    pairs = [vectors[one] @ vectors[other] for one in range(len(keys)) for other in range(one)]
    return float(np.mean(pairs)) if pairs else 1.0


def agrees(cache: VectorCache, store: Store, question: str = "tide wall", *, collection: str = "default") -> bool:
    """Whether the search finds every passage of the collection with its cosine, best first."""
    found = cache.search(WordEncoder().encode([question]), collection=collection, limit=1000)
    expected = nearest_slowly(store, question, collection=collection)
    assert found == sorted(found, key=lambda pair: (-round(pair[1], 6), pair[0]))
    assert set(dict(found)) == set(expected)
    assert cache.likeness(collection) == pytest.approx(likeness_slowly(store, collection=collection), abs=1e-6)
    return all(abs(score - expected[key]) < 1e-6 for key, score in found)


def test_a_cosine_that_can_be_computed_in_the_head(store: Store) -> None:
    put(store, {"a": "tide tide wall", "b": "wall", "c": "gate"})
    found = VectorCache(store).search(WordEncoder().encode(["tide"]), collection="default", limit=2)
    key_of = {store.hits({key: 1.0})[0].document_name: key for key in store.passage_keys("default")}
    assert found[0][0] == key_of["a"]
    assert [score for _, score in found] == pytest.approx([2 / np.sqrt(5), 0])


def test_a_likeness_that_can_be_computed_in_the_head(store: Store) -> None:
    cache = VectorCache(store)
    assert cache.likeness("default") == 1.0
    put(store, {"a": "tide", "b": "tide", "c": "gate"})
    # Of the three pairs one is the same, two have nothing in common.
    assert cache.likeness("default") == pytest.approx(1 / 3)
    assert VectorCache(store).likeness("default") == pytest.approx(1 / 3)


CHANGES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(changes=CHANGES, question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join))
def test_the_index_follows_the_store_through_any_changes(
    store: Store, changes: list[tuple[str, str]], question: str
) -> None:
    """An empty text removes the document, any other adds or replaces it."""
    kept = VectorCache(store)
    for name, text in changes:
        if text:
            put(store, {name: text}, collection="first")
        elif store.known(name, collection="first"):
            store.remove(name, collection="first")
        assert agrees(kept, store, question, collection="first")
    assert agrees(VectorCache(store), store, question, collection="first"), "read from the files"


def test_a_search_never_crosses_a_collection(store: Store) -> None:
    put(store, {"a": "tide"})
    put(store, {"b": "tide", "c": "wall"}, collection="other")
    cache = VectorCache(store)
    first, other = store.passage_keys("default"), store.passage_keys("other")
    asked = WordEncoder().encode(["tide"])
    assert {key for key, _ in cache.search(asked, collection="default", limit=10)} == first
    assert {key for key, _ in cache.search(asked, collection="other", limit=10)} == other
    assert cache.search(asked, collection="none", limit=10) == []
    assert cache.paths("default") != cache.paths("other")


def test_an_unchanged_index_is_read_and_not_written(store: Store) -> None:
    put(store, {"a": "tide"})
    VectorCache(store).refresh("default")
    before = [path.stat().st_mtime_ns for path in VectorCache(store).paths("default")]
    assert agrees(VectorCache(store), store)
    assert [path.stat().st_mtime_ns for path in VectorCache(store).paths("default")] == before


def test_the_manifest_says_what_the_index_is(store: Store) -> None:
    put(store, {"a": "tide", "b": "wall"})
    cache = VectorCache(store)
    cache.refresh("default")
    index_path, manifest_path = cache.paths("default")
    assert json.loads(manifest_path.read_bytes()) == {
        "generation": store.generation("default"),
        "store": store.id,
        "model": "fake-words",
        "dimension": 64,
        "count": 2,
        "sha256": hashlib.sha256(index_path.read_bytes()).hexdigest(),
    }


def damage_manifest(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        pytest.param(lambda index, manifest: index.unlink(), "missing or unreadable", id="no index"),
        pytest.param(lambda index, manifest: manifest.unlink(), "missing or unreadable", id="no manifest"),
        pytest.param(lambda index, manifest: index.write_bytes(index.read_bytes()[:-9]), "expected sha256", id="truncated"),
        pytest.param(lambda index, manifest: index.write_bytes(b""), "expected sha256", id="empty index"),
        pytest.param(
            lambda index, manifest: index.write_bytes(index.read_bytes()[:-1] + b"\x7f"), "expected sha256", id="one byte"
        ),
        pytest.param(lambda index, manifest: manifest.write_bytes(b"{"), "missing or unreadable", id="half a manifest"),
        pytest.param(lambda index, manifest: manifest.write_bytes(b"\xff"), "missing or unreadable", id="no UTF-8"),
        pytest.param(lambda index, manifest: manifest.write_bytes(b"null"), "missing or unreadable", id="null"),
        pytest.param(lambda index, manifest: manifest.write_bytes(b"{}"), "missing or unreadable", id="no fields"),
        pytest.param(
            lambda index, manifest: damage_manifest(manifest, generation="x"), "missing or unreadable", id="no number"
        ),
        pytest.param(lambda index, manifest: damage_manifest(manifest, model="other"), "encoder", id="other encoder"),
        pytest.param(lambda index, manifest: damage_manifest(manifest, dimension=3), "dimension", id="other dimension"),
        pytest.param(lambda index, manifest: damage_manifest(manifest, store="other"), "made for store", id="other store"),
    ],
)  # fmt: skip
def test_damage_is_noticed_and_the_index_built_again(store: Store, damage: object, problem: str) -> None:
    put(store, {"a": "tide", "b": "wall gate"})
    VectorCache(store).refresh("default")
    cache = VectorCache(store)
    assert cache.problem("default") == ""
    assert callable(damage)
    damage(*cache.paths("default"))
    assert problem in cache.problem("default")
    assert agrees(cache, store)
    assert cache.problem("default") == ""


def test_a_stale_index_is_brought_up_to_date(store: Store) -> None:
    put(store, {"a": "tide", "b": "wall"})
    cache = VectorCache(store)
    cache.refresh("default")
    stale = [path.read_bytes() for path in cache.paths("default")]
    put(store, {"a": "gate", "c": "crane"})
    cache.refresh("default")
    for path, content in zip(cache.paths("default"), stale, strict=True):
        path.write_bytes(content)
    assert agrees(VectorCache(store), store, "gate tide")


def test_a_crash_between_the_two_renames_costs_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, {"a": "tide", "b": "wall"})
    VectorCache(store).refresh("default")
    put(store, {"a": "gate"})
    write = index.vectors._write_durably

    def write_index_only(path: Path, content: bytes) -> None:
        if path.suffix == ".json":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(index.vectors, "_write_durably", write_index_only)
    with pytest.raises(KeyboardInterrupt):
        VectorCache(store).refresh("default")
    monkeypatch.undo()
    assert "expected sha256" in VectorCache(store).problem("default")
    assert agrees(VectorCache(store), store, "gate")
    assert VectorCache(store).problem("default") == ""


def test_files_that_a_crash_left_are_swept_up_once_they_are_old(store: Store) -> None:
    put(store, {"a": "tide"})
    cache = VectorCache(store)
    path = cache.paths("default")[0]
    old, new = path.with_name(f"{path.name}.1.1.tmp"), path.with_name(f"{path.name}.2.2.tmp")
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    cache.refresh("default")
    assert sorted(store.folder.glob("*.tmp")) == [new]


def test_a_folder_that_cannot_be_written_does_not_stop_a_search(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    put(store, {"a": "tide", "b": "wall"})
    monkeypatch.setattr(index.vectors, "_write_durably", refuse)
    assert agrees(VectorCache(store), store)
    assert "No space left on device" in caplog.text


def test_the_files_of_another_store_are_not_taken_for_its_own(store: Store, tmp_path: Path) -> None:
    put(store, {"a": "tide"})
    VectorCache(store).refresh("default")
    other = Store.open(tmp_path / "other")
    put(other, {"a": "wall"})
    assert other.generation("default") == store.generation("default")
    assert other.passage_keys("default") == store.passage_keys("default")
    for path in VectorCache(store).paths("default"):
        shutil.copy(path, other.folder)
    assert agrees(VectorCache(other), other, "wall")
    other.close()


def test_documents_without_passages_come_before_the_first_vector(store: Store) -> None:
    cache = VectorCache(store)
    add_documents(store, [make_document("Menu", masks=[Mask(0, 4, "navigation")])])
    assert (store.encoder(), store.generation("default")) == (None, 1)
    assert agrees(cache, store)
    put(store, {"a": "tide"})
    assert agrees(cache, store)
    assert agrees(VectorCache(store), store)


def test_a_passage_that_another_connection_takes_away_meanwhile_does_no_harm(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, {"a": "tide", "b": "wall"})
    cache, writer, read = VectorCache(store), Store.open(store.folder), store.vectors

    def read_after_removal(keys: Sequence[int]) -> Vectors:
        writer.remove("b")
        return read(keys)

    monkeypatch.setattr(store, "vectors", read_after_removal)
    cache.refresh("default")
    monkeypatch.undo()
    writer.close()
    assert agrees(cache, store)


def test_searching_while_another_connection_writes_never_fails(store: Store) -> None:
    put(store, {"kept": "tide"})
    cache, failures, stop = VectorCache(store), [], threading.Event()

    def change() -> None:
        writer = Store.open(store.folder)
        for number in range(25):
            put(writer, {f"{number % 3}": f"tide wall {number}"})
            writer.remove(f"{number % 3}")
        writer.close()
        stop.set()

    thread = threading.Thread(target=change)
    thread.start()
    while not stop.is_set():
        try:
            assert cache.search(WordEncoder().encode(["tide"]), collection="default", limit=5)[0][1] == pytest.approx(
                1.0
            )
        except Exception as error:
            failures.append(error)
    thread.join()
    assert failures == []
    assert agrees(cache, store)
