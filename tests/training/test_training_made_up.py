"""Pages that do not exist: what is asked for stands where the span says, or stands nowhere on the page."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.made_up import KINDS, SOURCE, Values, made_up_examples

FILLED = {"s", "he", "his", "child"}


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_every_second_question_is_answered_where_its_span_says(seed: int) -> None:
    answered, unanswered = made_up_examples(size=2, seed=seed)
    assert (answered.kind, unanswered.kind, unanswered.start) == ("fact", "no-fact", None)
    assert answered.answer
    assert answered.answer == answered.answer.strip()
    for pair in (answered, unanswered):
        assert pair.source == SOURCE
        # What the page is about is its title, and is asked of by its name.
        assert pair.title in pair.passage
        assert pair.title.lower() in pair.question.lower()
        assert "{" not in pair.passage + pair.question
        assert " a A" not in pair.passage


def test_what_is_asked_of_one_thing_is_not_found_at_another() -> None:
    pairs = made_up_examples(size=600, seed=2)
    born = [pair for pair in pairs if "When was" in pair.question and "born?" in pair.question]
    assert {pair.kind for pair in born} == {"fact", "no-fact"}
    for pair in born:
        place = pair.passage.find(f"{pair.title} (born"), pair.passage.find(f"{pair.title} ( born")
        assert pair.start is not None or max(place) < 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.leads[0][:40])
def test_every_place_that_is_asked_for_can_be_filled_and_is_said(kind: object) -> None:
    values = Values(random.Random(1), kind.subject)  # type: ignore[attr-defined]
    said = {slot for text in (*kind.leads, *kind.more) for _, slot, _, _ in string.Formatter().parse(text) if slot}  # type: ignore[attr-defined]
    assert set(kind.asks) <= said  # type: ignore[attr-defined]
    assert all(values[slot] for slot in said | FILLED)


def test_a_town_is_the_same_wherever_a_page_speaks_of_it() -> None:
    values = Values(random.Random(3), "person")
    town = values["town"]
    assert values["club"].startswith(town)
    assert values["town"] == town


def test_the_same_seed_gives_the_same() -> None:
    assert made_up_examples(size=20, seed=4) == made_up_examples(size=20, seed=4)
