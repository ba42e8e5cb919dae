"""Searching: fusion computed by hand, what is refused, and an order that never changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EncoderMismatchError, InputError, QuestionError
from index.searching import DEPTH, LONGEST_QUESTION, Searcher, checked_question, fuse
from index.store import Store
from tests.fakes import WordEncoder, add_documents, make_document


def put(store: Store, *texts: str, collection: str = "default") -> None:
    """Add documents named 0, 1, 2 …"""
    documents = [make_document(text, name=str(number)) for number, text in enumerate(texts)]
    add_documents(store, documents, collection=collection)


def test_fusing_two_rankings_by_hand() -> None:
    # 7 is first and third, 8 second and first, 9 third in one only.
    assert fuse([7, 8, 9], [8, 1, 7]) == {
        7: 1 / 61 + 1 / 63,
        8: 1 / 62 + 1 / 61,
        9: 1 / 63,
        1: 1 / 62,
    }
    assert fuse() == fuse([], []) == {}


@given(st.lists(st.lists(st.integers(0, 20), unique=True, max_size=15), max_size=3))
def test_fusing_is_the_sum_over_the_rankings(rankings: list[list[int]]) -> None:
    keys = {key for ranking in rankings for key in ranking}
    assert fuse(*rankings) == {
        key: pytest.approx(sum(1 / (60 + ranking.index(key) + 1) for ranking in rankings if key in ranking))
        for key in keys
    }


def test_a_search_fuses_what_is_near_and_what_shares_words(store: Store, searcher: Searcher) -> None:
    put(store, "The tide rose.", "The tide and the wall and the gate.", "A crane.")
    hits = searcher.search("tide")
    # Both halves rank 0 before 1; 2 shares no word and is third by its cosine.
    assert [hit.document_name for hit in hits] == ["0", "1", "2"]
    assert [hit.score for hit in hits] == pytest.approx([1 / 61 + 1 / 61, 1 / 62 + 1 / 62, 1 / 63])
    assert [(hit.start, hit.end, hit.text) for hit in hits[:1]] == [(0, 14, "The tide rose.")]
    assert [hit.document_key for hit in hits] == [store.entry(hit.document_name).key for hit in hits]


def test_equal_scores_keep_the_order_in_which_they_were_added(store: Store, searcher: Searcher) -> None:
    put(store, *["The tide rose."] * 6)
    expected = [str(number) for number in range(6)]
    for _ in range(3):
        assert [hit.document_name for hit in searcher.search("tide")] == expected
    assert [hit.document_name for hit in Searcher(store, encoder=WordEncoder()).search("tide")] == expected


@pytest.mark.parametrize(
    "texts", [("Tide.", "Tide tide tide tide wall wall."), ("Tide tide tide tide wall wall.", "Tide.")]
)
def test_of_two_equals_the_one_added_first_makes_the_cut(
    store: Store, searcher: Searcher, texts: tuple[str, str]
) -> None:
    # One is nearer, the other has the word more often: each is first once and second once.
    put(store, *texts)
    both = searcher.search("tide")
    assert [hit.score for hit in both] == pytest.approx([1 / 61 + 1 / 62] * 2)
    assert [hit.text for hit in searcher.search("tide", k=1)] == [texts[0]]


@pytest.mark.parametrize("k", [1, 2, 5, DEPTH + 5, 1000])
def test_k_hits_and_no_more_than_there_are(store: Store, searcher: Searcher, k: int) -> None:
    put(store, *[f"The tide rose {number} times." for number in range(DEPTH + 10)])
    hits = searcher.search("tide", k=k)
    assert len(hits) == min(k, DEPTH + 10)
    assert [hit.document_name for hit in hits[:2]] == ["0", "1"][:k]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(searcher: Searcher, k: int) -> None:
    with pytest.raises(InputError, match=f"expected k of at least 1, found {k}"):
        searcher.search("tide", k=k)


@pytest.mark.parametrize("question", ["", " \n", "?!", "🙂", "\x00", "\ud800"])
def test_a_question_without_a_word_is_refused(searcher: Searcher, question: str) -> None:
    with pytest.raises(QuestionError, match="found nothing to search for"):
        searcher.search(question)


def test_an_overlong_question_is_refused_with_the_numbers(searcher: Searcher) -> None:
    assert len(checked_question("x" * LONGEST_QUESTION)) == 2000
    with pytest.raises(QuestionError, match="at most 2000 characters, found 2001"):
        searcher.search("x" * 2001)


def test_a_question_is_cleaned() -> None:
    assert checked_question(" \t What\x00rose?\n") == "What rose?"
    assert checked_question("tide \ud800") == "tide ?"


def test_an_empty_store_or_collection_has_no_hits(store: Store, searcher: Searcher) -> None:
    assert searcher.search("tide") == []
    put(store, "The tide rose.")
    assert searcher.search("tide", collection="other") == []
    store.remove("0")
    assert searcher.search("tide") == []


def test_a_collection_that_cannot_be_named_is_refused(searcher: Searcher) -> None:
    with pytest.raises(InputError, match="1 to 64 letters"):
        searcher.search("tide", collection="a/b")


def test_a_search_never_crosses_a_collection(store: Store, searcher: Searcher) -> None:
    put(store, "The tide rose.", collection="left")
    put(store, "The tide fell.", collection="right")
    assert [hit.text for hit in searcher.search("tide", collection="left")] == ["The tide rose."]
    assert [hit.text for hit in searcher.search("tide", collection="right")] == ["The tide fell."]


def test_what_was_deleted_or_replaced_is_not_found(store: Store, searcher: Searcher) -> None:
    put(store, "The tide rose.", "The wall held.")
    assert len(searcher.search("tide")) == 2
    store.remove("0")
    assert [hit.text for hit in searcher.search("tide")] == ["The wall held."]
    add_documents(store, [make_document("The tide fell.", name="1")])
    assert [hit.text for hit in searcher.search("tide")] == ["The tide fell."]


def test_another_encoder_is_refused_at_the_start_and_later(store: Store) -> None:
    early = Searcher(store, encoder=WordEncoder("other-words"))
    put(store, "The tide rose.")
    with pytest.raises(EncoderMismatchError, match="'fake-words'.*'other-words'"):
        Searcher(store, encoder=WordEncoder("other-words"))
    with pytest.raises(EncoderMismatchError, match="'fake-words'.*'other-words'"):
        early.search("tide")
