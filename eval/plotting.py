"""Lays out curves for the report: data in, coordinates of an SVG chart out."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.abstaining import calibration, confidence_and_answerable, rank_and_wrong, risk_coverage
from eval.datatypes import Case
from eval.retrieving import recall
from eval.summarising import columns_of, mean_of

WIDTH, HEIGHT = 360, 260
LEFT, TOP, RIGHT, BOTTOM = 44, 10, 10, 40
MOST_POINTS = 200
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Curve:
    """A named line through (x, y) points; y is a share from 0 to 1."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve in SVG units: `path` for a polyline, `dots` for its points where they are few."""

    label: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be written: ticks as (place, text), lines in SVG units, and a diagonal where there is one."""

    title: str
    x_label: str
    y_label: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]
    diagonal: bool = False


def chart(
    title: str, curves: Sequence[Curve], *, x_label: str, y_label: str, x_most: float = 1.0, diagonal: bool = False
) -> Chart:
    """Lay out curves with x from 0 to `x_most` and y from 0 to 1."""
    steps = [i / 5 for i in range(6)]
    return Chart(
        title=title,
        x_label=x_label,
        y_label=y_label,
        x_ticks=tuple((_x(step), f"{step * x_most:g}") for step in steps),
        y_ticks=tuple((_y(step), f"{step:g}") for step in steps),
        lines=tuple(_line(curve, x_most=x_most) for curve in curves if curve.points),
        diagonal=diagonal,
    )


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 2)


def _line(curve: Curve, *, x_most: float) -> Line:
    places = [(_x(x / x_most), _y(y)) for x, y in thinned(curve.points)]
    dots = tuple(places) if len(places) <= DEPTH else ()
    return Line(curve.label, " ".join(f"{x},{y}" for x, y in places), dots)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most MOST_POINTS of the points, evenly taken, the first and the last always among them."""
    if len(points) <= MOST_POINTS:
        return list(points)
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(i * step)] for i in range(MOST_POINTS)]


def risk_curve(label: str, cases: Sequence[Case]) -> Curve:
    """Coverage against risk; no points where no row states a confidence."""
    columns = columns_of(rank_and_wrong, cases)
    if not columns.size:
        return Curve(label, ())
    coverage, risk = risk_coverage(columns)
    return Curve(label, tuple(zip(coverage.tolist(), risk.tolist(), strict=True)))


def calibration_curve(label: str, cases: Sequence[Case]) -> Curve:
    """Mean confidence against the share of answerable questions, bin by bin."""
    columns = columns_of(confidence_and_answerable, cases)
    return Curve(label, tuple((b.confidence, b.rate) for b in calibration(columns)) if columns.size else ())


def retrieval_curve(label: str, cases: Sequence[Case]) -> Curve:
    """k against Recall@k for k from 1 to DEPTH; no points where no question has gold documents or no row has hits."""
    points = []
    for k in range(1, DEPTH + 1):
        values = [value for case in cases if (value := recall(case, k)) is not None]
        if values and any(case.row.hits for case in cases):
            points.append((float(k), mean_of(values)))
    return Curve(label, tuple(points))
