"""Passages: invariant 5 with hostile text, the encoder's window, and packing beside a slow oracle."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Document, Mask
from index.passages import blank_masks, split_passages, title_and_words, visible_text
from tests.fakes import WordEncoder, make_document

EMOJI = "👩‍👩‍👧 family. 🇳🇴 flag!"
COMBINING = "Cafe\u0301 Zu\u0308rich a\u0328\u0301 n\u0303."
RIGHT_TO_LEFT = "\u202bשלום עולם.\u202c مرحبا بالعالم! "
QUOTES = "He said: “She said: 'They said: \"It is «so».”'” Then he left."
HOSTILE = (
    EMOJI,
    COMBINING,
    RIGHT_TO_LEFT,
    QUOTES,
    "One.\r\nTwo.\r\n\r\nThree",
    "a\x00b. C\x00",
    "今天很好。",
    "x" * 700,
)


def citable(document: Document) -> set[int]:
    masked = {place for mask in document.masks for place in range(mask.start, mask.end)}
    return {place for place, sign in enumerate(document.text) if sign.isalnum() and place not in masked}


def check(document: Document, *, limit: int) -> None:
    """Everything that holds for the passages of any document."""
    encoder = WordEncoder(limit=limit)
    passages = split_passages(document, tokenizer=encoder)
    covered: set[int] = set()
    for passage in passages:
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert passage.words == slowly_blanked(document, passage.start, passage.end)
        embedded = title_and_words(document.title, passage.words)
        assert len(encoder.offsets([embedded])[0]) <= limit
        covered.update(range(passage.start, passage.end))
    assert citable(document) <= covered
    for before, after in zip(passages, passages[1:], strict=False):
        assert before.start < after.start
        assert before.end < after.end


def slowly_blanked(document: Document, start: int, end: int) -> str:
    masked = {place for mask in document.masks for place in range(mask.start, mask.end)}
    return "".join(" " if place in masked else document.text[place] for place in range(start, end))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of hostile pieces in any order, with masks anywhere, also in the middle of a word."""
    pieces = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    text = draw(st.sampled_from(["", " ", "\n", "\r\n\r\n"])).join(draw(st.lists(pieces, max_size=12)))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    masks = [Mask(a, b, "test") for a, b in zip(cuts, cuts[1:], strict=False) if draw(st.booleans())]
    title = " ".join(draw(st.lists(st.sampled_from(["Tide", "שלום", "a-b", "🙂"]), max_size=3)))
    return make_document(text, title=title, masks=masks)


@given(documents(), st.integers(14, 60))
def test_a_passage_is_what_stands_at_its_place(document: Document, limit: int) -> None:
    check(document, limit=limit)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_repeated(text: str) -> None:
    check(make_document(f"{text} " * 50, title="Tide"), limit=20)


@pytest.mark.parametrize(
    "line",
    [
        "word " * 200_000,
        "x" * 1_000_000,
        "今天很好" * 250_000,
        "The tide rose to the old wall. " * 33_000,
        "e\u0301" * 500_000,
    ],
)
def test_a_megabyte_on_one_line(line: str) -> None:
    document = make_document(line)
    passages = split_passages(document, tokenizer=WordEncoder())
    assert all(passage.text == line[passage.start : passage.end] for passage in passages)
    # Pieces of what is longer than the window touch or have white space between them.
    ends = [0, *(passage.end for passage in passages)]
    starts = [*(passage.start for passage in passages), len(line)]
    assert not any(line[end:start].strip() for end, start in zip(ends, starts, strict=True) if end < start)
    assert max(len(passage.text) for passage in passages) <= 39 * 12


def test_a_title_takes_its_part_of_the_window() -> None:
    text = " ".join(f"w{number}" for number in range(100))
    sizes = {
        title: [len(passage.words.split()) for passage in split_passages(make_document(text, title=title), tokenizer=e)]
        for e in [WordEncoder(limit=40)]
        for title in ["", "Tide", "a " * 20, "a " * 150]
    }
    # One place of the 40 is kept free, and a title may take half of them.
    assert {title.strip()[:5]: sizes[title][0] for title in sizes} == {"": 39, "Tide": 38, "a a a": 19}
    assert sizes["a " * 20] == sizes["a " * 150] == [19, 19, 19, 19, 19, 5]


def packed_slowly(sizes: Sequence[int], budget: int) -> list[list[int]]:
    """The sentences of each passage: as many as fit; a last one of up to a quarter of the window comes again."""
    runs: list[list[int]] = []
    rest = list(range(len(sizes)))
    while rest:
        run = rest[:1]
        while len(run) < len(rest) and sum(sizes[place] for place in rest[: len(run) + 1]) <= budget:
            run = rest[: len(run) + 1]
        runs.append(run)
        last, follower = run[-1], run[-1] + 1
        again = len(run) > 1 and follower < len(sizes) and sizes[last] <= budget // 4
        rest = list(range(last if again and sizes[last] + sizes[follower] <= budget else follower, len(sizes)))
    return runs


@given(st.lists(st.integers(1, 25), max_size=40))
def test_sentences_are_packed_as_the_oracle_says(sizes: list[int]) -> None:
    sentences = [" ".join(["Word"] * size) + "." for size in sizes]
    passages = split_passages(make_document("\n\n".join(sentences)), tokenizer=WordEncoder(limit=26))
    expected = ["\n\n".join(sentences[place] for place in run) for run in packed_slowly(sizes, 25)]
    assert [passage.text for passage in passages] == expected


def test_passages_overlap_by_a_short_sentence_and_not_by_a_long_one() -> None:
    encoder = WordEncoder(limit=9)  # eight words a passage, and two make a short sentence
    short = make_document("One two three four five six. Seven eight. Nine ten eleven.")
    assert [passage.text for passage in split_passages(short, tokenizer=encoder)] == [
        "One two three four five six. Seven eight.",
        "Seven eight. Nine ten eleven.",
    ]
    long = make_document("One two three four five. Six seven eight. Nine ten eleven.")
    assert [passage.text for passage in split_passages(long, tokenizer=encoder)] == [
        "One two three four five. Six seven eight.",
        "Nine ten eleven.",
    ]


def test_a_sentence_longer_than_the_window_is_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(20)) + "."
    passages = split_passages(make_document(text), tokenizer=WordEncoder(limit=9))
    assert [len(passage.text.split()) for passage in passages] == [8, 8, 4]
    assert " ".join(passage.text for passage in passages) == text


def test_what_is_masked_is_in_the_text_and_blank_in_the_words() -> None:
    text = "The tide rose. Advertisement The wall held."
    mask = Mask(15, 28, "advertisement")
    document = make_document(text, masks=[mask])
    (passage,) = split_passages(document, tokenizer=WordEncoder())
    assert passage.text == text
    assert passage.words == "The tide rose. " + " " * 13 + " The wall held."
    assert title_and_words("Tide", passage.words) == "Tide\nThe tide rose. The wall held."
    assert title_and_words("", passage.words) == "The tide rose. The wall held."
    assert visible_text(document, 4, 20) == "tide rose.      "
    assert visible_text(document, 20, 33) == " " * 8 + " The "
    assert blank_masks(text, [mask], offset=100) == text


@pytest.mark.parametrize("text", ["", " \n", "...", "\x00", "Menu"])
def test_without_a_citable_sentence_there_is_no_passage(text: str) -> None:
    masks = [Mask(0, 4, "navigation")] if text == "Menu" else []
    assert split_passages(make_document(text, masks=masks), tokenizer=WordEncoder()) == []
