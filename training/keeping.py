"""Keep what the network said of every pair of question and passage, so that a fit that is run again reads nothing twice.

Order, confidence, conflicts and support are fitted on tens of thousands of readings, which take ten times as long as the fits.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qa.reader_inputs import Window
from qa.reading import Scorer, Scores, TrainedReader, reader_sums

READINGS = Path("build/readings.sqlite")


class KeptScores:
    """A scorer that asks another one for what it has not been asked before. `network` names the weights."""

    def __init__(self, scorer: Scorer, connection: sqlite3.Connection, *, network: str) -> None:
        self._scorer = scorer
        self._connection = connection
        self._network = network.encode()
        connection.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, spans BLOB, pair BLOB)")

    def __call__(self, laid: Sequence[Window], /) -> tuple[list[Scores], list[Scores]]:
        """The scores of all windows, in their order."""
        keys = [self._key(window) for window in laid]
        kept = {key: found for key in keys if (found := self._kept(key)) is not None}
        new = {key: window for key, window in zip(keys, laid, strict=True) if key not in kept}
        spans, pairs = self._scorer(list(new.values()))
        for key, found in zip(new, zip(spans, pairs, strict=True), strict=True):
            kept[key] = found
            row = (key, *(np.ascontiguousarray(scores, np.float32).tobytes() for scores in found))
            self._connection.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", row)
        self._connection.commit()
        return [kept[key][0] for key in keys], [kept[key][1] for key in keys]

    def _key(self, window: Window) -> bytes:
        told = np.array([*window.ids, *window.kinds], np.int32).tobytes()
        return hashlib.sha256(self._network + told).digest()

    def _kept(self, key: bytes) -> tuple[Scores, Scores] | None:
        row = self._connection.execute("SELECT spans, pair FROM kept WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return np.frombuffer(row[0], np.float32).reshape(-1, 2), np.frombuffer(row[1], np.float32)


def kept_reader(path: Path = READINGS) -> TrainedReader:
    """The packaged reader, which remembers in a file what it has read."""
    reader = TrainedReader.load()
    path.parent.mkdir(parents=True, exist_ok=True)
    # What a crash loses is read again.
    connection = sqlite3.connect(path, isolation_level="DEFERRED")
    connection.execute("PRAGMA synchronous = OFF")
    scorer = KeptScores(reader.scorer, connection, network=reader_sums()["sha256"])
    return TrainedReader(scorer, tokenizer=reader.tokenizer)
