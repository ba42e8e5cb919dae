"""Conflicts: different values of independent sources are sides; other words, other spans of time and reprints are not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.conflicts import COMPARABLE_SCORE, find_conflict
from qa.datatypes import Evidence, Sentence
from tests.qa.making import PATIENT, hostile_texts

BOATS = "How many boats did the ferry company run?"
COST = "How much did the boats cost?"

Row = tuple[int, str] | tuple[int, str, float]


def sides(question: str, *rows: Row) -> list[tuple[str, str, list[int]]]:
    """(value, qualifier, sources) of every side; a row is (source, sentence[, score])."""
    evidence = []
    for number, (source, text, *score) in enumerate(rows, start=1):
        sentence = Sentence(number, str(number), f"{number}.txt", "", 0, len(text), text)
        evidence.append(Evidence(number, sentence, score[0] if score else 0.9, source))
    return [
        (side.value, side.qualifier, [item.source for item in side.evidence])
        for side in find_conflict(question, evidence)
    ]


def ran(number: str) -> str:
    return f"The ferry company ran {number} boats."


def test_independent_sources_with_different_values() -> None:
    assert sides(BOATS, (1, ran("two")), (2, ran("three"))) == [("two", "", [1]), ("three", "", [2])]


def test_the_best_supported_value_comes_first_and_a_lone_one_is_seen_to_be_one() -> None:
    rows = [(1, ran("two")), (2, ran("three")), (3, ran("3")), (4, ran("three") + " Really.")]
    assert sides(BOATS, *rows) == [("three", "", [2, 3, 4]), ("two", "", [1])]


def test_reprints_count_once() -> None:
    rows = [
        (1, ran("two")),
        (1, ran("two") + " Again."),
        (1, "Reprint: " + ran("two")),
        (2, ran("three")),
        (3, ran("3")),
    ]
    assert sides(BOATS, *rows) == [("three", "", [2, 3]), ("two", "", [1])]


def test_one_source_does_not_contradict_itself() -> None:
    assert sides(BOATS, (1, ran("two")), (1, ran("three"))) == []
    # Nor does it where another one repeats the value that it states first.
    assert sides(BOATS, (1, ran("two")), (2, ran("two")), (1, ran("three"), 0.8)) == []


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (COST, "The boats cost $53bn.", "The boats cost 53 billion dollars."),
        (COST, "The boats cost US$53 billion.", "The boats cost $53.4bn."),  # told with other precision
        (
            "How many people did the ferry carry?",
            "The ferry carried 1,980 people.",
            "The ferry carried about 2,000 people.",
        ),
        ("What percentage of boats sank?", "26 per cent of boats sank.", "Twenty-six percent of the boats sank."),
        (
            "When was the company founded?",
            "The company was founded in May 1921.",
            "The company was founded on 3 May 1921.",
        ),
        ("When was the company founded?", "The company was founded in May 1921.", "The company was founded in 1921."),
    ],
)
def test_the_same_value_in_other_words_is_no_conflict(question: str, one: str, other: str) -> None:
    assert sides(question, (1, one), (2, other)) == []


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # A change is no level.
        ("What is the company's market value?", "The market value reached $342 billion.", "The market value rose by $100 billion."),
        ("By how much did the market value rise?", "The market value rose by $100 billion.", "The market value rose to $342 billion."),
        # Another stretch of time.
        (
            "By how much did the shares rise after the announcement?",
            "The shares rose 9% after the announcement.",
            "The shares rose 107% year to date, after the announcement.",
        ),
        (COST, "The boats cost $53 million.", "The boats cost $4 million a year."),
        # Another unit, kind or thing.
        (COST, "The boats cost $53 billion.", "The boats cost 380 billion yuan."),
        (COST, "The boats cost $53 billion.", "The boats cost 20% of the income."),
        (BOATS, ran("two"), "The ferry company ran five routes."),
        (BOATS, ran("two"), "Two thousand people enjoyed its boats."),
        # What the question says itself is no answer.
        ("Which boats ran in 1921, and when?", "They ran in 1921.", "They ran in 1922."),
        # No figure or date is asked for.
        ("Who founded the company?", "Ada founded 2 companies.", "Eve founded 3 companies."),
        ("Why did 2 boats sink?", "2 boats sank of rust.", "3 boats sank of rust."),
    ],
)  # fmt: skip
def test_figures_of_different_things_are_no_conflict(question: str, one: str, other: str) -> None:
    assert sides(question, (1, one), (2, other)) == []
    assert sides(question, (1, other), (2, one)) == []


def test_dates_disagree() -> None:
    rows = [(1, "The company was founded in May 1921."), (2, "The company was founded in June 1921.")]
    assert sides("When was the company founded?", *rows) == [("May 1921", "", [1]), ("June 1921", "", [2])]
    rows = [(1, "The company was founded in 1921."), (2, "The company was founded in 1922.")]
    assert sides("When was the company founded?", *rows) == [("1921", "", [1]), ("1922", "", [2])]


def test_bounds_belong_to_the_value_and_places_tell_sides_apart() -> None:
    rows = [
        (1, "The shares jumped more than 9% in the United States."),
        (2, "The shares jumped over 6% in Hong Kong today."),
    ]
    assert sides("By how much did the shares jump?", *rows) == [
        ("more than 9%", "United States", [1]),
        ("over 6%", "Hong Kong", [2]),
    ]
    rows = [(1, "In the U.S. Acme’s shares jumped 9%."), (2, "Acme’s Tokyo-listed shares jumped almost 6%.")]
    assert sides("By how much did the shares of Acme jump?", *rows) == [("9%", "", [1]), ("almost 6%", "Tokyo", [2])]


def test_a_place_that_both_sides_name_tells_nothing() -> None:
    rows = [(1, "In Norway the boats cost $5 million."), (2, "The boats cost $9 million in Norway.")]
    assert sides(COST, *rows) == [("$5 million", "", [1]), ("$9 million", "", [2])]


def test_a_sentence_that_scores_far_less_may_be_about_something_else() -> None:
    floor = 0.9 * COMPARABLE_SCORE
    assert len(sides(BOATS, (1, ran("two"), 0.9), (2, ran("three"), floor))) == 2
    assert sides(BOATS, (1, ran("two"), 0.9), (2, ran("three"), floor - 0.01)) == []


def test_without_evidence_there_is_no_conflict() -> None:
    assert find_conflict(BOATS, []) == []


@PATIENT
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), max_size=6))
def test_sides_by_a_slow_count(rows: list[tuple[int, int]]) -> None:
    """With whole numbers apart from one another, sides are values; a value whose sources all gave an earlier one is none."""
    values = [10 * 2**value for _, value in rows]
    found = sides(BOATS, *((source, ran(str(value))) for (source, _), value in zip(rows, values, strict=True)))
    sources = {
        value: {source for (source, _), other in zip(rows, values, strict=True) if other == value} for value in values
    }
    ordered = list(dict.fromkeys(values))
    expected = []
    for place, value in enumerate(ordered):
        earlier = set().union(*(sources[other] for other in ordered[:place]))
        if not sources[value] <= earlier:
            expected.append(value)
    expected.sort(key=lambda value: (-len(sources[value]), ordered.index(value)))
    shown = [(int(value), set(cited)) for value, _, cited in found]
    assert shown == ([(value, sources[value]) for value in expected] if len(expected) > 1 else [])


@PATIENT
@given(hostile_texts(pieces=3), st.lists(hostile_texts(pieces=3), max_size=4))
def test_any_question_and_any_evidence(question: str, texts: list[str]) -> None:
    found = sides(question, *enumerate(texts, start=1))
    assert len(found) != 1
    for value, qualifier, sources in found:
        assert len(set(sources)) == len(sources)
        assert all(value in texts[sources[0] - 1] or value in text for text in texts if value in text)
        assert qualifier == "" or any(qualifier in text for text in texts)


def test_long_sentences_take_linear_time() -> None:
    began = time.process_time()
    long = " ".join(f"{n} boats" for n in range(20_000, 25_000)) + " Aa" * 30_000
    assert len(sides(BOATS, (1, f"It ran 7 boats of {long}"), (2, f"It ran 9 boats of {long}"))) in {0, 2}
    assert time.process_time() - began < 8
