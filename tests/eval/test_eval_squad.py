"""SQuAD's measures against an oracle written from the published definition, on the sample and on all of squad2."""

import random
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import Case, Question, Result, RunRow, pair, read_corpus, read_gold, score, texts_of
from eval.answers import exact_match, f1
from eval.measures import measures_named
from eval.normalising import squad_words

NAMES = ("ExactMatch", "F1", "HasAnsExactMatch", "HasAnsF1", "NoAnsExactMatch", "NoAnsF1")


def oracle_normalise(text: str) -> str:
    """SQuAD 2.0: lower the text, drop ASCII punctuation, blank out a/an/the as whole words, squeeze white space."""
    lowered = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", lowered).split())


def oracle_f1(gold: str, predicted: str) -> float:
    """SQuAD 2.0: precision and recall over the multiset of tokens; without tokens on a side, equality."""
    gold_tokens, predicted_tokens = oracle_normalise(gold).split(), oracle_normalise(predicted).split()
    if len(gold_tokens) == 0 or len(predicted_tokens) == 0:
        return 1.0 if gold_tokens == predicted_tokens else 0.0
    same = sum(min(n, predicted_tokens.count(token)) for token, n in Counter(gold_tokens).items())
    if same == 0:
        return 0.0
    precision, recall = same / len(predicted_tokens), same / len(gold_tokens)
    return 2 * precision * recall / (precision + recall)


def oracle(questions: Sequence[Question], predictions: dict[str, str]) -> dict[str, float]:
    """The six figures of evaluate-v2.0, as shares; `has answer` means that the gold row lists one."""
    exact: dict[bool, list[float]] = {True: [], False: []}
    f1: dict[bool, list[float]] = {True: [], False: []}
    for question in questions:
        golds = [answer for answer in question.answers if oracle_normalise(answer)] or [""]
        predicted = predictions[question.id]
        has_answer = bool(question.answers)
        exact[has_answer].append(max(float(oracle_normalise(g) == oracle_normalise(predicted)) for g in golds))
        f1[has_answer].append(max(oracle_f1(gold, predicted) for gold in golds))

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    everything = (mean(exact[True] + exact[False]), mean(f1[True] + f1[False]))
    apart = (mean(exact[True]), mean(f1[True]), mean(exact[False]), mean(f1[False]))
    return dict(zip(NAMES, everything + apart, strict=True))


def corrupted(question: Question, texts: dict[str, str], *, dice: random.Random) -> str:
    """A prediction as a system might make it: right, cut, padded, from elsewhere in the passage, or none."""
    words = texts[question.passage].split()
    start = dice.randrange(len(words))
    elsewhere = " ".join(words[start : start + dice.randrange(1, 7)])
    if not question.answers:
        return dice.choice(["", "", elsewhere])
    answer = dice.choice(question.answers)
    half = " ".join(answer.split()[: 1 + len(answer.split()) // 2])
    return dice.choice([answer, answer.upper() + "!", f"the {answer}", half, f"{answer} {elsewhere}", elsewhere, ""])


def as_case(question: Question, prediction: str) -> Case:
    """The prediction as an answer, or as a refusal where it is empty."""
    result = Result("answered", answer=prediction, short_answer=prediction) if prediction else Result("abstained")
    return Case(question, RunRow(question.id, result))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_squad2_figures_equal_the_official_definition_to_four_decimals(shared: Path, seed: int) -> None:
    questions = read_gold(shared / "data/squad2/gold.jsonl")
    texts = texts_of(read_corpus(shared / "data/squad2/corpus.jsonl"))
    dice = random.Random(seed)
    predictions = {question.id: corrupted(question, texts, dice=dice) for question in questions}
    figures = score([as_case(q, predictions[q.id]) for q in questions], measures_named(NAMES)).measures
    expected = oracle(questions, predictions)
    assert len(questions) == 1838
    for name in NAMES:
        assert round(figures[name].value, 4) == round(expected[name], 4), name
    assert 0.2 < expected["F1"] < 0.8  # the corruption leaves neither all right nor all wrong


@given(gold=st.text(max_size=30), predicted=st.text(max_size=30))
def test_any_pair_of_texts_scores_as_the_oracle_does(gold: str, predicted: str) -> None:
    question = Question("q", "?", answers=(gold,))
    case = Case(question, RunRow("q", Result("answered", short_answer=predicted, answer=predicted)))
    golds = gold if oracle_normalise(gold) else ""
    assert f1(case) == pytest.approx(oracle_f1(golds, predicted))
    assert exact_match(case) == float(oracle_normalise(golds) == oracle_normalise(predicted))


@given(st.text())
def test_normalised_words_are_the_oracles(text: str) -> None:
    assert list(squad_words(text)) == oracle_normalise(text).split()


def test_worked_example_by_hand(case_of: Callable[..., Case]) -> None:
    # Prediction {new, york, city}, gold {new, york}: precision 2/3, recall 1, F1 0.8.
    case = case_of({"status": "answered", "answer": "The New York City [1]."}, answers=("New York!",))
    assert exact_match(case) == 0.0
    assert f1(case) == pytest.approx(0.8)


def test_missing_and_failed_rows_are_wrong_even_where_silence_would_be_right(case_of: Callable[..., Case]) -> None:
    unanswerable = Question("u", "?", answerable=False)
    missing = pair([unanswerable], [])
    failed = (case_of({"status": "failed"}, answerable=False),)
    refused = (case_of({"status": "abstained"}, answerable=False),)
    values = [score(c, measures_named(["ExactMatch", "F1"])).measures for c in (missing, failed, refused)]
    assert [(v["ExactMatch"].value, v["F1"].value) for v in values] == [(0.0, 0.0), (0.0, 0.0), (1.0, 1.0)]
