"""The FAISS index of a collection: a cache beside the store that can always be rebuilt from it."""

import hashlib
import json
import logging
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoding import Vectors
from index.store import Store

if TYPE_CHECKING:
    import faiss


_logger = logging.getLogger(__name__)
# A temporary file of this age was left by a crash: nobody writes an index for so long.
STALE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An index in memory and the store's generation that it mirrors."""

    generation: int
    index: "faiss.IndexIDMap2"
    likeness: float


class VectorCache:
    """Exact inner-product search over the unit vectors of the store, per collection, kept in step by passage keys.

    Cosine similarity is decided here and nowhere else: encoders give unit vectors, so the inner product is the cosine.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: dict[str, _Loaded] = {}
        self._lock = threading.Lock()

    def search(self, vector: Vectors, *, collection: str, limit: int) -> list[tuple[int, float]]:
        """(passage key, cosine in [-1, 1]) of the nearest passages, best first. `vector` has shape (1, dimension)."""
        with self._lock:
            index = self._current(collection).index
            if not index.ntotal:
                return []
            scores, keys = index.search(vector, min(limit, index.ntotal))
        found = [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]
        # faiss gives equals in any order, and the last bits of a cosine depend on where its vector lies.
        return sorted(found, key=lambda pair: (-round(pair[1], 6), pair[0]))

    def likeness(self, collection: str) -> float:
        """The mean cosine of two different passages: near 0 in a library of all things, 0.2 and more where all is about one.

        1 where there are no two passages.
        """
        with self._lock:
            return self._current(collection).likeness

    def refresh(self, collection: str) -> None:
        """Bring the index in memory and on disk in step with the store."""
        with self._lock:
            self._current(collection)

    def _current(self, collection: str) -> _Loaded:
        generation = self._store.generation(collection)
        loaded = self._loaded.get(collection)
        if loaded is None:
            loaded = self._read(collection)
        if loaded is None or loaded.generation != generation:
            # As of one moment: another process may take away a passage between its key and its vector.
            with self._store.snapshot():
                loaded = self._synchronised(collection, loaded)
            try:
                self._write(collection, loaded)
            except OSError as error:  # the index in memory serves; the files only make the next start quicker
                _logger.warning("the vector index of collection %r cannot be written: %s", collection, error)
        self._loaded[collection] = loaded
        return loaded

    def _synchronised(self, collection: str, loaded: _Loaded | None) -> _Loaded:
        """The index with what the store no longer has taken out and what it has gained put in."""
        # faiss takes half a second to import: only who searches pays for it.
        import faiss

        generation = self._store.generation(collection)
        dimension = (self._store.encoder() or ("", 1))[1]
        fits = loaded is not None and loaded.index.d == dimension
        index = loaded.index if loaded and fits else faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        held = {int(key) for key in faiss.vector_to_array(index.id_map)}
        wanted = self._store.passage_keys(collection)
        gone, new = held - wanted, sorted(wanted - held)
        if gone:
            index.remove_ids(faiss.IDSelectorBatch(np.fromiter(gone, dtype=np.int64)))
        if new:
            index.add_with_ids(self._store.vectors(new), np.array(new, dtype=np.int64))
        return _Loaded(generation, index, _likeness(index))

    # -- the files -----------------------------------------------------------------------------------------------

    def paths(self, collection: str) -> tuple[Path, Path]:
        """The index file and its manifest."""
        stem = "vectors-" + hashlib.sha256(collection.encode()).hexdigest()[:16]
        return self._store.folder / f"{stem}.faiss", self._store.folder / f"{stem}.json"

    def problem(self, collection: str) -> str:
        """Why the files on disk cannot be used as they are; an empty string when they can."""
        checked = self._checked(collection)
        return checked if isinstance(checked, str) else ""

    def _checked(self, collection: str) -> tuple[int, bytes] | str:
        """The generation and the content of the index on disk, each file read once; or why they cannot be used."""
        index_path, manifest_path = self.paths(collection)
        try:
            manifest = json.loads(manifest_path.read_bytes())
            content = index_path.read_bytes()
            generation, sum_expected = int(manifest["generation"]), manifest["sha256"]
            made_for = (manifest["store"], manifest["model"], manifest["dimension"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            return f"missing or unreadable: {error}"
        store = (self._store.id, *(self._store.encoder() or ("", 1)))
        if made_for != store:
            return f"made for store, encoder and dimension {made_for}, expected {store}"
        sum_found = hashlib.sha256(content).hexdigest()
        return (
            (generation, content) if sum_expected == sum_found else f"expected sha256 {sum_expected}, found {sum_found}"
        )

    def _read(self, collection: str) -> _Loaded | None:
        checked = self._checked(collection)
        if isinstance(checked, str):
            return None
        import faiss

        index: faiss.IndexIDMap2 = faiss.deserialize_index(np.frombuffer(checked[1], dtype=np.uint8))  # type: ignore[assignment]
        return _Loaded(checked[0], index, _likeness(index))

    def _write(self, collection: str, loaded: _Loaded) -> None:
        """Index first, manifest second: a crash in between leaves a sum that does not fit, and it is built again."""
        import faiss

        index_path, manifest_path = self.paths(collection)
        content = faiss.serialize_index(loaded.index).tobytes()
        encoder = self._store.encoder() or ("", 1)
        manifest = {
            "generation": loaded.generation,
            "store": self._store.id,
            "model": encoder[0],
            "dimension": encoder[1],
            "count": loaded.index.ntotal,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        _write_durably(index_path, content)
        _write_durably(manifest_path, json.dumps(manifest, indent=1).encode())


def _likeness(index: "faiss.IndexIDMap2") -> float:
    """The mean cosine of two different unit vectors, by the length of their sum: no pair is looked at."""
    import faiss

    count = index.ntotal
    if count < 2:
        return 1.0
    flat = faiss.downcast_index(index.index)
    held = faiss.rev_swig_ptr(flat.get_xb(), count * index.d).reshape(count, index.d)  # type: ignore[attr-defined]
    total = held.sum(axis=0, dtype=np.float64)
    return float(total @ total - count) / (count * (count - 1))


def _write_durably(path: Path, content: bytes) -> None:
    """Under a temporary name, synced, then renamed: a reader sees the old file or the new one, never a half."""
    for left in path.parent.glob(f"{path.name}.*.tmp"):
        with suppress(FileNotFoundError):  # another process may sweep too
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
