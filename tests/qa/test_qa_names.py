"""Names: how they are told from ordinary words by the way they are written, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.names import find_calendar, find_names, stands_in
from qa.terms import FUNCTION_WORDS
from tests.qa.making import PATIENT, hostile_texts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The boat of Ada Finch ran aground.", ["Ada", "Finch"]),
        ("Boats ran aground. After that boats did not.", []),  # seen in lower case; a function word
        ("However, they left. It rained! Why? Nobody knew.", ["Nobody"]),
        ("Alibaba’s shares and Claude's rivals", ["Alibaba", "Claude"]),
        ("the workers’ union and the Joneses' house", ["Joneses"]),
        (
            "Qwen3-Max beat GPT-4 and iPhone apps by JD.com, AT&T and O'Brien",
            ["Qwen3-Max", "GPT-4", "iPhone", "JD.com", "AT&T", "O'Brien"],
        ),
        ("shares of DAMO in the U.S. market and the US", ["DAMO", "U.S", "US"]),
        ("Cross-border trade grew", ["Cross-border"]),
        ("the sale in September on a Monday, said I", []),
        ("Ada met Ada in Oslo", ["Ada", "Oslo"]),
        ("Émile Zürcher and Ökonom Łukasz", ["Émile", "Zürcher", "Ökonom", "Łukasz"]),
        ("no names at all, only 53 boats", []),
        ("", []),
    ],
)
def test_what_is_written_as_a_name(text: str, names: list[str]) -> None:
    assert find_names(text) == names


def test_the_first_word_of_a_sentence_is_a_name_unless_it_is_seen_in_lower_case() -> None:
    assert find_names("Investors cheered.") == ["Investors"]
    assert find_names("Investors cheered.", lowercase_seen="what did investors do?") == []
    assert find_names("They saw Investors there.", lowercase_seen="investors") == ["Investors"]
    assert find_names('He said: "Investors cheered."', lowercase_seen="investors") == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ada", "it was ADA who left", True),
        ("Ada", "Adam left", False),
        ("Ada", "MacAda left", False),
        ("Qwen3-Max", "the qwen3-max model", True),
        ("U.S", "in the US", True),
        ("US", "in the U.S. market", True),
        ("AI", "artificial intelligence", True),
        ("IMF", "the International Monetary Fund", True),
        ("UN", "the Union of Nations", True),  # 'of' is passed over
        ("IBM", "International Business Partners", False),
        ("Oslo", "open source loans offered", False),  # initials stand for capitals only
        ("Ada", "it was _Ada_ who left", True),
        ("C++", "written in C++ by hand", True),
    ],
)
def test_where_a_name_stands(name: str, text: str, found: bool) -> None:
    assert stands_in(name, text) is found


def test_months_and_days_are_found_apart() -> None:
    text = "On Monday, and in Sept., he may march; March came, and May 5."
    assert find_calendar(text) == ["Monday", "Sept", "March", "May"]
    assert find_calendar(text, outside=[(text.index("May"), len(text))]) == ["Monday", "Sept", "March"]
    assert find_names(text) == []


@PATIENT
@given(hostile_texts())
def test_every_name_stands_in_its_own_text(text: str) -> None:
    for name in find_names(text):
        assert any(character.isupper() for character in name)
        assert stands_in(name, text)
    assert len(set(find_names(text))) == len(find_names(text))


LONE = st.from_regex(r"[A-Z][a-z]{2,8}(?:[A-Z][a-z]{1,4})?", fullmatch=True).filter(
    lambda word: word.lower() not in FUNCTION_WORDS and not find_calendar(word)
)


@PATIENT
@given(st.lists(LONE, min_size=1, max_size=5))
def test_capitalised_words_in_the_middle_of_a_sentence_are_names(names: list[str]) -> None:
    found = find_names("they met " + " and ".join(names) + "’s friends.")
    assert found == list(dict.fromkeys(names))
    assert find_names("they met " + " and ".join(names).lower() + ".") == []
