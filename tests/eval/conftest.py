"""The sample that the tests of `eval` share: five invented documents, 14 questions and one run over them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval import Case, Question, RunRow, pair, parse_row, read_corpus, read_gold, read_run, texts_of

DATA = Path(__file__).parent / "data"

Row = dict[str, Any]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the sample files."""
    return DATA


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """The sample documents, name → text."""
    return texts_of(read_corpus(DATA / "corpus.jsonl"))


@pytest.fixture(scope="session")
def questions(texts: dict[str, str]) -> tuple[Question, ...]:
    """The sample questions, their spans held against the documents."""
    return read_gold(DATA / "gold.jsonl", texts=texts)


@pytest.fixture(scope="session")
def cases(questions: tuple[Question, ...], texts: dict[str, str]) -> tuple[Case, ...]:
    """The sample questions with the sample run."""
    return pair(questions, read_run(DATA / "run.jsonl"), texts=texts)


@pytest.fixture
def rows() -> dict[str, Row]:
    """The sample run as plain JSON by id, free to be changed."""
    lines = (DATA / "run.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


@pytest.fixture(scope="session")
def case_of() -> Callable[..., Case]:
    """Build a case from a result in JSON and the fields of a question."""

    def build(result: Row, *, hits: tuple[Row, ...] = (), texts: dict[str, str] | None = None, **gold: Any) -> Case:
        question = Question(**{"id": "q", "question": "?", **gold})
        row: RunRow = parse_row(json.dumps({"id": "q", "result": result, "hits": list(hits)}))
        return Case(question, row, texts)

    return build
