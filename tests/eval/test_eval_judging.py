"""A judge of support: the sentences it finds and the claims it tells apart, by rules chosen on the other half."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval import Claim, EmptySetError, GoldError, Judged, assess, judge, read_claims, wilson
from eval.claims import LABELS
from eval.judging import (
    SUPPORT_MEASURES,
    Rule,
    StemScorer,
    best_first,
    choose_rule,
    half_of,
    sentence_f1,
    support_to_json,
)


class ByText:
    """Gives every quote the number that stands for it in a dictionary, 0 where none does; notes what it was asked."""

    def __init__(self, numbers: dict[str, float]) -> None:
        self.numbers = numbers
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def score(self, claim: str, quotes: Sequence[str]) -> Sequence[float]:
        self.asked.append((claim, tuple(quotes)))
        return [self.numbers.get(quote, 0.0) for quote in quotes]


def judged(identifier: str, label: str, scores: tuple[float, ...], *marked: set[int]) -> Judged:
    """A judged claim whose own score is its best sentence's."""
    claim = Claim(identifier, "?", ("",) * len(scores), label, tuple(map(frozenset, marked)))
    return Judged(claim, scores, max(scores))


# The ids a and b are of the first half, e and f of the second.
A = judged("a", "supported", (0.9, 0.8, 0.1), {0, 1})
B = judged("b", "not_supported", (0.1, 0.15))
E = judged("e", "partially_supported", (0.3, 0.2, 0.25), {0}, {1, 2})
F = judged("f", "not_supported", (0.5,))


def test_a_claim_is_scored_sentence_by_sentence_and_by_three_that_complete_each_other() -> None:
    sentences = ("The quay is new.", "Mud.", "A new quay.", "It was opened in May.", "By a queen.", "In May.")
    claim = Claim("a", "The new quay was opened in May by the queen.", sentences, "supported", (frozenset({1}),))
    best = "The quay is new. It was opened in May. By a queen."
    scorer = ByText({sentences[0]: 0.3, sentences[2]: 0.5, best: 0.8})
    assert judge(claim, scorer) == Judged(claim, (0.3, 0, 0.5, 0, 0, 0), 0.8)
    assert scorer.asked == [(claim.text, sentences), (claim.text, (best,))]
    # Together they may confuse a judge; the best one still says what it said.
    assert judge(claim, ByText({sentences[2]: 0.5, best: 0.2})).support == 0.5


@pytest.mark.parametrize("scores", [[0.1], [0.1, float("nan")]])
def test_scores_must_be_finite_and_as_many_as_quotes(scores: list[float]) -> None:
    class Wrong:
        def score(self, claim: str, quotes: Sequence[str]) -> Sequence[float]:
            return scores

    with pytest.raises(ValueError, match="expected 2 finite scores, found"):
        judge(Claim("a", "?", ("x", "y"), "not_supported"), Wrong())


def test_the_judge_without_a_model_counts_stems() -> None:
    quotes = ["The quay was enlarged.", "Mud.", "Enlarging the new quay took years."]
    assert StemScorer().score("The new quay is enlarged.", quotes) == pytest.approx([2 / 3, 0, 1])


@pytest.mark.parametrize(
    ("taken", "marked", "value"),
    [
        ({0, 2}, [{0}, {1, 2}], 2 / 3),  # 2·1/(2+1) against the first, 2·1/(2+2) against the second
        ({1, 2}, [{0}, {1, 2}], 1.0),
        ({3}, [{0}, {1, 2}], 0.0),
        (set(), [{0}], 0.0),
        ({0, 1, 2, 3}, [{0, 1}], 2 / 3),
    ],
)
def test_sentences_are_held_against_the_set_that_fits_best(
    taken: set[int], marked: list[set[int]], value: float
) -> None:
    assert sentence_f1(frozenset(taken), map(frozenset, marked)) == pytest.approx(value)


def test_a_rule_takes_the_best_that_reach_its_score() -> None:
    assert best_first((0.1, 0.9, 0.1, 0.9)) == [1, 3, 0, 2]
    assert Rule(0.1, 3).taken((0.1, 0.9, 0.1, 0.9)) == {1, 3, 0}
    assert Rule(0.5, 3).taken((0.1, 0.9, 0.1, 0.9)) == {1, 3}
    assert Rule(0.95, 3).taken((0.1, 0.9)) == frozenset()


def test_the_best_rule_is_chosen_and_of_equal_ones_the_lower() -> None:
    assert choose_rule([A, B]) == Rule(0.1, 2)
    assert choose_rule([E, F]) == Rule(0.2, 1)
    # Of one claim the sentence above 0.5 is right, of the other both: two at 0.4 and above is right for both.
    assert choose_rule([A, judged("b", "supported", (0.9, 0.2), {0})]) == Rule(0.8, 2)


