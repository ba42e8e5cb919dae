"""Independent sources: reprints share a number, two reporters of one event do not."""

from hypothesis import given
from hypothesis import strategies as st

from qa.sources import REPRINT, SHINGLE, independent_sources, is_reprint
from tests.qa.making import PATIENT

STORY = (
    "The harbour council voted on Tuesday to dredge the northern channel before winter. Work will cost four million crowns "
    "and take nine weeks, the harbour master said. Ferries will use the southern channel until it is done."
)
OTHER = (
    "Dredgers are to clear the harbour's north channel this autumn after a council vote. Until then the ferries sail south "
    "of the island. The harbour master put the bill at four million crowns."
)


def test_a_reprint_shares_the_number_of_what_it_reprints() -> None:
    reprint = (
        f"LOCAL DESK. {STORY.replace('voted on Tuesday', 'decided this week')} Subscribe for more of our stories today."
    )
    assert independent_sources({7: STORY, 3: OTHER, 9: reprint}) == {7: 1, 3: 2, 9: 1}


def test_an_excerpt_and_a_copy_in_other_letters_are_reprints() -> None:
    excerpt = STORY[: len(STORY) // 2]
    assert independent_sources({1: STORY, 2: excerpt, 3: STORY.upper(), 4: ""}) == {1: 1, 2: 1, 3: 1, 4: 2}


def test_texts_without_words_are_sources_of_their_own() -> None:
    assert independent_sources({}) == {}
    assert independent_sources({1: "", 2: "…", 3: "👩‍👩‍👧"}) == {1: 1, 2: 2, 3: 3}
    assert independent_sources({1: "two words", 2: "Two words", 3: "others"}) == {1: 1, 2: 1, 3: 2}


def test_half_of_the_shorter_one_is_enough() -> None:
    assert is_reprint(frozenset({1, 2}), frozenset({2, 3, 4, 5})) == (REPRINT <= 1 / 2)
    assert not is_reprint(frozenset({1, 2, 6}), frozenset({2, 3, 4, 5}))
    assert not is_reprint(frozenset(), frozenset())


def slowly_shared(one: str, other: str) -> float:
    """The part of the shorter text's word sequences that the other has, read off one by one."""
    runs = []
    for text in (one, other):
        found = text.lower().split()
        runs.append({tuple(found[at : at + SHINGLE]) for at in range(max(1, len(found) - SHINGLE + 1))})
    smaller, larger = sorted(runs, key=len)
    return sum(run in larger for run in smaller) / len(smaller)


@PATIENT
@given(*[st.lists(st.sampled_from("abc"), min_size=SHINGLE, max_size=12).map(" ".join)] * 2)
def test_reprints_by_a_slow_count(one: str, other: str) -> None:
    found = independent_sources({1: one, 2: other})
    assert found == {1: 1, 2: 1 if slowly_shared(one, other) >= REPRINT else 2}
    assert independent_sources({2: other, 1: one})[1] == found[2]
