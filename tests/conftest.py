"""What the tests of every package start from: an empty store in a folder of its own, and fakes to fill it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.searching import Searcher
from index.store import Store
from tests.fakes import WordEncoder


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
