"""What the reader is trained on: an altered pair is really altered, what still answers keeps its span."""

import random
from collections.abc import Callable

import pytest

from training.examples import Example, says, without_answer
from training.near_misses import (
    Alter,
    Names,
    asked_names,
    models,
    name_phrases,
    near_misses,
    negated,
    neighbour_name,
    other_name,
    other_number,
    renamed_passage,
    sibling_word,
)
from training.siblings import SIBLINGS
from training.supporting import plain, sentence_pairs, stated_pairs

FERRY = (
    "The ferry Aurora was built in Gdansk in 2012. Her crew of thirty comes from the islands around Sandholm. "
    "Captain Ada Finch has commanded her since 2019, and before that she served on the freighter Borealis. "
    "On summer days the ship crosses the bay four times, and on winter days only twice, weather permitting. "
    "The harbour office of Sandholm sells the tickets, and the library of Port Ellen keeps the old timetables."
)
BRIDGE = "The harbour bridge of Vesterby was opened by Mayor Olga Lind in 1931. It is 420 metres long."


def example(question: str, answer: str, passage: str = FERRY, *, group: str = "Aurora") -> Example:
    start = passage.index(answer)
    return Example(question, passage, start, start + len(answer), "squadshifts-wiki", group)


BUILT = example("Where was the Aurora built in 2012?", "Gdansk")
CAPTAIN = example("Who is the first captain of the Aurora?", "Ada Finch")
OPENED = example("Who opened the bridge of Vesterby?", "Mayor Olga Lind", BRIDGE, group="Vesterby")
SOLD = example("What does the harbour office of Sandholm sell?", "the tickets")
ALL = [BUILT, CAPTAIN, OPENED, SOLD]


@pytest.mark.parametrize(
    ("alter", "of", "lost"),
    [
        (other_name(Names(ALL)), OPENED, "Vesterby"),
        (neighbour_name, BUILT, "Aurora"),
        (other_number, BUILT, "2012"),
        (sibling_word, CAPTAIN, ""),
        (negated, BUILT, ""),
    ],
)
def test_an_altered_question_is_another_one_without_a_span(alter: Alter, of: Example, lost: str) -> None:
    found = alter(of, random.Random(1))
    assert found is not None
    assert (found.start, found.end, found.answer) == (None, None, "")
    assert found.passage == of.passage
    assert found.question != of.question
    if lost:
        assert lost in of.question
        assert lost not in found.question


def test_another_year_is_not_in_the_passage() -> None:
    for seed in range(30):
        found = other_number(BUILT, random.Random(seed))
        if found is not None:
            year = found.question.removeprefix("Where was the Aurora built in ").rstrip("?")
            assert year.isdigit()
            assert year not in FERRY


def test_a_negation_is_put_once() -> None:
    found = negated(BUILT, random.Random(1))
    assert found is not None
    assert found.question == "Where wasn't the Aurora built in 2012?"
    assert negated(found, random.Random(1)) is None


def test_names_are_found_in_lower_case_questions_too() -> None:
    asked = example("who commands the aurora since 2019", "Ada Finch")
    assert asked_names(asked) == ["Aurora"]
    assert name_phrases("The Port of Sandholm, and Ada Finch.") == ["Port of Sandholm", "Ada Finch"]


def test_a_renamed_passage_no_longer_has_the_name() -> None:
    found = renamed_passage(Names(ALL))(OPENED, random.Random(1))
    assert found is not None
    assert found.question == OPENED.question
    assert "Vesterby" not in found.passage


def test_a_made_up_model_is_answered_and_its_sibling_is_not() -> None:
    pairs = [list(models(BUILT, random.Random(seed))) for seed in range(20)]
    made = [pair for pair in pairs if pair]
    assert made
    for same, sibling in made:
        assert same.answer == "Gdansk"
        assert same.passage == sibling.passage
        assert "Aurora" not in same.passage + same.question
        assert sibling.start is None
        assert same.question != sibling.question


def test_a_passage_without_its_answer() -> None:
    found = without_answer(BUILT)
    assert found is not None
    assert "Gdansk" not in found.passage
    assert found.passage == FERRY[FERRY.index("Her crew") :]
    # It stands in another sentence too.
    assert without_answer(example("Which town?", "Sandholm")) is None
    # Too little would be left.
    assert without_answer(OPENED) is None


def test_says_looks_for_the_words_in_a_row() -> None:
    assert says("It was built in\nGdansk in 2012", "gdansk IN")
    assert not says("in Gdansk", "Gdansk in")


def test_the_sizes_are_kept_and_the_same_seed_gives_the_same() -> None:
    sizes = dict.fromkeys(["name", "neighbour", "number", "sibling", "negated", "renamed", "model"], 1)
    once, again = (near_misses(ALL, sizes=sizes, seed=3) for _ in range(2))
    assert once == again
    assert len(once) <= 8


def test_siblings_are_never_the_word_itself() -> None:
    assert all(word not in others and others for word, others in SIBLINGS.items())


@pytest.mark.parametrize("make", [stated_pairs, sentence_pairs])
def test_support_pairs_have_both_labels(make: Callable[..., list[object]]) -> None:
    pairs = make([OPENED, CAPTAIN, BUILT] * 5, size=30, seed=1)
    assert {pair.supported for pair in pairs} == {True, False}  # type: ignore[attr-defined]


def test_a_statement_is_made_of_a_question_and_its_answer() -> None:
    (true, *_) = stated_pairs([OPENED], size=1, seed=1)
    assert true.claim == "Mayor Olga Lind opened the bridge of Vesterby."
    assert true.quote == "The harbour bridge of Vesterby was opened by Mayor Olga Lind in 1931."


def test_tokenised_text_as_people_write_it() -> None:
    assert plain("Telemundo -LRB- a network -RRB- is n't English .") == "Telemundo (a network) isn't English."
