"""Holds a run's scores against a committed baseline: a measure may vary inside its interval, not fall out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.checking import parse_object, read_text
from eval.errors import GoldError
from eval.measures import Measure, measure_named
from eval.scoring import Scores


@dataclass(frozen=True, slots=True)
class Fall:
    """A measure that fell: its value now, and the baseline's value and the bound it had to keep."""

    measure: str
    now: float | None
    baseline: float
    bound: float

    def __str__(self) -> str:
        """One line for a log."""
        now = "is not there any more" if self.now is None else f"is {self.now:.4f}"
        return f"{self.measure} {now}; the baseline is {self.baseline:.4f} and its bound {self.bound:.4f}"


def falls(scores: Scores, baseline: Path | str, *, without: Sequence[str] = ("cost",)) -> tuple[Fall, ...]:
    """The measures of a baseline (the JSON that scoring wrote) that are now worse than its interval, or gone.

    Families in `without` are left out: what an answer costs depends on the machine.
    """
    path = Path(baseline)
    fields = parse_object(read_text(path, error=GoldError), place=path.name, error=GoldError).child("measures")
    found = []
    for name in fields.values:
        measure, row = measure_named(name), fields.child(name)
        value, bound = row.number("value"), row.number("high" if measure.lower else "low")
        if value is None or bound is None:
            row.fail("value", "value, low and high", "an incomplete figure")
        now = scores.measures[name].value if name in scores.measures else None
        if measure.family not in without and _fell(measure, now, bound):
            found.append(Fall(name, now, value, bound))
    return tuple(found)


def _fell(measure: Measure, now: float | None, bound: float) -> bool:
    """Whether a value is past its bound; one in the sixth decimal is the rounding of the baseline's file."""
    if now is None:
        return True
    return now > bound + 1e-6 if measure.lower else now < bound - 1e-6