def test_every_half_is_measured_by_the_rule_that_was_chosen_on_the_other() -> None:
    assert [half_of(identifier) for identifier in "abef"] == [0, 0, 1, 1]
    report = assess([A, E, B, F])
    assert report.rules == (Rule(0.2, 1), Rule(0.1, 2))
    values = {name: (figure.value, figure.n) for name, figure in report.figures.items()}
    assert values == {
        "SentenceF1": (pytest.approx(2 / 3), 2),  # {0} against {0, 1}; {0, 2} against {0}: by their own rules 1 and 1
        "NothingTaken": (0.5, 2),  # of b nothing is taken, of f its only sentence
        "SupportAUROC": (1.0, 4),  # 0.9 is above all others
        "AnySupportAUROC": (0.75, 4),  # of 0.9 and 0.3 against 0.15 and 0.5 only 0.3 < 0.5 stands the wrong way round
    }
    assert (report.figures["NothingTaken"].low, report.figures["NothingTaken"].high) == wilson(1, 2)
    assert list(report.figures) == list(SUPPORT_MEASURES)
    assert assess([F, B, E, A]).figures["SentenceF1"].value == report.figures["SentenceF1"].value


def test_what_cannot_be_told_is_left_out_or_refused() -> None:
    both = judged("e", "supported", (0.3,), {0})
    assert list(assess([A, both]).figures) == ["SentenceF1"]
    with pytest.raises(EmptySetError, match="in both halves, .* found none among 1 of one"):
        assess([A, F])


def test_the_report_is_sorted_json_and_the_same_twice() -> None:
    text = support_to_json(assess([A, E, B, F]), versions={"settings": {"judge": "words"}})
    assert text == support_to_json(assess([A, E, B, F]), versions={"settings": {"judge": "words"}})
    value = json.loads(text)
    assert text == json.dumps(value, sort_keys=True, indent=2) + "\n"
    assert value["rules"] == [{"least": 0.2, "most": 1}, {"least": 0.1, "most": 2}]
    assert (value["claims"], value["measures"]["AnySupportAUROC"]["value"]) == (4, 0.75)


# -- reading claims ---------------------------------------------------------------------------------------------------

ROW: dict[str, Any] = {
    "id": "c1",
    "claim": "The quay is new.",
    "sentences": ["A quay.", "It is new."],
    "label": "supported",
    "supporting_sentences": [[0, 1], []],
}


def test_claims_are_read_with_their_alternative_sets(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    bare = ROW | {"id": "c2", "label": "not_supported", "supporting_sentences": [[]]}
    path.write_text(json.dumps(ROW) + "\n" + json.dumps(bare) + "\n", encoding="utf-8")
    assert read_claims(path) == (
        Claim("c1", "The quay is new.", ("A quay.", "It is new."), "supported", (frozenset({0, 1}),)),
        Claim("c2", "The quay is new.", ("A quay.", "It is new."), "not_supported", ()),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "refuted"}, "line 1: field 'label': expected one of supported, partially_supported"),
        ({"supporting_sentences": [[0, 2]]}, r"'supporting_sentences\[0\]': expected a list of places from 0 to 1"),
        ({"supporting_sentences": [[True]]}, r"expected a list of places from 0 to 1, found \[True\]"),
        ({"supporting_sentences": [0]}, "expected a list of places from 0 to 1, found 0"),
        ({"supporting_sentences": [[]]}, "expected a sentence at least, since the claim is supported, found none"),
        ({"claim": " "}, "field 'claim': expected some text"),
        ({"sentences": [], "supporting_sentences": []}, "field 'sentences': expected some text"),
        ({"evidence": []}, "field 'evidence': expected one of id, claim, sentences"),
    ],
)
def test_a_wrong_claim_names_its_line_and_field(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text(json.dumps(ROW | change), encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read_claims(path)


def test_no_claims_and_one_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    for lines, found in (([], 0), ([ROW, ROW], 2)):
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        with pytest.raises(GoldError, match=f"at least one claim and no id twice, found {found}"):
            read_claims(path)


def test_wice_reads(shared: Path) -> None:
    claims = read_claims(shared / "data/wice/claims.jsonl")
    assert [sum(claim.label == label for claim in claims) for label in LABELS] == [115, 191, 43]
    # Of thirteen claims that are not supported somebody marked a sentence all the same.
    assert sum(bool(claim.marked) for claim in claims) == 115 + 191 + 13
    assert abs(sum(half_of(claim.id) for claim in claims) / len(claims) - 0.5) < 0.1
