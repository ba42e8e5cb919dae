"""Fitting conflicts: what contradicts is found again, agreeing sets stay under their rate, what is kept is read back."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from eval.datatypes import Question
from eval.preparing import prepare
from index.datatypes import Span
from qa.asking import read_question
from qa.claims import Claim, find_claims
from qa.comparing import SIGNALS
from qa.datatypes import Evidence, Sentence
from training.fit_conflicts import (
    AGREEING,
    CONFLICTING,
    FALSE_CONFLICTS,
    FOLDS,
    LIMITS,
    Asked,
    Pair,
    _table,
    contradicts,
    false_conflicts,
    fit,
    fit_shift,
    fold_of,
    main,
    read_asked,
)
from training.fitting import chances, fit_signed


def made_up(seed: int = 7) -> list[Asked]:
    """Forty questions a set: a likely second value contradicts in one kind of set, and none is likely in the other."""
    random = np.random.default_rng(seed)
    found = []
    for name in (*CONFLICTING, *AGREEING):
        for number in range(40):
            contradicts = name in CONFLICTING and number % 2 == 0
            signals = {signal: float(random.normal(0, 0.5)) for signal in SIGNALS}
            signals["likely"] += 3.0 if contradicts else -3.0
            found.append(Asked(name, str(number), True, 0.9, (Pair(signals, contradicts),)))
    # One in ten leading values stands in a loaded sentence, of which three in four are contradicted whatever the signals say.
    for number in range(40):
        signals = {signal: float(random.normal(0, 0.5)) for signal in SIGNALS} | {"likely": -3.0}
        found.append(Asked("poisonedrag", f"s{number}", True, 0.9, (Pair(signals, number % 4 != 0),), loaded=True))
    return found


def test_what_tells_contradictions_apart_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = fit(made_up())
    weights = fitted["weights"]
    assert isinstance(weights, dict)
    assert weights["likely"] > 0.3
    assert abs(weights["words"]) < weights["likely"]
    assert isinstance(fitted["loaded"], float)
    assert fitted["loaded"] > 1.0
    said = capsys.readouterr().out
    assert "ramdocs: 20 of 20 contradictions found" in said
    for name, (low, high) in LIMITS.items():
        assert low is None or weights[name] >= low
        assert high is None or weights[name] <= high


def test_a_question_that_is_refused_shows_no_conflict() -> None:
    asked = [Asked("nq", str(number), True, sure, (Pair(dict.fromkeys(SIGNALS, 0.0), False),)) for number, sure in enumerate((0.9, 0.2))]  # fmt: skip
    rates = false_conflicts(asked, asked, _table(asked), np.array([0.8, 0.8]), 0.5)
    assert rates == {"nq": 0.5, "clapnq": 0.0, "squad2": 0.0, "kept": 0.0}
    assert FALSE_CONFLICTS < 0.1


def test_a_conflict_that_shows_the_right_value_beside_a_wrong_one_is_not_in_vain() -> None:
    pairs = [Pair(dict.fromkeys(SIGNALS, 0.0), mends) for mends in (True, False)]
    asked = [Asked("nq", str(number), True, 0.9, (pair,)) for number, pair in enumerate(pairs)]
    assert false_conflicts(asked, asked, _table(asked), np.array([0.8, 0.8]), 0.5)["nq"] == 0.5
    assert false_conflicts(asked, asked, _table(asked), np.array([0.4, 0.8]), 0.5)["nq"] == 0.5
    assert false_conflicts(asked, asked, _table(asked), np.array([0.8, 0.4]), 0.5)["nq"] == 0.0


def test_a_disputed_question_is_none_that_should_show_no_conflict() -> None:
    pair = Pair(dict.fromkeys(SIGNALS, 0.0), contradicts=False)
    asked = [Asked("kept", str(number), True, 0.9, (pair,), disputed=number < 2) for number in range(4)]
    assert false_conflicts(asked, asked, _table(asked), np.array([0.8, 0.8, 0.8, 0.2]), 0.5)["kept"] == 0.5


def claims(value: str) -> list[Claim]:
    text = f"It was {value} then."
    sentence = Sentence(1, "id", "a.txt", "", 0, len(text), text, marked=Span(7, 7 + len(value)))
    return find_claims(read_question("What was it?"), [Evidence(1, sentence, 0.9, 1)])


@pytest.mark.parametrize(
    ("name", "lead", "other", "contradicts_it"),
    [
        ("ramdocs", "Gull", "Tern", True),
        ("ramdocs", "Gull", "Planted", True),
        ("ramdocs", "Gull", "Wall", False),
        ("ramdocs", "Wall", "Gull", True),
        # Where the documents agree, a second right answer beside a right one says the same in other words.
        ("nq", "Gull", "Tern", False),
        ("nq", "Wall", "Gull", True),
        ("nq", "Wall", "Gate", False),
    ],
)
def test_what_contradicts_in_sets_that_disagree_and_that_agree(
    name: str, lead: str, other: str, contradicts_it: bool
) -> None:
    question = Question("1", "What was it?", ("Gull", "Tern"), True, wrong_answers=("Planted",))
    assert contradicts(name, question, claims(lead), claims(other)) is contradicts_it


def test_what_was_kept_is_fitted_again_to_the_same_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    asked = made_up()
    kept.write_text("".join(f"{json.dumps(asdict(one))}\n" for one in asked), encoding="utf-8")
    assert read_asked(kept) == asked
    main("nowhere", str(tmp_path), str(kept))
    assert json.loads((tmp_path / "conflicts.json").read_text(encoding="utf-8")) == json.loads(json.dumps(fit(asked)))


def test_a_shift_brings_what_is_right_every_third_time_to_the_threshold() -> None:
    likely, y = np.array([0.15, 0.2, 0.3, 0.4, 0.6]), np.array([False, True, False, False, True])
    # From 0.16 on one of three below 0.5 is right, from 0.10 on one of four.
    shift = fit_shift(likely, y, threshold=0.5)
    assert 1 / (1 + np.exp(-shift) * (1 - 0.16) / 0.16) == pytest.approx(0.5)
    assert fit_shift(likely, np.ones(5, dtype=np.bool_), threshold=0.5) == pytest.approx(np.log(9.0))
    # What is above the threshold already, or right too seldom, asks for no shift.
    assert fit_shift(likely, np.array([False, False, False, False, True]), threshold=0.5) == 0.0
    assert fit_shift(np.array([]), np.array([], dtype=np.bool_), threshold=0.5) == 0.0


def test_of_the_planted_texts_one_at_a_time_stands_under_one_name(tmp_path: Path) -> None:
    rows = [{"id": i, "question": "Who?", "answers": ["Ada"], "answerable": True, "evidence": []} for i in ("q1", "q2")]
    texts = [row | {"wrong_answers": ["Bo"], "poison": [f"{row['id']}-planted-{at}" for at in (0, 1)]} for row in rows]
    gold, corpus = tmp_path / "gold.jsonl", tmp_path / "corpus.jsonl"
    gold.write_text("".join(f"{json.dumps(row)}\n" for row in texts), encoding="utf-8")
    corpus.write_text(json.dumps({"doc_id": "nq-1", "title": "", "text": "nq-1"}), encoding="utf-8")
    for plant in (0, 1):
        found = [(one.name, one.text) for one in prepare(gold, corpus, plants=1, first_plant=plant).documents]
        assert found == [
            *(("nq-1", "nq-1"), ("q1-planted-0", f"q1-planted-{plant}"), ("q2-planted-0", f"q2-planted-{plant}"))
        ]


def test_folds_are_the_same_everywhere() -> None:
    assert [fold_of(f"nq {number}") for number in range(6)] == [fold_of(f"nq {number}") for number in range(6)]
    assert {fold_of(str(number)) for number in range(100)} == set(range(FOLDS))


def test_a_weight_stays_within_its_limits() -> None:
    X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    y, shares = np.array([False, False, True, True]), np.ones(4)
    free, bias = fit_signed(X, y, shares, limits=[(None, None)] * 2, penalty=0.1)
    assert free[0] > 0
    assert (chances(X, free, bias) > 0.5).tolist() == y.tolist()
    held, _ = fit_signed(X, y, shares, limits=[(None, -0.2), (0.0, None)], penalty=0.1)
    assert held[0] <= -0.2 + 1e-9
    assert held[1] >= 0
