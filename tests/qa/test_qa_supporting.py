"""The weighed judge: each signal counts on its own side, chances are chances, and quotes that complete each other are found."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.supporting import SIGNALS, WeighedJudge, complementary, signals
from qa.verifying import LEAST_JUDGED
from tests.qa.making import TableJudge

CLAIM = "The third ferry carried 50 people to Tern Island."


def test_the_signals_of_a_quote() -> None:
    quotes = [CLAIM, "A ferry did not carry people.", "Mud."]
    judge = TableJudge({"third": 1.0, "Mud": 0.5}, default=0.0)
    own, denied, mud = signals(CLAIM, quotes, judge)
    assert tuple(own) == SIGNALS
    assert own == {"words": 1.0, "missing": 0.0, "denied": 0.0, "head": 6.0}
    # Of third, ferry, carry, 50, people, tern, island it has three; it lacks 50, third, Tern and Island.
    assert denied == {"words": pytest.approx(3 / 7), "missing": 4.0, "denied": 1.0, "head": -6.0}
    # The network is not asked of a quote without a word in common.
    assert mud == {"words": 0.0, "missing": 4.0, "denied": 0.0, "head": -6.0}
    assert judge.asked == [(CLAIM, quotes[0]), (CLAIM, quotes[1])]


def test_every_signal_counts_on_its_own_side() -> None:
    right = "Fifty people were carried to Tern Island by the third ferry."
    sure, unsure = (WeighedJudge(TableJudge(default=chance)) for chance in (0.95, 0.05))
    quotes = [
        right,
        right.replace("Fifty", "Sixty"),
        right.replace("were carried", "were not carried"),
        "The third ferry.",
    ]
    best, *worse = sure.score(CLAIM, quotes)
    assert all(chance < best for chance in worse)
    assert unsure.score(CLAIM, [right])[0] < best
    assert best > LEAST_JUDGED


def test_no_quote_is_no_chance() -> None:
    assert WeighedJudge(TableJudge()).score(CLAIM, []) == []


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3), st.floats(0, 1))
def test_any_texts_have_chances(claim: str, quotes: list[str], believed: float) -> None:
    chances = WeighedJudge(TableJudge(default=believed)).score(claim, quotes)
    assert len(chances) == len(quotes)
    assert all(0.0 <= chance <= 1.0 for chance in chances)


WORDS = st.lists(st.sampled_from("ferry quay tern harbour open buy".split()), min_size=1, max_size=4).map(" ".join)


def test_quotes_complete_each_other() -> None:
    quotes = ["the ferry and the quay", "the ferry, the quay", "mud", "a tern", "the quay"]
    assert complementary("ferry quay tern", quotes, most=3) == [0, 3]
    assert complementary("ferry quay tern", quotes, most=1) == [0]
    assert complementary("harbour", quotes, most=3) == [0]
    assert complementary("harbour", [], most=3) == []


@given(WORDS, st.lists(WORDS, min_size=1, max_size=8), st.integers(1, 4))
def test_of_complementary_quotes_none_is_idle(claim: str, quotes: Sequence[str], most: int) -> None:
    places = complementary(claim, quotes, most=most)
    assert places == sorted(set(places))
    assert 1 <= len(places) <= most
    covered = [set(claim.split()) & set(quotes[place].split()) for place in places]
    if len(places) > 1:
        assert all(one - set().union(*(other for other in covered if other is not one)) or one for one in covered)
    assert max(len(one) for one in covered) == max(len(set(claim.split()) & set(quote.split())) for quote in quotes)
