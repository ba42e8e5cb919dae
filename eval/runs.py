"""Reads run files: one line a question, as the runner or anybody else wrote it."""

from pathlib import Path

from eval.checking import Fields, json_lines, parse_object
from eval.datatypes import Citation, ConflictValue, Result, RunHit, RunRow, Statement
from eval.errors import RunFileError

STATUSES = ("answered", "conflict", "abstained", "failed")


def read_run(path: Path | str) -> tuple[RunRow, ...]:
    """Read a run file; a wrong line is a RunFileError naming line and field.

    Only `id` and `result.status` are required, so that another system's answers can be scored. What a system says
    wrongly (a quote that is not there, a marker that points to nothing) is read as it stands: measures judge it.
    """
    rows = [_row(fields) for fields in json_lines(Path(path), error=RunFileError)]
    ids = {row.id for row in rows}
    if len(ids) != len(rows):
        doubled = sorted(identifier for identifier in ids if sum(row.id == identifier for row in rows) > 1)
        raise RunFileError(f"{path}: expected one line a question, found several for {', '.join(doubled[:5])}")
    return tuple(rows)


def parse_row(text: str, *, place: str = "run row") -> RunRow:
    """One line of a run file; `place` is what an error calls it."""
    return _row(parse_object(text, place=place, error=RunFileError))


def missing_row(identifier: str) -> RunRow:
    """What stands in for a question that the run has no line for: no answer, no hits, a confidence of 0."""
    return RunRow(id=identifier, result=Result(status="missing", confidence=0.0))


def _row(fields: Fields) -> RunRow:
    memory = fields.number("peak_memory_bytes")
    return RunRow(
        id=fields.text("id"),
        result=_result(fields.child("result")),
        hits=tuple(_hit(item) for item in fields.children("hits")),
        seconds=fields.number("seconds"),
        drafter=fields.text("drafter", ""),
        versions=fields.child("versions").values,
        peak_memory_bytes=None if memory is None else int(memory),
    )


def _result(fields: Fields) -> Result:
    status = fields.text("status")
    if status not in STATUSES:
        fields.fail("status", f"one of {', '.join(STATUSES)}")
    confidence = fields.number("confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        fields.fail("confidence", "a probability from 0 to 1")
    return Result(
        status=status,
        answer=fields.text("answer", ""),
        short_answer=fields.text("short_answer", ""),
        statements=tuple(
            Statement(item.whole("start"), item.whole("end"), item.wholes("citations"))
            for item in fields.children("statements")
        ),
        confidence=confidence,
        reason=fields.child("abstention").text("reason", ""),
        citations=tuple(_citation(item) for item in fields.children("citations")),
        conflicts=tuple(_values(item) for item in fields.children("conflicts")),
        rejected_citations=fields.whole("rejected_citations", 0),
        usage=_usage(fields.child("usage")),
    )


def _citation(fields: Fields) -> Citation:
    return Citation(
        number=fields.whole("number"),
        document_name=fields.text("document_name"),
        quote=fields.text("quote", ""),
        source_start=fields.whole("source_start", -1),
        source_end=fields.whole("source_end", -1),
        answer_start=fields.whole("answer_start", -1),
        answer_end=fields.whole("answer_end", -1),
    )


def _values(fields: Fields) -> tuple[ConflictValue, ...]:
    return tuple(
        ConflictValue(item.text("value"), item.text("qualifier", ""), item.wholes("citations"))
        for item in fields.children("values")
    )


def _usage(fields: Fields) -> dict[str, float]:
    """The counts of `usage`; parts that are not numbers (a model's name) are nobody's cost."""
    numeric = {k for k, v in fields.values.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    return {name: fields.number(name) or 0.0 for name in sorted(numeric)}


def _hit(fields: Fields) -> RunHit:
    score = fields.number("score")
    return RunHit(
        fields.text("document_name"), fields.whole("start"), fields.whole("end"), 0.0 if score is None else score
    )
