"""Writes the report: one HTML file that needs no network, with figures, curves, and every question beside its gold.

What documents and models say is text to be shown, never markup: the template escapes everything, the script only hides
and shows what is there, and the page's own policy forbids any other script and any connection.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval import plotting
from eval.datatypes import Case, Score
from eval.errors import EmptySetError
from eval.failures import KINDS, failure_kind
from eval.measures import measure_named
from eval.normalising import markers
from eval.plotting import Chart
from eval.scoring import Scores, score

CONTEXT = 160  # code points shown on either side of a quote
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what it is: any of `cited`, `gold` and `marker`, or nothing."""

    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a document around its quotes: the offsets it begins and ends at, whether text follows, its pieces."""

    document_name: str
    start: int
    end: int
    more: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one run made of one question, as the list shows it."""

    label: str
    kind: str
    answer: tuple[Piece, ...]
    case: Case
    windows: tuple[Window, ...]


def write_report(
    runs: Mapping[str, Sequence[Case]], path: Path | str, *, title: str = "Evaluation", by_tag: bool = False
) -> None:
    """Write the report of one or several runs (label → cases over the same questions) to one file."""
    Path(path).write_bytes(render_report(runs, title=title, by_tag=by_tag).encode("utf-8", "replace"))


def render_report(runs: Mapping[str, Sequence[Case]], *, title: str = "Evaluation", by_tag: bool = False) -> str:
    """The report as HTML text. Raises EmptySetError for no runs, no questions, or runs over different questions."""
    orders = {tuple(case.question.id for case in cases) for cases in runs.values()}
    if len(orders) != 1 or () in orders:
        raise EmptySetError(f"expected runs over the same questions, found {len(runs)} runs over {len(orders)} sets")
    scores = {label: score(cases, by_tag=by_tag) for label, cases in runs.items()}
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        title=title,
        scores=scores,
        families=families(scores),
        tags=sorted({tag for figures in scores.values() for tag in figures.by_tag}),
        kinds=KINDS,
        charts=charts(runs),
        questions=list(zip(*([_entry(label, case) for case in cases] for label, cases in runs.items()), strict=True)),
        question_tags=sorted({tag for cases in runs.values() for case in cases for tag in case.question.tags}),
        style=(_TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        figure=figure,
        interval=interval,
    )


def families(scores: Mapping[str, Scores]) -> dict[str, list[tuple[str, bool]]]:
    """Family → its measures that any run has, each with whether lower is better, in the order of scoring."""
    grouped: dict[str, list[tuple[str, bool]]] = {}
    for name in dict.fromkeys(name for figures in scores.values() for name in figures.measures):
        measure = measure_named(name)
        grouped.setdefault(measure.family, []).append((name, measure.lower))
    return grouped


def figure(value: float) -> str:
    """A figure for a person: three decimals for small values, whole with separators for large ones."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"


def charts(runs: Mapping[str, Sequence[Case]]) -> list[Chart]:
    """The report's three charts; one that no run has points for is left out."""
    risk = [plotting.risk_curve(label, cases) for label, cases in runs.items()]
    calibrated = [plotting.calibration_curve(label, cases) for label, cases in runs.items()]
    found = [plotting.retrieval_curve(label, cases) for label, cases in runs.items()]
    made = [
        plotting.chart("Risk and coverage", risk, x_label="share of questions answered", y_label="share wrong"),
        plotting.chart("Calibration", calibrated, x_label="confidence", y_label="share answerable", diagonal=True),
        plotting.chart("Retrieval", found, x_label="k", y_label="Recall@k", x_most=plotting.DEPTH),
    ]
    return [chart for chart in made if chart.lines]


def _entry(label: str, case: Case) -> Entry:
    answer = case.row.result.answer
    marked = [(start, end, "marker") for _, start, end in markers(answer)]
    return Entry(label, failure_kind(case), pieces(answer, 0, len(answer), marked), case, windows(case))


def windows(case: Case) -> tuple[Window, ...]:
    """The parts of documents that are cited or gold, with CONTEXT around; empty where the texts are not known."""
    texts = case.texts or {}
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for span in case.question.evidence:
        spans.setdefault(span.document_name, []).append((span.start, span.end, "gold"))
    for citation in case.row.result.citations:
        place = (citation.source_start, citation.source_end, "cited")
        spans.setdefault(citation.document_name, []).append(place)
    return tuple(
        Window(name, start, end, end < len(texts[name]), pieces(texts[name], start, end, marked))
        for name, marked in spans.items()
        if name in texts
        for start, end in _around(marked, length=len(texts[name]))
    )


def _around(spans: Sequence[tuple[int, int, str]], *, length: int) -> list[tuple[int, int]]:
    """The spans widened by CONTEXT and cut to the document, those that meet made one."""
    found: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        first, last = max(0, start - CONTEXT), min(length, end + CONTEXT)
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        elif first < last:
            found.append((first, last))
    return found


def pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> tuple[Piece, ...]:
    """`text[start:end]` cut wherever a span begins or ends; each piece names the kinds of the spans that cover it."""
    edges = {start, end, *(edge for s, e, _ in spans for edge in (s, e) if start < edge < end)}
    places = sorted(edges)
    return tuple(
        Piece(text[a:b], tuple(sorted({kind for s, e, kind in spans if s <= a and b <= e})))
        for a, b in pairwise(places)
    )


def interval(shown: Score) -> str:
    """The interval as text; a maximum has none."""
    return "" if shown.interval == "none" else f"{figure(shown.low)} to {figure(shown.high)}"
