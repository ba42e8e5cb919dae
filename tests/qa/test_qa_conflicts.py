"""Conflicts: different values of independent sources are sides; other words, other spans of time and reprints are not."""

import math
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Span
from qa.claims import LONGEST_PHRASE
from qa.comparing import FITTED, SIGNALS
from qa.conflicts import against_loaded, find_conflict
from qa.datatypes import Evidence, Sentence
from tests.qa.making import PATIENT, hostile_texts

BOATS = "How many boats did the ferry company run?"
COST = "How much did the boats cost?"

WHO = "Who kept the lighthouse?"

Row = tuple[int, str] | tuple[int, str, float] | Evidence
# Where every sentence begins in its document.
BEGIN = 100


def said(
    source: int, text: str, mark: str = "", *, score: float = 0.9, title: str = "", before: str = "", key: int = 0
) -> Evidence:
    """A sentence of a source, in the document `key` or else in one of its own, in which the reader marks something."""
    at = BEGIN + text.index(mark)
    marked = Span(at, at + len(mark)) if mark else None
    key = key or source
    sentence = Sentence(key, str(key), f"{key}.txt", title, BEGIN, BEGIN + len(text), text, before, marked=marked)
    return Evidence(0, sentence, score, source)


def sides(question: str, *rows: Row) -> list[tuple[str, str, list[int]]]:
    """(value, qualifier, sources) of every side; a row is evidence or (source, sentence[, score])."""
    evidence = []
    for number, row in enumerate(rows, start=1):
        item = row if isinstance(row, Evidence) else said(row[0], row[1], score=row[2] if len(row) > 2 else 0.9)
        evidence.append(replace(item, number=number))
    return [
        (side.value, side.qualifier, [item.source for item in side.evidence])
        for side in find_conflict(question, evidence, visible=lambda key: "")
    ]


# Only what the reader makes of the other value counts: at even odds it is a side, a third from 0.3 on; beside a loaded one
# at a quarter, which an odds ratio of three makes even.
PLAIN = {
    "bias": 0.0,
    "weights": {name: float(name == "likely") for name in SIGNALS},
    "loaded": math.log(3.0),
    "threshold": 0.5,
    "further": 0.3,
}


