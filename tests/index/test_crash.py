"""kill -9 at random moments: what was acknowledged is there, nothing is half there, and a re-run makes it whole."""

import random
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from index.datatypes import Document, Passage
from index.documents import read_paths
from index.passages import split_passages
from index.searching import Searcher
from index.store import Store
from tests.fakes import WordEncoder, add_documents, make_document

ROOT = Path(__file__).parent.parent.parent
FILES = 200
WORDS = ["tide", "wall", "gate", "crane", "bridge", "harbour", "ship", "rope", "anchor", "pilot", "buoy", "quay"]
QUESTIONS = ["tide and wall", "file 17", "gate crane bridge?", "the pilot of the harbour", "rope"]

# Adds the files of a folder with a slow encoder, printing each name once it is acknowledged.
ADD = """
import sys, time
from pathlib import Path
from index.adding import Adder
from index.documents import read_paths
from index.store import Store
from index.vectors import VectorCache
from tests.fakes import WordEncoder

class SlowEncoder(WordEncoder):
    def encode(self, texts):
        time.sleep(0.0005 * len(texts))
        return super().encode(texts)

store, encoder = Store.open(Path(sys.argv[2])), SlowEncoder()
print("begun", flush=True)
for outcome in Adder(store, encoder=encoder, tokenizer=encoder).add(read_paths([Path(sys.argv[1])])):
    print(outcome.name, flush=True)
VectorCache(store).refresh("default")
print("done", flush=True)
"""


def write_files(folder: Path, *, seed: int) -> Path:
    """200 files of one to three passages."""
    chosen = random.Random(seed)
    folder.mkdir()
    for number in range(FILES):
        sentences = [
            f"The {' '.join(chosen.choices(WORDS, k=12))} of file {number}." for _ in range(chosen.randint(1, 7))
        ]
        (folder / f"{number:03}.txt").write_text(" ".join(sentences), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("files") / "first", seed=1)


@pytest.fixture(scope="module")
def changed_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("files") / "second", seed=2)


Results = list[list[tuple[str, int, int, float]]]


def results(store: Store) -> Results:
    searcher = Searcher(store, encoder=WordEncoder())
    return [
        [(hit.document_name, hit.start, hit.end, hit.score) for hit in searcher.search(question, k=20)]
        for question in QUESTIONS
    ]


@pytest.fixture(scope="module")
def clean(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What a store finds that nothing ever happened to."""
    store = Store.open(tmp_path_factory.mktemp("clean"))
    add_documents(store, read_paths([files]))
    found = results(store)
    store.close()
    assert [len(hits) for hits in found] == [20] * len(QUESTIONS)
    return found


def add_and_kill(files: Path, folder: Path, *, after: int, wait_s: float) -> list[str]:
    """Kill -9 an adding process `wait_s` after it has printed `after` names; all names that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", ADD, str(files), str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        printed = [process.stdout.readline().strip() for _ in range(after + 1)]
        time.sleep(wait_s)
        process.kill()
        printed += process.stdout.read().split("\n")[:-1]  # a line that the kill cut short acknowledges nothing
    assert printed[0] == "begun"
    return [line for line in printed[1:] if line != "done"]


@cache
def passages_of(text: str) -> list[Passage]:
    return split_passages(make_document(text), tokenizer=WordEncoder())


def check_whole(store: Store, acknowledged: list[str]) -> None:
    """Nothing is damaged, what was acknowledged is there, and what is there has all its passages and words."""
    assert store.problems() == []
    entries = store.entries()
    assert set(acknowledged) <= {entry.name for entry in entries}
    stored: dict[int, list[tuple[int, int, str]]] = {entry.key: [] for entry in entries}
    for hit in store.hits(dict.fromkeys(store.passage_keys("default"), 0.0)):
        stored[hit.document_key].append((hit.start, hit.end, hit.text))
    for entry in entries:
        expected = passages_of(store.document(entry.key).text)
        assert sorted(stored[entry.key]) == [(passage.start, passage.end, passage.text) for passage in expected]
        assert len(expected) > 0


def check_mended(store: Store, files: Path, acknowledged: list[str], clean: Results) -> None:
    """A second run leaves alone what was acknowledged, adds the rest, and then all is as in a clean build."""
    outcomes = {outcome.name: outcome.status for outcome in add_documents(store, read_paths([files]))}
    assert sorted(outcomes) == [f"{number:03}.txt" for number in range(FILES)]
    assert {outcomes[name] for name in acknowledged} <= {"unchanged"}
    check_whole(store, list(outcomes))
    assert results(store) == clean


@pytest.mark.parametrize("seed", range(20))
def test_killed_while_adding(files: Path, clean: Results, tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed)
    # A batch of 64 passages takes about 0.05 s: the kill falls anywhere in the one after the chosen name.
    acknowledged = add_and_kill(files, tmp_path, after=chosen.randint(0, FILES - 1), wait_s=chosen.uniform(0, 0.1))
    store = Store.open(tmp_path)
    check_whole(store, acknowledged)
    check_mended(store, files, acknowledged, clean)
    store.close()


@pytest.mark.parametrize("seed", range(20, 23))
def test_killed_while_replacing(files: Path, changed_files: Path, clean: Results, tmp_path: Path, seed: int) -> None:
    """The files of one folder replace those of another: each document is wholly the old one or wholly the new one."""
    chosen = random.Random(seed)
    store = Store.open(tmp_path)
    # As uploads: else the files of the other folder would not be replaced without being told to.
    uploads = [
        replace(document, source="") for document in read_paths([changed_files]) if isinstance(document, Document)
    ]
    add_documents(store, uploads)
    results(store)  # leaves an index that will be stale
    old = {entry.name: entry.id for entry in store.entries()}
    store.close()
    # Late and longer, so that some kills fall into the writing of the vector index.
    acknowledged = add_and_kill(files, tmp_path, after=chosen.randint(150, FILES), wait_s=chosen.uniform(0, 0.5))
    store = Store.open(tmp_path)
    check_whole(store, list(old))
    replaced = [entry.name for entry in store.entries() if entry.id != old[entry.name]]
    assert set(acknowledged) <= set(replaced)
    check_mended(store, files, acknowledged, clean)
    store.close()
