"""Scores a run: gold questions and run rows in, figures out, and as JSON that is the same bytes on every machine."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.citations import is_verbatim
from eval.datasets import planted_documents, texts_of
from eval.datatypes import Case, Question, RunRow, Score
from eval.errors import EmptySetError, RunFileError
from eval.failures import failure_counts
from eval.measures import Measure, measures_named
from eval.runs import missing_row
from eval.summarising import summarise

DIGITS = 6  # floats in JSON are rounded to this many decimals


@dataclass(frozen=True, slots=True)
class QuoteError:
    """A citation whose quote does not stand where it says: an error of the system, never a matter of degree."""

    question_id: str
    number: int
    document_name: str
    quote: str


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of a run.

    `left_out` tells, for each usual measure that had nothing to average, why; `by_tag` has the same measures over the
    questions of each tag; `missing` and `failed` are the ids that count as answered wrongly for want of a row.
    """

    questions: int
    measures: Mapping[str, Score]
    left_out: Mapping[str, str]
    failures: Mapping[str, int]
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    quote_errors: tuple[QuoteError, ...] = ()
    by_tag: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    drafters: tuple[str, ...] = ()
    versions: tuple[Mapping[str, object], ...] = ()


def pair(
    questions: Sequence[Question], rows: Iterable[RunRow], *, texts: Mapping[str, str] | None = None
) -> tuple[Case, ...]:
    """Join gold and run: one case a question, in the gold's order, an absent row standing as missing.

    `texts` is the corpus; a question's own documents (and texts planted for it) are added to it. A row for a question
    that the gold does not have is a RunFileError: the run belongs to other questions.
    """
    found = {row.id: row for row in rows}
    strangers = sorted(found.keys() - {question.id for question in questions})
    if strangers:
        raise RunFileError(
            f"expected rows for the {len(questions)} gold questions, found {len(strangers)} for others "
            f"({', '.join(strangers[:5])}); give the gold file that the run was made with"
        )
    return tuple(_case(question, found.get(question.id), texts) for question in questions)


def _case(question: Question, row: RunRow | None, texts: Mapping[str, str] | None) -> Case:
    row = row or missing_row(question.id)
    joined = {**(texts or {}), **texts_of((*question.documents, *planted_documents(question)))}
    # Without a corpus only the question's own documents are known, and a quote from another cannot be judged by them.
    known = texts is not None or (joined and all(c.document_name in joined for c in row.result.citations))
    return Case(question, row, joined if known else None)


def score(
    cases: Sequence[Case], measures: Sequence[Measure] | None = None, *, by_tag: bool = False, seed: int = 0
) -> Scores:
    """Score cases. Measures that are named must have something to average, or it is an EmptySetError.

    Without names all the usual ones are tried, and those with nothing to average are listed in `left_out`.
    """
    if not cases:
        raise EmptySetError("expected at least one question to score, found none")
    figures, left_out = _figures(cases, measures or measures_named(), strict=measures is not None, seed=seed)
    tags = sorted({tag for case in cases for tag in case.question.tags}) if by_tag else []
    status = {case.question.id: case.row.result.status for case in cases}
    return Scores(
        questions=len(cases),
        measures=figures,
        left_out=left_out,
        failures=failure_counts(cases),
        missing=tuple(identifier for identifier, value in status.items() if value == "missing"),
        failed=tuple(identifier for identifier, value in status.items() if value == "failed"),
        quote_errors=quote_errors(cases),
        by_tag={tag: _of_tag(cases, tag, measures or measures_named(), seed=seed) for tag in tags},
        drafters=tuple(sorted({case.row.drafter for case in cases if case.row.drafter})),
        versions=_different(case.row.versions for case in cases if case.row.versions),
    )


def _figures(
    cases: Sequence[Case], measures: Sequence[Measure], *, strict: bool, seed: int
) -> tuple[dict[str, Score], dict[str, str]]:
    """The measures that apply, and why the others do not."""
    figures: dict[str, Score] = {}
    left_out: dict[str, str] = {}
    for measure in measures:
        try:
            figures[measure.name] = summarise(measure, cases, seed=seed)
        except EmptySetError as reason:
            if strict:
                raise
            left_out[measure.name] = str(reason)
    return figures, left_out


def _of_tag(cases: Sequence[Case], tag: str, measures: Sequence[Measure], *, seed: int) -> dict[str, Score]:
    """A tag's figures; a measure that no question of the tag needs is simply not among them."""
    tagged = [case for case in cases if tag in case.question.tags]
    return _figures(tagged, measures, strict=False, seed=seed)[0]


def quote_errors(cases: Iterable[Case]) -> tuple[QuoteError, ...]:
    """Every citation, of the cases with texts, whose quote does not stand verbatim at its offsets."""
    return tuple(
        QuoteError(case.question.id, citation.number, citation.document_name, citation.quote)
        for case in cases
        if case.texts is not None
        for citation in case.row.result.citations
        if not is_verbatim(citation, case.texts)
    )


def _different(versions: Iterable[Mapping[str, object]]) -> tuple[Mapping[str, object], ...]:
    """The versions that made the rows, each once; more than one means that the file was put together."""
    return tuple({json.dumps(version, sort_keys=True): version for version in versions}.values())


def to_json(scores: Scores) -> str:
    """The figures as ASCII JSON: keys sorted, floats rounded to DIGITS decimals, no dates, no machine."""
    value = {
        "questions": scores.questions,
        "measures": {name: score_row(figure) for name, figure in scores.measures.items()},
        "left_out": dict(scores.left_out),
        "failures": dict(scores.failures),
        "missing": list(scores.missing),
        "failed": list(scores.failed),
        "quote_errors": [
            {"id": e.question_id, "number": e.number, "document_name": e.document_name, "quote": e.quote}
            for e in scores.quote_errors
        ],
        "by_tag": {tag: {name: score_row(f) for name, f in figures.items()} for tag, figures in scores.by_tag.items()},
        "drafters": list(scores.drafters),
        "versions": list(scores.versions),
    }
    return json.dumps(value, sort_keys=True, indent=2, allow_nan=False) + "\n"


def score_row(figure: Score) -> dict[str, object]:
    """One figure for JSON; adding 0.0 turns a rounded -0.0 into 0.0."""
    return {
        "value": round(figure.value, DIGITS) + 0.0,
        "n": figure.n,
        "low": round(figure.low, DIGITS) + 0.0,
        "high": round(figure.high, DIGITS) + 0.0,
        "interval": figure.interval,
    }
