"""Follow-ups become questions of their own; what stands alone is not touched."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.searching import LONGEST_QUESTION
from qa.following import Turn, standalone
from qa.places import is_place

SHARES = "How much did Alibaba's US shares rise?"
PARAMETERS = "How many parameters does Qwen3-Max have?"
FERRY = "When was the ferry company founded?"
TOWER = "How tall is the Eiffel Tower?"

# Earlier turns (users' and answers in turn), the follow-up, the question of its own.
DIALOGUES = [
    # A place takes a place's place, with its preposition where both have one.
    ([SHARES], "and in Hong Kong?", "How much did Alibaba's Hong Kong shares rise?"),
    (["How much did shares rise in New York?"], "and in Hong Kong?", "How much did shares rise in Hong Kong?"),
    (["How many ships are in the UK?"], "What about France?", "How many ships are in France?"),
    ([SHARES], "and its Hong Kong shares?", "How much did Alibaba's Hong Kong shares rise?"),
    (["How much did shares rise?"], "and in Tokyo?", "How much did shares rise in Tokyo?"),
    # A date takes a date's.
    (["How much did revenue grow in 2023?"], "What about 2024?", "How much did revenue grow in 2024?"),
    (["How much did revenue grow in 2023?"], "2024?", "How much did revenue grow in 2024?"),
    (["How much did revenue grow?"], "How about 2024?", "How much did revenue grow in 2024?"),
    (["How much did revenue grow?"], "and since 2020?", "How much did revenue grow since 2020?"),
    (
        ["What did the council decide in May 2023?"],
        "And in June 2024?",
        "What did the council decide in June 2024?",
    ),
    (["Does the museum open on Monday?"], "How about Sunday?", "Does the museum open on Sunday?"),
    (["Does the museum open?"], "and on Wednesday?", "Does the museum open on Wednesday?"),
    (
        [SHARES],
        "and the Hong Kong shares in 2024?",
        "How much did Alibaba's Hong Kong shares rise in 2024?",
    ),
    # A name takes a name's, one that is made like it.
    ([PARAMETERS], "And Qwen3-Omni?", "How many parameters does Qwen3-Omni have?"),
    ([TOWER], "Big Ben?", "How tall is Big Ben?"),
    ([TOWER], "and the Louvre?", "How tall is the Louvre?"),
    (["When did Jack Ma leave Alibaba?"], "and Joe Tsai?", "When did Joe Tsai leave Alibaba?"),
    (["When did Jack Ma leave Alibaba?"], "and Tencent?", "When did Jack Ma leave Tencent?"),
    # Neither: 'the …' for 'the …', else it is appended.
    ([FERRY], "What about the lighthouse?", "When was the lighthouse founded?"),
    (["When was Qwen3-Max released?"], "What about the price?", "When was Qwen3-Max released, the price?"),
    # A bare asking word.
    (["When was the lighthouse built?"], "And where?", "Where was the lighthouse built?"),
    (["Did Alibaba raise its budget?"], "Why?", "Why did Alibaba raise its budget?"),
    # A pronoun is the main name of the question …
    ([PARAMETERS], "How much did it cost?", "How much did Qwen3-Max cost?"),
    ([PARAMETERS], "Is this model free?", "Is Qwen3-Max free?"),
    ([PARAMETERS], "And when was that model released?", "When was Qwen3-Max released?"),
    ([TOWER], "How old is it?", "How old is the Eiffel Tower?"),
    ([TOWER], "Who built it and when did it open?", "Who built the Eiffel Tower and when did the Eiffel Tower open?"),
    ([TOWER], "What's its height in feet?", "What's the Eiffel Tower's height in feet?"),
    ([FERRY], "Who owned it?", "Who owned the ferry company?"),
    (["Where does Ada Finch live?"], "Who pays her?", "Who pays Ada Finch?"),
    (["Where does Ada Finch live?"], "Who sold her house?", "Who sold Ada Finch's house?"),
    # … or of its answer, where it asked for a name.
    (["Who founded Alibaba?", "Jack Ma founded Alibaba [1]."], "When was he born?", "When was Jack Ma born?"),
    (["Who founded Alibaba?", "Jack Ma founded Alibaba [1]."], "When was it founded?", "When was Alibaba founded?"),
    (["Which company made Qwen?", "Alibaba made Qwen [1]."], "What did it invest?", "What did Alibaba invest?"),
    (["Who keeps it?", "Its keeper is Ada Finch [1]."], "What was her salary?", "What was Ada Finch's salary?"),
    (["Who was Ada Finch?", "She kept the Granite Lighthouse [1]."], "Was she married?", "Was Ada Finch married?"),
    (["Who built the lighthouse?"], "How much did it cost?", "How much did the lighthouse cost?"),
    # One follow-up after another.
    (
        [SHARES, "9 % [1].", "and in Hong Kong?", "6 % [1]."],
        "and in London?",
        "How much did Alibaba's London shares rise?",
    ),
    ([SHARES, "", "and in Hong Kong?", ""], "What about Tencent?", "How much did Tencent's Hong Kong shares rise?"),
    ([PARAMETERS, "", "What did it cost?", ""], "And Qwen3-Omni?", "What did Qwen3-Omni cost?"),
]
ALONE = [
    "When was Rome founded?",
    "ferry timetable",
    "thanks",
    "And when was Rome founded?",
    "What does Tencent say about its plans?",
    "Is it true that Tencent cut spending?",
    "How long does it take to cross the bay?",
    "What is the IT budget?",
    "And who is the chief executive?",
    "and?",
    "???",
    "",
    "Tell me more",
    "In the year that the bridge was built, who was mayor?",
    # A pronoun whose noun the question has itself, or that stands for nobody.
    "What is the origin of the custom, and how did it spread?",
    "What prizes has the actor won for his films?",
    "A friend works there. Did she say when they close?",
    "Do young mothers need their doctors?",
    "If they ask for a permit, where do I get one?",
    "How much does it cost to build a house?",
    "Does it make sense to wait?",
    "Got it. What does a permit cost?",
]


def turns(texts: list[str]) -> list[Turn]:
    return [Turn("assistant" if number % 2 else "user", text) for number, text in enumerate(texts)]


@pytest.mark.parametrize(("earlier", "follow_up", "expected"), DIALOGUES)
def test_a_follow_up_becomes_a_question_of_its_own(earlier: list[str], follow_up: str, expected: str) -> None:
    history = turns(earlier)
    assert standalone(follow_up, history) == expected
    assert standalone(expected, history) == expected


@pytest.mark.parametrize("question", ALONE)
@pytest.mark.parametrize("earlier", [SHARES, PARAMETERS, FERRY])
def test_what_stands_alone_is_not_touched(question: str, earlier: str) -> None:
    assert standalone(question, turns([earlier])) == question


@pytest.mark.parametrize("question", [follow_up for _, follow_up, _ in DIALOGUES] + ALONE)
def test_without_history_nothing_is_touched(question: str) -> None:
    assert standalone(question, []) == question
    assert standalone(question, [Turn("assistant", "Jack Ma founded Alibaba [1].")]) == question


def test_a_result_that_is_too_long_is_not_used() -> None:
    long = "How many " + "very " * 390 + "large ships are in France?"
    assert len(long) < LONGEST_QUESTION
    assert standalone("and in 2024?", turns([long])).endswith("in France in 2024?")
    assert standalone("and in 2024?", turns(["x" * 10 + long + "y" * 30])) == "and in 2024?"


_LINES = [SHARES, PARAMETERS, FERRY, TOWER, *ALONE, *(follow_up for _, follow_up, _ in DIALOGUES)]
_ANSWERS = ["Jack Ma founded Alibaba [1].", "It was built in 1921 [1].", ""]


@example([("and in Hong Kong?", "Jack Ma founded Alibaba [1].")], "And Qwen3-Omni?")
@given(st.lists(st.tuples(st.sampled_from(_LINES), st.sampled_from(_ANSWERS)), max_size=4), st.sampled_from(_LINES))
def test_doing_it_twice_changes_nothing_more(earlier: list[tuple[str, str]], question: str) -> None:
    history = turns([text for pair in earlier for text in pair])
    once = standalone(question, history)
    assert standalone(once, history) == once


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=200))
def test_any_text_at_all_does_no_harm(earlier: list[str], question: str) -> None:
    assert len(standalone(question, turns(earlier))) <= max(LONGEST_QUESTION, len(question))


def test_places_are_known_in_any_case_and_with_an_article() -> None:
    assert all(is_place(name) for name in ("Hong Kong", "the UK", "U.S.", "UNITED STATES", "french"))
    assert not any(is_place(name) for name in ("Alibaba", "Jack Ma", ""))