@pytest.fixture(autouse=True)
def plain_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests hold whatever was fitted."""
    for name, value in PLAIN.items():
        monkeypatch.setitem(FITTED, name, value)


def ran(number: str) -> str:
    return f"The ferry company ran {number} boats."


def test_independent_sources_with_different_values() -> None:
    assert sides(BOATS, (1, ran("two")), (2, ran("three"))) == [("two", "", [1]), ("three", "", [2])]


def test_the_best_supported_value_comes_first_and_a_lone_one_is_seen_to_be_one() -> None:
    rows = [(1, ran("two")), (2, ran("three")), (3, ran("3")), (4, ran("three") + " Really.")]
    assert sides(BOATS, *rows) == [("three", "", [2, 3, 4]), ("two", "", [1])]


def test_reprints_count_once() -> None:
    rows = [
        said(1, ran("two"), key=1),
        said(1, ran("two") + " Again.", key=4),
        said(1, "Reprint: " + ran("two"), key=5),
        said(2, ran("three")),
        said(3, ran("3")),
    ]
    assert sides(BOATS, *rows) == [("three", "", [2, 3]), ("two", "", [1])]


def test_a_reprint_with_another_value_was_corrected_or_tampered_with() -> None:
    assert sides(BOATS, said(1, ran("two"), key=1), said(1, ran("three"), key=2)) == [
        ("two", "", [1]),
        ("three", "", [1]),
    ]


def test_one_document_does_not_contradict_itself() -> None:
    assert sides(BOATS, (1, ran("two")), (1, ran("three"))) == []
    assert sides(BOATS, (1, "The ferry company ran two boats, later three boats.")) == []
    # Nor does it where another one repeats the value that it states first.
    assert sides(BOATS, (1, ran("two")), (2, ran("two")), (1, ran("three"), 0.8)) == []


def test_a_document_is_heard_for_its_likeliest_value_that_is_a_side() -> None:
    rows = [
        said(1, ran("two")),
        said(2, ran("three"), score=0.6),
        said(3, ran("five"), score=0.2, key=3),
        said(3, ran("six"), score=0.4, key=3),
        said(2, ran("seven"), score=0.5),
    ]
    # Six is said by one who also says five, which is no side; seven by one who is heard for three.
    assert [value for value, _, _ in sides(BOATS, *rows)] == ["two", "three", "six"]


def test_a_document_is_heard_twice_for_what_another_of_its_sentences_makes_likely() -> None:
    def later(item: Evidence) -> Evidence:
        return replace(item, sentence=replace(item.sentence, start=900, end=900 + len(item.sentence.text)))

    lead, first = said(1, ran("two")), said(2, ran("three"), score=0.8)
    assert [value for value, _, _ in sides(BOATS, lead, first, later(said(2, ran("six"), score=0.61)))] == [
        *("two", "three", "six")
    ]
    assert len(sides(BOATS, lead, first, later(said(2, ran("six"), score=0.59)))) == 2
    # Two figures of one sentence are figures of two things.
    assert len(sides(BOATS, lead, first, said(2, ran("six"), score=0.7))) == 2


def test_a_figure_over_a_stretch_of_time_answers_a_question_about_one() -> None:
    question = "How much did the boats cost over the past year?"
    rows = [(1, "The boats cost $4 million over the past year."), (2, "The boats cost $53 million.")]
    assert sides(question, *rows) == []
    assert len(sides(question, rows[0], (2, "Over the past year the boats cost $53 million."))) == 2


@pytest.mark.parametrize(
    "other",
    [
        "By our count from the daily listings, three boats ran.",
        "Three boats ran in the harbour for a year.",
        "Three boats ran within a week.",
        "By the yearly report (it is long) three boats ran.",
    ],
)
def test_a_rate_is_that_of_the_figure_beside_it(other: str) -> None:
    assert [value.lower() for value, _, _ in sides(BOATS, (1, ran("two")), (2, other))] == ["two", "three"]


@pytest.mark.parametrize("other", ["Three boats a day ran.", "On a monthly three boats ran."])
def test_a_rate_is_no_answer_where_none_is_asked_for(other: str) -> None:
    assert sides(BOATS, (1, ran("two")), (2, other)) == []


def test_values_of_a_list_contradict_too() -> None:
    rows = [(1, "The boats cost: $53 million."), (2, "Boats cost: $35 million.")]
    assert [value for value, _, _ in sides(COST, *rows)] == ["$53 million", "$35 million"]


def test_of_two_dates_the_end_answers_a_question_about_an_end() -> None:
    rows = [
        said(1, "Ada Finch (May 1890 – June 1941) kept it.", "May 1890 – June 1941"),
        said(2, "She died in July 1941.", "July 1941"),
    ]
    assert [value for value, _, _ in sides("When did Ada Finch die?", *rows)] == ["June 1941", "July 1941"]


def test_a_document_that_has_both_sentences_elsewhere_is_on_neither_side() -> None:
    three = said(1, ran("three"), key=1)
    two = replace(said(2, ran("two"), key=2), also=(three.sentence,))
    assert sides(BOATS, two, three) == []
    assert sides(BOATS, replace(two, also=()), three) == [("two", "", [2]), ("three", "", [1])]


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


def test_a_value_is_a_side_where_it_is_likely_enough_to_contradict() -> None:
    assert len(sides(BOATS, (1, ran("two"), 0.9), (2, ran("three"), 0.51))) == 2
    assert sides(BOATS, (1, ran("two"), 0.9), (2, ran("three"), 0.49)) == []


def test_beside_two_that_contradict_each_other_a_third_takes_less() -> None:
    rows = [(1, ran("two"), 0.9), (2, ran("three"), 0.6), (3, ran("five"), 0.31), (4, ran("six"), 0.29)]
    assert [value for value, _, _ in sides(BOATS, *rows)] == ["two", "three", "five"]
    assert sides(BOATS, rows[0], *rows[2:]) == []


def test_who_asks_for_a_name_is_told_the_one_that_the_document_has() -> None:
    lead = said(1, "Ada Finch kept the lighthouse.", "Ada Finch")
    vague = said(2, "An old sailor kept it.", "old sailor", score=0.8)

    def named(score: float) -> Evidence:
        return said(2, "Eve Stone kept it.", "Eve Stone", score=score)

    assert [value for value, _, _ in sides(WHO, lead, vague, named(0.5))] == ["Ada Finch", "Eve Stone"]
    # Not where the name is far less likely, nor where no name is asked for.
    assert [value for value, _, _ in sides(WHO, lead, vague, named(0.2))] == ["Ada Finch", "old sailor"]
    what = "What kept the lighthouse?"
    assert [value for value, _, _ in sides(what, lead, vague, named(0.5))] == ["Ada Finch", "old sailor"]


@pytest.mark.parametrize("loaded", ["Surprisingly, Ada Finch kept the lighthouse.", "The iconic Ada Finch kept it."])
def test_beside_a_loaded_value_the_two_likeliest_others_take_less(loaded: str) -> None:
    others = [
        said(number, f"{name} kept it.", name, score=0.3 - 0.01 * number)
        for number, name in ((2, "Eve Stone"), (3, "Ben Reed"), (4, "Amy Vance"))
    ]
    plain, lead = said(1, "Ada Finch kept the lighthouse.", "Ada Finch"), said(1, loaded, "Ada Finch")
    assert sides(WHO, plain, *others) == []
    assert [value for value, _, _ in sides(WHO, lead, *others)] == ["Ada Finch", "Eve Stone", "Ben Reed"]
    assert sides(WHO, lead, said(2, "Eve Stone kept it.", "Eve Stone", score=0.2)) == []
    # What the document says next may be loaded too, what another document says may not.
    beside = said(1, "Surprisingly, she was ten years old.", score=0.1)
    assert len(sides(WHO, plain, *others, beside)) == 3
    assert sides(WHO, plain, *others, said(5, "Surprisingly, she was ten years old.", score=0.1)) == []


@given(st.lists(st.floats(0.001, 0.999), max_size=6, unique=True), st.floats(0.0, 5.0))
def test_a_loaded_lead_raises_the_two_likeliest_and_leaves_the_others(chances: list[float], by: float) -> None:
    raised = against_loaded(chances, by=by)
    for before, after in zip(chances, raised, strict=True):
        if sum(other > before for other in chances) < 2:
            odds = before / (1 - before) * math.exp(by)
            assert after == pytest.approx(odds / (1 + odds))
        else:
            assert after == before


def test_without_evidence_there_is_no_conflict() -> None:
    assert find_conflict(BOATS, [], visible=str) == []


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


# --- what the reader marks -------------------------------------------------------------------------------------------


def kept(name: str) -> str:
    return f"{name} kept the lighthouse."


def test_names_disagree_where_they_are_marked() -> None:
    rows = [said(1, kept("Ada Finch"), "Ada Finch"), said(2, kept("Eve Stone"), "Eve Stone")]
    assert sides(WHO, *rows) == [("Ada Finch", "", [1]), ("Eve Stone", "", [2])]
    assert sides(WHO, rows[0], (2, kept("Eve Stone"))) == []  # not marked, not known to be an answer


def test_a_lone_source_against_several_is_shown_as_the_lone_one() -> None:
    rows = [
        said(1, kept("Ada Finch"), "Ada Finch"),
        said(2, kept("Eve Stone"), "Eve Stone"),
        said(3, kept("Eve M. Stone"), "Eve M. Stone"),
        said(4, "In 1921 Stone kept the light.", "Stone"),
    ]
    assert sides(WHO, *rows) == [("Eve Stone", "", [2, 3, 4]), ("Ada Finch", "", [1])]


def test_of_a_document_the_best_sentence_counts() -> None:
    rows = [
        said(1, kept("Ada Finch"), "Ada Finch"),
        said(2, kept("Ada Finch"), "Ada Finch"),
        said(2, "Then Eve Stone did.", "Eve Stone"),
        said(1, "Then Tom Reed did.", "Tom Reed"),
    ]
    assert sides(WHO, *rows) == []


def test_a_long_phrase_is_no_value() -> None:
    question = "What was the lighthouse built of?"
    words = "grey granite from the quarries of the northern isles"
    assert len(words.split()) == LONGEST_PHRASE + 1
    brick = said(1, "It was built of brick.", "brick")
    assert sides(question, brick, said(2, f"It was built of {words}.", words)) == []
    shorter = words.removesuffix(" isles")
    assert len(sides(question, brick, said(2, f"It was built of {words}.", shorter))) == 2


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (WHO, "Ada Finch", "Ada M. Finch"),
        (WHO, "Finch", "Ada Finch"),
        (WHO, "Ada Finch", "the lighthouse"),  # which the question says itself
        (WHO, "Ada Finch", "the"),
        ("What kind of film is it?", "gangster thriller", "British gangster thriller"),
        ("Where was she born?", "USA", "United States"),
        ("What is it worth?", "over 1 trillion", "more than one trillion"),
        ("What is it worth?", "$53 billion", "53 billion yuan"),
        ("What did it win?", "a cup", "5"),
    ],
)
def test_phrases_that_are_one_or_cannot_be_compared(question: str, one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        rows = [said(1, f"They say it was {first} then.", first), said(2, f"Others: {second}, then.", second)]
        assert sides(question, *rows) == []


@pytest.mark.parametrize(
    "question",
    [
        "Why did somebody keep the lighthouse?",
        "How did they keep the lighthouse?",
        "List the keepers of the lighthouse.",
        "Which keepers are known?",
        "Should I keep the lighthouse?",
    ],
)
def test_where_one_fact_is_no_answer_there_is_no_conflict(question: str) -> None:
    assert sides(question, said(1, kept("Ada"), "Ada"), said(2, kept("Eve"), "Eve")) == []


def test_a_marked_figure_counts_wherever_it_stands() -> None:
    boats = said(1, "The ferry company ran two boats and 30 buses.", "two boats")
    # The words of the question stand nowhere near; marked, it counts all the same.
    others = "In its third year the firm had 5 of them, or so."
    assert sides(BOATS, boats, said(2, others, "5 of them")) == [("two", "", [1]), ("5", "", [2])]
    assert sides(BOATS, boats, (2, others)) == []
    # Marked, one figure of a sentence counts, not the one near the question's words.
    other = said(2, "The ferry company ran two boats or, with the hired ones, 5.", "5")
    assert sides(BOATS, boats, other) == [("two", "", [1]), ("5", "", [2])]


def test_a_mark_over_something_else_is_no_figure() -> None:
    rows = [said(1, ran("two"), "The ferry company"), said(2, ran("three"), "boats")]
    assert sides(BOATS, *rows) == [("two", "", [1]), ("three", "", [2])]
    money = said(2, "The ferry company ran boats worth $5 million.", "$5 million")
    assert sides(BOATS, rows[0], money) == []


# --- what tells sides apart ------------------------------------------------------------------------------------------


def test_brackets_behind_the_thing_tell_its_kind() -> None:
    question = "Who starred in The Squeeze?"
    rows = [
        said(1, "It starred Stacy Keach.", "Stacy Keach", title="The Squeeze (1977 film)"),
        said(2, "The Squeeze (1987 film) starred Michael Keaton (as Harry).", "Michael Keaton"),
        said(3, "She starred Nia Long.", "Nia Long", before="The Squeeze (novel) was filmed."),
    ]
    assert sides(question, *rows) == [
        ("Stacy Keach", "1977 film", [1]),
        ("Michael Keaton", "1987 film", [2]),
        ("Nia Long", "novel", [3]),
    ]
    # Brackets behind something else say nothing of the thing.
    rows[1] = said(2, "The film (1987) starred Michael Keaton (as Harry).", "Michael Keaton")
    assert sides(question, *rows[:2])[1] == ("Michael Keaton", "", [2])


def test_the_date_that_a_value_holds_for() -> None:
    rows = [
        said(1, "The ferry company ran two boats (as of 2024)."),
        said(2, "As of May 2025, the ferry company ran three boats."),
    ]
    assert sides(BOATS, *rows) == [("two", "as of 2024", [1]), ("three", "As of May 2025", [2])]
    rows[1] = said(2, "The ferry company ran three boats, as of 2024.")
    assert [qualifier for _, qualifier, _ in sides(BOATS, *rows)] == ["", ""]


def test_a_place_that_only_one_side_names() -> None:
    rows = [said(1, "Ada Finch kept it in Port Ledger.", "Ada Finch"), said(2, kept("Eve Stone"), "Eve Stone")]
    assert sides(WHO, *rows) == [("Ada Finch", "Port Ledger", [1]), ("Eve Stone", "", [2])]


# --- anything --------------------------------------------------------------------------------------------------------


@PATIENT
@given(
    hostile_texts(pieces=3) | st.sampled_from([BOATS, COST, WHO]),
    st.lists(st.tuples(hostile_texts(pieces=3), st.integers(0, 40), st.integers(0, 40)), max_size=4),
)
def test_any_question_and_any_evidence(question: str, rows: list[tuple[str, int, int]]) -> None:
    texts = [text for text, _, _ in rows]
    found = sides(question, *(said(n, text, text[at : at + more]) for n, (text, at, more) in enumerate(rows, start=1)))
    assert len(found) != 1
    for value, qualifier, sources in found:
        assert len(set(sources)) == len(sources)
        assert all(value in texts[sources[0] - 1] or value in text for text in texts if value in text)
        assert qualifier == "" or any(qualifier in text for text in texts)
    assert not found or len({source for _, _, sources in found for source in sources}) > 1


def test_long_sentences_take_linear_time() -> None:
    began = time.process_time()
    long = " ".join(f"{n} boats" for n in range(20_000, 25_000)) + " Aa" * 30_000
    assert len(sides(BOATS, (1, f"It ran 7 boats of {long}"), (2, f"It ran 9 boats of {long}"))) in {0, 2}
    assert time.process_time() - began < 8


def test_another_office_is_no_side() -> None:
    asked = "Who is the chief technology officer of Tern?"
    cto = said(1, "The chief technology officer of Tern is Ada Finch.", "Ada Finch")
    assert sides(asked, cto, said(2, "Ole Berg, chief executive of Tern, sailed.", "Ole Berg")) == []
    other = said(2, "Ole Berg, CTO of Tern, sailed.", "Ole Berg")
    assert [value for value, _, _ in sides(asked, cto, other)] == ["Ada Finch", "Ole Berg"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("At what time did the first ferry leave?", ["7:30 a.m.", "8:15"]),
        ("When did the first ferry leave?", ["3 May 1921", "4 May 1921"]),
    ],
)
def test_an_hour_stands_against_an_hour_and_a_day_against_a_day(question: str, expected: list[str]) -> None:
    rows = [(1, "The first ferry left on 3 May 1921 at 7:30 a.m."), (2, "The first ferry left at 8:15 on 4 May 1921.")]
    assert [value for value, _, _ in sides(question, *rows)] == expected


def test_an_hour_told_in_another_way_is_no_conflict() -> None:
    rows = [(1, "The first ferry left at 7:30 p.m."), (2, "The first ferry left at 19:30 sharp.")]
    assert sides("At what time did the first ferry leave?", *rows) == []
