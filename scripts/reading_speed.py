"""Measure how long the reader takes for twenty passages, as `ask` reads them at most.

python scripts/reading_speed.py [characters of a passage: 1100]
"""

import statistics
import sys
import time
from pathlib import Path

from index.datatypes import Document
from index.documents import read_paths
from qa.ranking import READ_HITS
from qa.reading import Readable, TrainedReader

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "newsroom"
QUESTION = "How much did Alibaba's shares rise after the announcement?"
TIMES = 15


def main(characters: int = 1100) -> None:
    """Read once to warm up, then TIMES times; the median is the figure, the extremes say how noisy the machine was."""
    text = " ".join(document.text for document in read_paths([SAMPLE]) if isinstance(document, Document))
    step = (len(text) - characters) // (READ_HITS - 1)
    passages = [Readable("Alibaba", text[at * step : at * step + characters]) for at in range(READ_HITS)]
    reader = TrainedReader.load()
    reader.read(QUESTION, passages)
    seconds = sorted(_timed(reader, passages) for _ in range(TIMES))
    print(f"{READ_HITS} passages of {characters} characters: median {statistics.median(seconds):.3f} s, ", end="")
    print(f"{seconds[0]:.3f} to {seconds[-1]:.3f} ({TIMES} times)")


def _timed(reader: TrainedReader, passages: list[Readable]) -> float:
    began = time.perf_counter()
    reader.read(QUESTION, passages)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
