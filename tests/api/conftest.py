"""What the tests of the service start from: a running one, and one that holds a document."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.service import HISTORY, BrokenDrafter, FakeAssembly, HeldDrafter, add, serving


@pytest.fixture
def drafter() -> Iterator[HeldDrafter]:
    held = HeldDrafter()
    yield held
    held.release.set()


@pytest.fixture
def assembly(tmp_path: Path, drafter: HeldDrafter) -> FakeAssembly:
    return FakeAssembly(tmp_path / "served", drafters={"local": drafter, "openai": BrokenDrafter()})


@pytest.fixture
def client(assembly: FakeAssembly) -> Iterator[TestClient]:
    with serving(assembly) as found:
        yield found


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    """The client of a service that holds HISTORY as history.md."""
    assert add(client, ("history.md", HISTORY)).status_code == 201
    return client
