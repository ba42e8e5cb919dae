"""The tables of the store, the version of them, and how a connection is made ready."""

import sqlite3
import uuid
from pathlib import Path

from index.errors import StoreError

SCHEMA_VERSION = 1
DATABASE = "pincite.sqlite3"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (name TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,
    title TEXT NOT NULL, uri TEXT NOT NULL, published TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL,
    masks TEXT NOT NULL, UNIQUE (collection, name));
CREATE INDEX IF NOT EXISTS documents_by_id ON documents (collection, id);
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, document_key INTEGER NOT NULL REFERENCES documents (key),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document_key);
CREATE VIRTUAL TABLE IF NOT EXISTS passage_words USING fts5 (title, words, tokenize = 'porter unicode61');
"""


def prepare(connection: sqlite3.Connection, *, folder: Path) -> None:
    """Set the connection up and make the tables; a file of another version is left as it is.

    Raises:
        StoreError: the file is of another version.
    """
    # SQLite's own length() and substr() end at the first NUL.
    connection.create_function("characters", 1, len, deterministic=True)
    connection.create_function("stretch", 3, lambda text, start, end: text[start:end], deterministic=True)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        found = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        if found and found[0] != str(SCHEMA_VERSION):
            raise StoreError(
                f"the store at {folder} has schema {found[0]}, this pincite reads {SCHEMA_VERSION}; use the pincite "
                "that made it, or add the documents to a new store"
            )
    connection.executescript(_SCHEMA)
    for name, value in (("schema", str(SCHEMA_VERSION)), ("store", uuid.uuid4().hex)):
        if not connection.execute("SELECT 1 FROM meta WHERE name = ?", (name,)).fetchone():
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
