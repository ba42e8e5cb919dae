"""The runner: line by line, in the gold's order, the same after an interruption."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import Progress, Question, Response, RunFileError, RunHit, read_run, run
from eval.running import without_measurements
from index.errors import QuestionError, StoreError

QUESTIONS = tuple(Question(f"q{i}", f"question {i}?", answers=("x",)) for i in range(6))
VERSIONS = {"pincite": "1", "models": ["a", "b"]}


class Echo:
    """Answers with the question; can be told to be interrupted, to refuse, or to break at one question."""

    def __init__(self, *, stop_at: str = "", refuse: str = "", broken: str = "") -> None:
        self.stop_at, self.refuse, self.broken, self.asked = stop_at, refuse, broken, 0

    def respond(self, question: Question) -> Response:
        self.asked += 1
        if question.id == self.stop_at:
            raise KeyboardInterrupt
        if question.id == self.refuse:
            raise QuestionError("expected at most 10 characters, found 11")
        if question.id == self.broken:
            raise StoreError("the disk is full")
        result: dict[str, Any] = {"status": "answered", "answer": question.question, "timings": {"total": self.asked}}
        return Response(result, (RunHit("d", 0, 3, 0.5),), seconds=self.asked / 7)


def ask(path: Path, respondent: Echo, **options: Any) -> None:
    run(QUESTIONS, respondent, path, drafter="echo", versions=VERSIONS, **options)


def content(path: Path) -> list[dict[str, object]]:
    return [without_measurements(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_holds_all_that_is_promised(tmp_path: Path) -> None:
    ask(tmp_path / "run.jsonl", Echo())
    rows = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [question.id for question in QUESTIONS]
    assert rows[1]["hits"] == [{"document_name": "d", "start": 0, "end": 3, "score": 0.5}]
    assert (rows[1]["drafter"], rows[1]["versions"], rows[1]["seconds"]) == ("echo", VERSIONS, 0.285714)
    assert rows[1]["peak_memory_bytes"] > 10**6
    assert read_run(tmp_path / "run.jsonl")[1].result.answer == "question 1?"


@pytest.mark.parametrize("at", ["q0", "q3", "q5"])
def test_interrupted_and_resumed_is_the_same_file(tmp_path: Path, at: str) -> None:
    ask(tmp_path / "whole.jsonl", Echo())
    with pytest.raises(KeyboardInterrupt):
        ask(tmp_path / "broken.jsonl", Echo(stop_at=at))
    second = Echo()
    ask(tmp_path / "broken.jsonl", second, resume=True)
    assert content(tmp_path / "broken.jsonl") == content(tmp_path / "whole.jsonl")
    assert second.asked == 6 - int(at[1])


@given(cut=st.integers(0, 10_000))
def test_a_file_torn_anywhere_is_mended(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("torn")
    ask(folder / "whole.jsonl", Echo())
    whole = (folder / "whole.jsonl").read_bytes()
    (folder / "torn.jsonl").write_bytes(whole[: cut % len(whole)])
    ask(folder / "torn.jsonl", Echo(), resume=True)
    assert content(folder / "torn.jsonl") == content(folder / "whole.jsonl")


def test_limit_takes_the_first_and_can_be_raised(tmp_path: Path) -> None:
    ask(tmp_path / "run.jsonl", Echo(), limit=2)
    assert len(content(tmp_path / "run.jsonl")) == 2
    ask(tmp_path / "run.jsonl", Echo(), limit=4, resume=True)
    assert [row["id"] for row in content(tmp_path / "run.jsonl")] == ["q0", "q1", "q2", "q3"]


def test_progress_counts_what_was_there_and_estimates_the_rest(tmp_path: Path) -> None:
    seen: list[Progress] = []
    ask(tmp_path / "run.jsonl", Echo(), limit=2)
    ask(tmp_path / "run.jsonl", Echo(), resume=True, progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(3, 6), (4, 6), (5, 6), (6, 6)]
    assert seen[-1].seconds_left == 0.0
    assert seen[1].seconds_left == pytest.approx(seen[1].seconds_passed)  # two asked, two left


def test_a_file_in_the_way_and_another_systems_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    ask(path, Echo(), limit=1)
    with pytest.raises(RunFileError, match="expected no file, found one; resume it, or choose another name"):
        ask(path, Echo())
    with pytest.raises(
        RunFileError, match=r"line 1: expected drafter 'other'.*one file holds the answers of one system"
    ):
        run(QUESTIONS, Echo(), path, drafter="other", versions=VERSIONS, resume=True)
    with pytest.raises(RunFileError, match='"pincite": "2"'):
        run(QUESTIONS, Echo(), path, drafter="echo", versions={"pincite": "2"}, resume=True)
    path.write_bytes(b"nonsense\n")
    with pytest.raises(RunFileError, match=r"run.jsonl line 1: expected a JSON object"):
        ask(path, Echo(), resume=True)


def test_a_question_that_cannot_be_taken_is_a_failed_row_and_other_errors_stop_the_run(tmp_path: Path) -> None:
    ask(tmp_path / "run.jsonl", Echo(refuse="q1"))
    row = json.loads((tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert row["result"] == {"status": "failed", "answer": "", "error": "expected at most 10 characters, found 11"}
    assert read_run(tmp_path / "run.jsonl")[1].result.status == "failed"
    with pytest.raises(StoreError, match="the disk is full"):
        ask(tmp_path / "other.jsonl", Echo(broken="q2"))
    assert len(content(tmp_path / "other.jsonl")) == 2


def test_text_that_has_no_utf8_survives(tmp_path: Path) -> None:
    class Odd:
        def respond(self, question: Question) -> Response:
            return Response({"status": "answered", "answer": "a\ud83db é\u2028"}, (), 0.1)

    run(QUESTIONS[:1], Odd(), tmp_path / "run.jsonl", drafter="odd", versions={})
    assert read_run(tmp_path / "run.jsonl")[0].result.answer == "a\ud83db é\u2028"


def test_not_a_number_is_never_written(tmp_path: Path) -> None:
    class Bad:
        def respond(self, question: Question) -> Response:
            return Response({"status": "answered", "confidence": float("nan")}, (), 0.1)

    with pytest.raises(ValueError, match="not JSON compliant"):
        run(QUESTIONS[:1], Bad(), tmp_path / "run.jsonl", drafter="bad", versions={})
    assert (tmp_path / "run.jsonl").read_bytes() == b""
