"""The truth on disk: one SQLite file (WAL) with documents, passages, vectors and full text, changed only in transactions.

What `add` has returned for is found after a crash; what a crash interrupted is not there at all.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.datatypes import Document, Hit, Mask, Passage
from index.encoding import Vectors
from index.errors import EncoderMismatchError, InputError, NotFoundError, StoreError
from index.matching import match_expression
from index.schema import DATABASE, prepare

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of documents: everything but the text."""

    key: int
    id: str
    name: str
    title: str
    uri: str
    published: str
    source: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document made ready: its passages and their vectors, shape (len(passages), dimension)."""

    document: Document
    passages: Sequence[Passage]
    vectors: Vectors


class Store:
    """One SQLite file. Safe to share between threads: a lock lets one statement through at a time."""

    def __init__(self, connection: sqlite3.Connection, *, folder: Path) -> None:
        self.folder = folder
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Open or create the store in `folder`.

        Raises:
            StoreError: the folder cannot be used, the file is no pincite store or of a later version.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(folder / DATABASE, timeout=60, check_same_thread=False, isolation_level=None)
            try:
                prepare(connection, folder=folder)
            except BaseException:
                connection.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the store at {folder} cannot be opened: {error}. Expected a folder that this user may write, holding "
                f"{DATABASE} or nothing; choose another with --store or PINCITE_STORE"
            ) from error
        return cls(connection, folder=folder)

    def close(self) -> None:
        """Close the file; the write-ahead log is folded into it."""
        with self._lock:
            self._connection.close()

    @property
    def id(self) -> str:
        """What tells this store from every other, so that files beside it can say whose they are."""
        return self._meta("store") or ""

    def _meta(self, name: str) -> str | None:
        row = self._row("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else str(row[0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens or nothing does; the write lock is taken at the start.

        Raises:
            StoreError: the file cannot be written, because the disk is full for instance; nothing happened.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:  # after some errors SQLite has rolled back by itself
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise self._unusable("written", error) from error
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything inside is read as of one moment, whatever others write meanwhile."""
        with self._lock:
            self._rows("BEGIN")
            try:
                yield
            finally:
                self._rows("COMMIT")

    def _unusable(self, verb: str, error: sqlite3.Error) -> StoreError:
        return StoreError(f"the store at {self.folder} cannot be {verb}: {error}. 'pincite doctor' says what is wrong")

    def _rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise self._unusable("read", error) from error

    def _row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        rows = self._rows(statement, *values)
        return rows[0] if rows else None

    # -- the encoder that the vectors belong to ------------------------------------------------------------------

    def encoder(self) -> tuple[str, int] | None:
        """Name and dimension of the encoder whose vectors are stored; None while there are none."""
        name, dimension = self._meta("encoder"), self._meta("dimension")
        return None if name is None or dimension is None else (name, int(dimension))

    def claim_encoder(self, name: str, *, dimension: int) -> None:
        """Bind the store to this encoder, or say that it is bound to another.

        Raises:
            EncoderMismatchError: the stored vectors are another encoder's.
        """
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO meta VALUES (?, ?)", [("encoder", name), ("dimension", str(dimension))]
            )
        self.check_encoder(name, dimension=dimension)

    def check_encoder(self, name: str, *, dimension: int | None = None) -> None:
        """Raise EncoderMismatchError where the stored vectors are another encoder's."""
        stored = self.encoder()
        if stored is not None and (stored[0] != name or dimension not in (None, stored[1])):
            raise EncoderMismatchError(
                f"the store at {self.folder} holds vectors of {stored[0]!r} ({stored[1]} dimensions), the encoder at hand "
                f"is {name!r} ({dimension or 'unknown'}); set PINCITE_ENCODER={stored[0]}, or add the documents to a new store"
            )

    # -- writing -------------------------------------------------------------------------------------------------

    def add(self, items: Sequence[Indexed], *, collection: str = DEFAULT_COLLECTION) -> None:
        """Add documents in one transaction; one whose name is taken replaces the older with all its passages."""
        check_collection(collection)
        with self.transaction() as connection:
            for item in items:
                self._delete(connection, collection, item.document.name)
                self._insert(connection, collection, item)
            self._bump(connection, collection)

    def _insert(self, connection: sqlite3.Connection, collection: str, item: Indexed) -> None:
        document = item.document
        masks = json.dumps([[mask.start, mask.end, mask.reason] for mask in document.masks])
        values = (collection, document.name, document.id, document.title, document.uri, document.published)
        key = connection.execute(
            "INSERT INTO documents (collection, name, id, title, uri, published, source, text, masks) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, document.source, document.text, masks),
        ).lastrowid
        for passage, vector in zip(item.passages, item.vectors, strict=True):
            row = (key, passage.start, passage.end, passage.text, np.asarray(vector, dtype="<f4").tobytes())
            passage_key = connection.execute(
                'INSERT INTO passages (document_key, start, "end", text, vector) VALUES (?, ?, ?, ?, ?)', row
            ).lastrowid
            connection.execute(
                "INSERT INTO passage_words (rowid, title, words) VALUES (?, ?, ?)",
                (passage_key, document.title.replace("\x00", " "), passage.words.replace("\x00", " ")),
            )

    def _delete(self, connection: sqlite3.Connection, collection: str, name: str) -> bool:
        row = connection.execute(
            "SELECT key FROM documents WHERE collection = ? AND name = ?", (collection, name)
        ).fetchone()
        if row is None:
            return False
        connection.execute(
            "DELETE FROM passage_words WHERE rowid IN (SELECT key FROM passages WHERE document_key = ?)", row
        )
        connection.execute("DELETE FROM passages WHERE document_key = ?", row)
        connection.execute("DELETE FROM documents WHERE key = ?", row)
        return True

    def _bump(self, connection: sqlite3.Connection, collection: str) -> None:
        connection.execute(
            "INSERT INTO collections VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET generation = generation + 1",
            (collection,),
        )

    def remove(self, name: str, *, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document by name with its passages, vectors and full-text rows.

        Raises:
            NotFoundError: the collection has no document of that name.
        """
        check_collection(collection)
        name = _storable(name)
        with self.transaction() as connection:
            if not self._delete(connection, collection, name):
                raise NotFoundError(
                    f"no document named {name!r} in collection {collection!r}; 'pincite list' names them"
                )
            self._bump(connection, collection)

    def compact(self) -> None:
        """Leave nothing of deleted text in the file: merge the full-text index, fold the log in, cut it to zero."""
        with self._lock:
            self._connection.execute("INSERT INTO passage_words (passage_words) VALUES ('optimize')")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    # -- reading -------------------------------------------------------------------------------------------------

    def collections(self) -> list[str]:
        """The names of the collections that have documents, sorted."""
        return [str(row[0]) for row in self._rows("SELECT DISTINCT collection FROM documents ORDER BY collection")]

    def generation(self, collection: str) -> int:
        """A number that grows with every change of the collection; 0 before the first."""
        row = self._row("SELECT generation FROM collections WHERE name = ?", collection)
        return 0 if row is None else int(str(row[0]))

    def entries(self, *, collection: str = DEFAULT_COLLECTION, limit: int = -1, offset: int = 0) -> list[Entry]:
        """The documents of a collection by name, without their texts."""
        return [
            Entry(*row)  # type: ignore[arg-type]
            for row in self._rows(
                f"{_ENTRY} WHERE collection = ? ORDER BY name LIMIT ? OFFSET ?", collection, limit, offset
            )
        ]

    def count(self, collection: str) -> tuple[int, int]:
        """How many documents and how many passages a collection has; no text is read for it."""
        documents = self._rows("SELECT count(*) FROM documents WHERE collection = ?", collection)
        passages = self._rows(_COUNT_OF_PASSAGES, collection)
        return int(str(documents[0][0])), int(str(passages[0][0]))

    def entry(self, reference: str, *, collection: str = DEFAULT_COLLECTION) -> Entry:
        """The document with this name or id (or a beginning of the id, eight characters at least).

        Raises:
            NotFoundError: there is none.
        """
        reference = _storable(reference)
        found = self._rows(
            f"{_ENTRY} WHERE collection = ?1 AND "
            "(name = ?2 OR id = ?2 OR (length(?2) >= 8 AND substr(id, 1, length(?2)) = ?2)) "
            "ORDER BY name = ?2 DESC, id = ?2 DESC, name LIMIT 1",
            collection,
            reference,
        )
        if not found:
            raise NotFoundError(
                f"no document with the name or id {reference!r} in collection {collection!r}; 'pincite list' shows both"
            )
        return Entry(*found[0])  # type: ignore[arg-type]

    def known(self, name: str, *, collection: str = DEFAULT_COLLECTION) -> tuple[str, str] | None:
        """(id, source) of the document of this name, None where there is none."""
        row = self._row("SELECT id, source FROM documents WHERE collection = ? AND name = ?", collection, name)
        return None if row is None else (str(row[0]), str(row[1]))

    def document(self, key: int) -> Document:
        """The whole document with this key.

        Raises:
            NotFoundError: it was deleted.
        """
        row = self._row("SELECT id, name, title, text, uri, published, source, masks FROM documents WHERE key = ?", key)
        if row is None:
            raise NotFoundError(f"the document with key {key} is no longer in the store")
        *fields, masks = row
        return Document(*map(str, fields), masks=tuple(Mask(*mask) for mask in json.loads(str(masks))))  # type: ignore[arg-type, misc]

    def hits(self, scores: dict[int, float]) -> list[Hit]:
        """The passages with these keys and scores, best first; keys that were deleted meanwhile are left out."""
        marks = ",".join("?" * len(scores))
        rows = self._rows(
            'SELECT d.key, p.key, d.id, d.name, d.title, p.start, p."end", p.text FROM passages p '
            f"JOIN documents d ON d.key = p.document_key WHERE p.key IN ({marks})",
            *scores,
        )
        hits = [Hit(*row, scores[int(str(row[1]))]) for row in rows]  # type: ignore[arg-type, call-arg]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_key))

    def document_hits(self, reference: str, *, collection: str = DEFAULT_COLLECTION) -> list[Hit]:
        """All passages of one document in the order of its text, as if a search had found them.

        Raises:
            NotFoundError: there is no such document.
        """
        key = self.entry(reference, collection=collection).key
        keys = [int(str(row[0])) for row in self._rows("SELECT key FROM passages WHERE document_key = ?", key)]
        return self.hits(dict.fromkeys(sorted(keys), 1.0))

    def passage_keys(self, collection: str) -> set[int]:
        """The keys of all passages of a collection. A key is never used again."""
        return {int(str(row[0])) for row in self._rows(_KEYS, collection)}

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The stored vectors of these passages, in this order, shape (len(keys), dimension)."""
        found: dict[int, bytes] = {}
        for place in range(0, len(keys), 500):
            part = keys[place : place + 500]
            statement = f"SELECT key, vector FROM passages WHERE key IN ({','.join('?' * len(part))})"
            found |= {int(str(row[0])): row[1] for row in self._rows(statement, *part)}  # type: ignore[misc]
        dimension = (self.encoder() or ("", 0))[1]
        return np.frombuffer(b"".join(found[key] for key in keys), dtype="<f4").reshape(len(keys), dimension).copy()

    def lexical(self, question: str, *, collection: str, limit: int) -> list[tuple[int, float]]:
        """(passage key, bm25) of the passages that share words with the question, best first, higher is better."""
        query = match_expression(question)
        if not query:
            return []
        rows = self._rows(
            "SELECT w.rowid, -bm25(passage_words, 1.0, 1.0) AS score FROM passage_words w "
            "JOIN passages p ON p.key = w.rowid JOIN documents d ON d.key = p.document_key "
            "WHERE passage_words MATCH ? AND d.collection = ? ORDER BY score DESC, w.rowid LIMIT ?",
            query,
            collection,
            limit,
        )
        return [(int(str(key)), float(str(score))) for key, score in rows]

    def problems(self) -> list[str]:
        """What a check of the file finds wrong; an empty list when all is well."""
        found: list[str] = []
        try:
            found.extend(str(row[0]) for row in self._rows("PRAGMA integrity_check") if row[0] != "ok")
            found.extend(f"a row refers to a missing one: {row}" for row in self._rows("PRAGMA foreign_key_check"))
            found.extend(f"{count} {what}" for count, what in self._miscounts() if count)
        except StoreError as error:
            found.append(str(error))
        try:
            self._rows("INSERT INTO passage_words (passage_words) VALUES ('integrity-check')")
        except StoreError as error:
            found.append(f"the full-text index is damaged: {error}")
        return found

    def _miscounts(self) -> Iterator[tuple[object, str]]:
        """How many rows have which fault."""
        dimension = (self.encoder() or ("", 0))[1]
        for what, fault in (
            ("passages have no full-text row", "passages WHERE key NOT IN (SELECT rowid FROM passage_words)"),
            ("full-text rows have no passage", "passage_words WHERE rowid NOT IN (SELECT key FROM passages)"),
            (f"vectors are not of {dimension} dimensions", f"passages WHERE length(vector) != {dimension * 4}"),
            (
                "passages do not stand at their place",
                'passages p JOIN documents d ON d.key = p.document_key WHERE stretch(d.text, p.start, p."end") != p.text',
            ),
        ):
            yield self._rows(f"SELECT count(*) FROM {fault}")[0][0], what


def _storable(name: str) -> str:
    """`name` with U+FFFD for every lone surrogate, as reading names documents: no encoding can write one."""
    return re.sub("[\ud800-\udfff]", "\ufffd", name)


_ENTRY = (
    "SELECT key, id, name, title, uri, published, source, characters(text), "
    "(SELECT count(*) FROM passages WHERE document_key = documents.key) FROM documents"
)
_COUNT_OF_PASSAGES = (
    "SELECT count(*) FROM passages WHERE document_key IN (SELECT key FROM documents WHERE collection = ?)"
)
_KEYS = "SELECT p.key FROM passages p JOIN documents d ON d.key = p.document_key WHERE d.collection = ?"


def check_collection(name: str) -> None:
    """Raise InputError unless `name` is 1 to 64 letters, digits, dots, dashes or underscores."""
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise InputError(
            f"expected a collection name of 1 to 64 letters, digits, dots, dashes or underscores, found {name[:80]!r}"
        )
