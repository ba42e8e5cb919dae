"""What the tests of every package start from: an empty store in a folder of its own, fakes to fill it with, the data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.searching import Searcher
from index.store import Store
from tests.fakes import WordEncoder

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def searcher(store: Store, encoder: WordEncoder) -> Searcher:
    return Searcher(store, encoder=encoder)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data beside the project; skips, saying so, where it is not there."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the public data sets in {SHARED}/data, which are not in the repository")
    return SHARED
