"""Asks every question of whoever answers and writes a run file, line by line, so that a broken run goes on."""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from eval.datatypes import Question, RunHit
from eval.errors import RunFileError
from eval.runs import parse_row
from index.errors import InputError

# What a stopwatch says, which differs between two runs of the same thing; `timings` stands inside the result.
MEASURED = ("seconds", "peak_memory_bytes")


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for one question: the answer object, the hits in rank order, and the seconds it took."""

    result: Mapping[str, object]
    hits: Sequence[RunHit]
    seconds: float


class Respondent(Protocol):
    """Answers questions: the real pipeline, a baseline, or a fake."""

    def respond(self, question: Question) -> Response:
        """Answer one question. An InputError (a question it cannot take) is recorded as a failed row."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `seconds_left` is an estimate from the questions asked in this sitting."""

    done: int
    total: int
    seconds_passed: float
    seconds_left: float


def run(
    questions: Sequence[Question],
    respondent: Respondent,
    out: Path | str,
    *,
    drafter: str,
    versions: Mapping[str, object],
    resume: bool = False,
    limit: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> None:
    """Ask the first `limit` questions in order and write a line for each as soon as it is answered.

    With `resume`, ids that the file already has are skipped and a torn last line is dropped; the file that results
    differs from an unbroken run's in MEASURED and `timings` alone. A file made by another drafter or other versions is
    a RunFileError, and so is an existing file without `resume`.
    """
    out = Path(out)
    asked = questions[: len(questions) if limit is None else limit]
    if out.exists() and not resume:
        raise RunFileError(f"{out}: expected no file, found one; resume it, or choose another name")
    done = _kept(out, drafter=drafter, versions=versions) if out.exists() else set()
    left = [question for question in asked if question.id not in done]
    began = time.monotonic()
    with out.open("ab") as file:
        for count, question in enumerate(left, start=1):
            _write(file, run_row(question, respondent, drafter=drafter, versions=versions))
            passed = time.monotonic() - began
            before = len(asked) - len(left)
            progress(Progress(before + count, len(asked), passed, passed / count * (len(left) - count)))


def _kept(out: Path, *, drafter: str, versions: Mapping[str, object]) -> set[str]:
    """The ids of a run file's whole lines; what stands behind its last line end is cut off."""
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with out.open("r+b") as file:
            file.truncate(len(whole))
    rows = [
        parse_row(line, place=f"{out.name} line {number}")
        for number, line in enumerate(whole.decode().split("\n")[:-1], start=1)
    ]
    for number, row in enumerate(rows, start=1):
        if (row.drafter, _plain(row.versions)) != (drafter, _plain(versions)):
            raise RunFileError(
                f"{out.name} line {number}: expected drafter {drafter!r} and versions {_plain(versions)}, found "
                f"{row.drafter!r} and {_plain(row.versions)}; one file holds the answers of one system"
            )
    return {row.id for row in rows}


def _plain(versions: Mapping[str, object]) -> str:
    """Versions as they read in a file, so that a tuple and the list it was written as are the same."""
    return json.dumps(versions, sort_keys=True, ensure_ascii=False)


def run_row(
    question: Question, respondent: Respondent, *, drafter: str, versions: Mapping[str, object]
) -> dict[str, object]:
    """One line of a run file, as a dictionary."""
    began = time.monotonic()
    try:
        response = respondent.respond(question)
    except InputError as problem:
        response = Response({"status": "failed", "answer": "", "error": str(problem)}, (), time.monotonic() - began)
    return {
        "id": question.id,
        "result": response.result,
        "hits": [
            {"document_name": hit.document_name, "start": hit.start, "end": hit.end, "score": hit.score}
            for hit in response.hits
        ],
        "seconds": round(response.seconds, 6),
        "peak_memory_bytes": peak_memory(),
        "drafter": drafter,
        "versions": versions,
    }


def peak_memory() -> int:
    """The largest resident memory of this process so far, in bytes (Linux counts in KiB, macOS in bytes)."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def _write(file: BinaryIO, row: Mapping[str, object]) -> None:
    """One line, in one write and flushed: an interruption leaves whole lines and at most one torn one."""
    line = json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
    # A lone surrogate, which a model can produce, has no UTF-8; backslashreplace writes it as JSON's own escape.
    file.write(line.encode("utf-8", "backslashreplace"))
    file.flush()


def without_measurements(line: str) -> dict[str, object]:
    """A run file's line as a dictionary, less what a stopwatch put there: equal for two runs of the same thing."""
    row: dict[str, object] = json.loads(line)
    result = row.get("result")
    if isinstance(result, dict):
        row["result"] = {name: value for name, value in result.items() if name != "timings"}
    return {name: value for name, value in row.items() if name not in MEASURED}
