"""Searching: fusion computed by hand, what is refused, and an order that never changes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import EncoderMismatchError, InputError, QuestionError
from index.searching import DEPTH, LONGEST_QUESTION, POINT_OF_BM25, Searcher, checked_question, fuse
from index.store import Store
from tests.fakes import WordEncoder, add_documents, make_document


def put(store: Store, *texts: str, collection: str = "default") -> None:
    """Add documents named 0, 1, 2 …"""
    documents = [make_document(text, name=str(number)) for number, text in enumerate(texts)]
    add_documents(store, documents, collection=collection)


def test_fusing_by_hand() -> None:
    # 7 and 8 are near and share words, 9 is only near, 1 only shares words: it counts as near as 9, the farthest.
    found = fuse({7: 0.9, 8: 0.5, 9: 0.2}, {8: 10.0, 1: 4.0, 7: 2.0})
    assert POINT_OF_BM25 == 0.0175
    assert found == {
        7: pytest.approx(0.9 + 2.0 * 0.0175),
        8: pytest.approx(0.5 + 10.0 * 0.0175),
        9: 0.2,
        1: pytest.approx(0.2 + 4.0 * 0.0175),
    }
    assert fuse({}, {1: 4.0}) == {1: pytest.approx(0.07)}
    assert fuse({7: -0.3}, {}) == {7: -0.3}
    assert fuse({}, {}) == {}


SCORES = st.dictionaries(st.integers(0, 20), st.floats(-1, 1), max_size=15)


@given(SCORES, st.dictionaries(st.integers(0, 20), st.floats(0, 40), max_size=15))
def test_whoever_is_nearer_and_shares_more_words_scores_more(cosines: dict[int, float], bm25: dict[int, float]) -> None:
    found = fuse(cosines, bm25)
    assert set(found) == set(cosines) | set(bm25)
    for one in found:
        for other in found:
            nearer = cosines.get(one, min(cosines.values(), default=0)) >= cosines.get(other, -2)
            if nearer and bm25.get(one, 0.0) >= bm25.get(other, 0.0) and other in cosines:
                assert found[one] >= found[other]
    # What shares no word is told apart by its cosine alone.
    assert all(found[key] == cosines[key] for key in cosines if key not in bm25)


def test_a_search_fuses_what_is_near_and_what_shares_words(store: Store, searcher: Searcher) -> None:
    put(store, "The tide rose.", "The tide and the wall and the gate.", "A crane.")
    hits = searcher.search("tide")
    assert [hit.document_name for hit in hits] == ["0", "1", "2"]
    # One word of three, and one against three 'the', two 'and' and two more: 1 / √3 and 1 / √16.
    words = dict(store.lexical("tide", collection="default", limit=9))
    cosines = [1 / math.sqrt(3), 1 / 4, 0.0]
    assert [words.get(hit.passage_key, 0.0) > 0 for hit in hits] == [True, True, False]
    assert [hit.score for hit in hits] == pytest.approx(
        [cosine + 0.0175 * words.get(hit.passage_key, 0.0) for cosine, hit in zip(cosines, hits, strict=True)], abs=1e-6
    )
    assert [(hit.start, hit.end, hit.text) for hit in hits[:1]] == [(0, 14, "The tide rose.")]
    assert [hit.document_key for hit in hits] == [store.entry(hit.document_name).key for hit in hits]


def test_how_near_a_text_is_by_itself(store: Store, searcher: Searcher) -> None:
    # One shared word, of one and of three different ones; WordEncoder's vectors are counts of words made unit.
    assert searcher.cosine("tide", "The tide rose.") == pytest.approx(1 / math.sqrt(3))
    assert searcher.cosine("tide", "A crane.") == 0.0
    assert searcher.cosine("tide", "   \n") == 0.0
    assert searcher.cosine("tide", "tide") == pytest.approx(1.0)


def test_equal_scores_keep_the_order_in_which_they_were_added(store: Store, searcher: Searcher) -> None:
    put(store, *["The tide rose."] * 6)
    expected = [str(number) for number in range(6)]
    for _ in range(3):
        assert [hit.document_name for hit in searcher.search("tide")] == expected
        assert [hit.document_name for hit in searcher.search("tide", k=2)] == expected[:2]
    assert [hit.document_name for hit in Searcher(store, encoder=WordEncoder()).search("tide")] == expected


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


def test_how_alike_the_passages_of_a_collection_are_and_nothing_is_written_for_a_name_alone(
    store: Store, searcher: Searcher
) -> None:
    put(store, "tide", "tide", "wall", collection="sea")
    assert searcher.likeness("sea") == pytest.approx(1 / 3)
    before = sorted(store.folder.iterdir())
    assert searcher.likeness("nobody's") == 1.0
    assert sorted(store.folder.iterdir()) == before


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
