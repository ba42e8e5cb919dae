"""Denials: a sentence against quotes that say the opposite, that deny something else, or that say nothing of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.negation import contradicted, read_clauses
from qa.terms import stem

BOTH = "Ada bought the Tern but not the Gull."
APART = "Ada bought the Tern. She did not buy the Gull."
QUAY = "The ferry is open, though the quay is not open to cars."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The ferry is not open.", "The ferry is open."),
        ("The ferry is open.", "The ferry is not open."),
        ("The ferry isn’t cheap.", "The ferry is cheap."),
        ("The ferry does not run on Sundays.", "The ferry runs daily except on Sundays."),
        ("The town has a harbour.", "The town has no harbour."),
        ("The town has no harbour.", "The town has a harbour."),
        ("Neither boat sank.", "Both boats sank."),
        ("He sold the boat.", "He denied that he had sold the boat."),
        ("Ada founded it with help.", "Ada founded it without help."),
        ("The quay is open to cars.", QUAY),
        ("Ada bought the Gull.", BOTH),
        ("Ada did not buy the Tern.", BOTH),
        ("Ada did not buy the Tern.", APART),
        ("Fares fell by 5 % in May.", "Fares rose by 5 % in May."),
        ("The line made a loss in 1921.", "In 1921 the line made a profit."),
        ("It stands on the southern quay.", "It stands on the eastern quay."),
        ("The Tern is the largest boat.", "The Tern is the smallest boat."),
    ],
)
def test_the_opposite_of_a_quote_is_contradicted(sentence: str, quote: str) -> None:
    assert contradicted(sentence, [quote]) != []


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The ferry is open.", QUAY),
        ("The quay is not open to cars.", QUAY),
        ("Ada bought the Tern.", BOTH),
        ("Ada did not buy the Gull.", BOTH),
        ("Ada bought the Tern.", APART),
        ("Ada did not buy the Gull.", APART),
        ("The bridge opened in 1921.", "The bridge did not open until 1921."),
        ("The bridge never opened.", "The bridge failed to open."),
        ("The town lacks a harbour.", "The town has no harbour."),
        ("He denied that he sold the boat.", "He said he had not sold the boat."),
        (
            "He did not accept the offer.",
            "He rejected the offer.",
        ),  # 'accept' does not stand in the quote: not for rules
        ("The boat carried no more than 50 people.", "The boat carried up to 50 people."),
        ("The boat is not only fast, it is cheap.", "The boat is fast and cheap."),
        ("The Tern, which is not new, has two decks.", "The Tern has two decks. It is not new."),
        ("No. 5 was sold.", "Boat 5 was sold."),
        ("Fares did not fall.", "Fares rose."),
        ("Fares fell in June.", "Fares rose in May and fell in June."),
        ("Fares jumped by 5 %.", "Fares surged by 5 %."),
        ("The museum closed in 2010.", "The museum, which opened in 1990, was shut in 2010."),
        ("No, the boat sank.", "The boat sank."),
        ("The boat sank.", ""),
        ("", "The boat did not sink."),
    ],
)
def test_what_a_quote_denies_elsewhere_or_says_in_other_words_is_not_contradicted(sentence: str, quote: str) -> None:
    assert contradicted(sentence, [quote]) == []


def test_the_words_that_stand_against_each_other_are_named() -> None:
    assert contradicted("The ferry is not open.", ["Mud.", "The ferry is open."]) == ["open"]


def test_a_clause_knows_what_it_denies_and_leans_on_the_one_before_where_it_begins_with_a_denial() -> None:
    first, second = read_clauses(BOTH)
    assert (first.stems, first.denied, first.heads) == ({"ada", "buy", "tern"}, frozenset(), frozenset())
    assert (second.stems, second.denied, second.heads) == ({"ada", "buy", "tern", "gull"}, {"gull"}, {"gull"})


WORDS = st.sampled_from("ferry quay tern harbour open buy sink carry town people".split())


@given(st.lists(WORDS, min_size=1, max_size=12))
def test_nothing_contradicts_itself_and_a_denial_always_its_opposite(words: list[str]) -> None:
    sentence = f"The {' '.join(words)}."
    assert contradicted(sentence, [sentence]) == contradicted(f"No {sentence[4:]}", [f"No {sentence[4:]}"]) == []
    assert stem(words[0]) in contradicted(f"No {sentence[4:]}", [sentence])


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_can_be_read(sentence: str, quotes: list[str]) -> None:
    assert contradicted(sentence, quotes) == contradicted(sentence, quotes)
