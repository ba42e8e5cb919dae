"""Two runs over the same questions, held against each other, and against a baseline."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import (
    Case,
    EmptySetError,
    GoldError,
    Question,
    compare,
    falls,
    measures_named,
    pair,
    parse_row,
    score,
    to_json,
)
from eval.comparing import PERMUTATIONS, sign_flip_p
from eval.comparing import to_json as differences_json

Rows = dict[str, dict[str, Any]]


def run_of(questions: tuple[Question, ...], rows: Rows, texts: dict[str, str]) -> tuple[Case, ...]:
    return pair(questions, [parse_row(json.dumps(row)) for row in rows.values()], texts=texts)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=8))
def test_p_is_near_the_exact_share_of_all_sign_flips(differences: list[float]) -> None:
    observed = abs(sum(differences))
    flips = itertools.product([-1, 1], repeat=len(differences))
    sums = [abs(sum(d * s for d, s in zip(differences, signs, strict=True))) for signs in flips]
    exact = sum(total >= observed - 1e-12 for total in sums) / len(sums)
    assert sign_flip_p(differences, seed=3) == pytest.approx(exact, abs=0.03)


def test_p_is_never_zero_and_one_without_differences() -> None:
    assert sign_flip_p([1.0] * 40, seed=1) == 1 / (1 + PERMUTATIONS)
    assert sign_flip_p([0.0, 0.0], seed=1) == 1.0


def test_a_run_against_itself_differs_nowhere(cases: tuple[Case, ...]) -> None:
    found = compare(cases, cases)
    assert len(found) > 35
    assert all((d.value, d.low, d.high, d.p, d.better) == (0.0, 0.0, 0.0, 1.0, "neither") for d in found)


def test_a_worse_run_is_found_worse_and_the_other_way_round(
    questions: tuple[Question, ...], cases: tuple[Case, ...], texts: dict[str, str], rows: Rows
) -> None:
    for identifier in ("n01", "n02", "n03", "n04", "n05", "n07", "n08"):
        rows[identifier]["result"].update(short_answer="no idea", answer="No idea at all.")
        rows[identifier]["seconds"] += 5
    worse = run_of(questions, rows, texts)
    measures = measures_named(["ExactMatch", "SecondsP95", "Seconds", "AUROC"])
    exact, slowest, seconds, auroc = compare(cases, worse, measures)
    assert (exact.first, exact.second, exact.n, exact.better) == (10 / 14, 3 / 14, 14, "first")
    assert exact.value == pytest.approx(-0.5)
    assert exact.p == pytest.approx(2 / 2**7, abs=0.006)  # seven losses, no gain
    assert exact.low < -0.5 < exact.high < 0
    assert (seconds.better, slowest.better, auroc.better) == ("first", "first", "neither")  # lower seconds are better
    assert auroc.p == 1.0
    back = compare(worse, cases, measures)[0]
    assert (back.value, back.better) == (-exact.value, "second")


def test_missing_rows_count_on_both_sides(questions: tuple[Question, ...], cases: tuple[Case, ...]) -> None:
    difference = compare(cases, pair(questions, []), measures_named(["AnswerContained"]))[0]
    assert (difference.n, difference.second, difference.better) == (10, 0.0, "first")


def test_different_questions_and_empty_populations_are_refused(cases: tuple[Case, ...]) -> None:
    with pytest.raises(EmptySetError, match="found 14 and 13"):
        compare(cases, cases[:13])
    with pytest.raises(EmptySetError, match="RefusalRecall needs an unanswerable question in both runs"):
        compare(cases[:3], cases[:3], measures_named(["RefusalRecall"]))


def test_differences_as_json_are_the_same_twice(cases: tuple[Case, ...]) -> None:
    measures = measures_named(["F1", "AURC"])
    text = differences_json(compare(cases, cases, measures))
    assert text == differences_json(compare(cases, cases, measures))
    assert [row["measure"] for row in json.loads(text)] == ["F1", "AURC"]


def test_the_gate_holds_and_falls(
    questions: tuple[Question, ...], cases: tuple[Case, ...], texts: dict[str, str], rows: Rows, tmp_path: Path
) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(to_json(score(cases)), encoding="utf-8")
    assert falls(score(cases), baseline) == ()
    rows["n01"]["seconds"] = 1e6  # cost is the machine's affair
    rows["n01"]["result"]["short_answer"] = "1988"  # one answer in 14 is inside the interval
    assert falls(score(run_of(questions, rows, texts)), baseline) == ()
    rows["n01"]["result"]["citations"][0]["quote"] = "Invented."
    rows["n04"]["result"]["status"] = "conflict"
    for identifier in ("n02", "n03", "n04", "n05", "n08"):
        rows[identifier]["result"].update(status="abstained", citations=[])
    fallen = {fall.measure: fall for fall in falls(score(run_of(questions, rows, texts)), baseline)}
    assert {"QuoteExactness", "FalseRefusal", "AnswerContained"} <= set(fallen)
    assert str(fallen["FalseRefusal"]) == "FalseRefusal is 0.6000; the baseline is 0.1000 and its bound 0.4042"
    assert fallen["AnswerContained"].now == pytest.approx(0.3)


def test_a_measure_that_is_gone_has_fallen(cases: tuple[Case, ...], tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(to_json(score(cases, measures_named(["ECE", "F1"]))), encoding="utf-8")
    fallen = falls(score(cases, measures_named(["F1"])), baseline)
    assert [str(fall) for fall in fallen] == [str(fallen[0])]
    assert "ECE is not there any more" in str(fallen[0])


def test_a_baseline_that_is_none_is_refused(cases: tuple[Case, ...], tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"measures": {"F1": {"value": 1}}}', encoding="utf-8")
    with pytest.raises(GoldError, match=r"b.json: field 'measures.F1.value': expected value, low and high"):
        falls(score(cases), tmp_path / "b.json")
