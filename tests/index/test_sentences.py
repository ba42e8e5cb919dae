"""Where sentences begin and end: cases with their answers, and what holds for any text and any masks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Mask, Span
from index.sentences import split_sentences


def sentences_of(text: str, *masks: Mask) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, masks=masks)]


def mask_of(text: str, part: str) -> Mask:
    start = text.index(part)
    return Mask(start, start + len(part), "test")


@pytest.mark.parametrize(
    "marked",
    [  # a bar stands where a sentence ends and another begins
        pytest.param("Mr. Smith met Dr. Jones.|They spoke.", id="titles"),
        pytest.param("The U.S. economy grew.|He left the U.S.|The rain stayed.", id="U.S."),
        pytest.param("Acme Inc. reported profits.|The owner is Acme Inc.|The shares rose.", id="Inc."),
        pytest.param("Use tools, e.g. Swiss ones, i.e. good ones.|Or none.", id="e.g."),
        pytest.param("See No. 5 for details.|Is it true?|No.|It is false.", id="No. 5"),
        pytest.param("It opened at 9 p.m. on Monday.|It closed at 11 p.m.|The crowd left.", id="p.m."),
        pytest.param("Shares closed at $33.40.|They had opened at 31.", id="decimals"),
        pytest.param("JD.com rose.|Alibaba.com fell to 2.5 crowns.|So did docs.python.org today.", id="domains"),
        pytest.param("It was founded in 1999.|IBM bought it for 5 million.|3 ships sank.", id="numbers at the end"),
        pytest.param("A.B. Smith wrote it.|J. K. Lund read it.", id="initials"),
        pytest.param("Lund et al. (2020) found it.|See Vol. 3, pp. 5-7.|Fig. 2 shows it.", id="references"),
        pytest.param('He said "It works."|Then he left.', id="straight quotes"),
        pytest.param("“Is it?” she asked.|“It is.”|He nodded.", id="curly quotes"),
        pytest.param("(It is so.)|Next one [and this.]|Last.", id="brackets"),
        pytest.param("Wait... what?|He paused...|Then he spoke.|Well…|So it was.", id="ellipses"),
        pytest.param("What?!|No way!|Yes.", id="marks in a row"),
        pytest.param("eBay rose.|iPhone sales fell.", id="small letter, then a capital"),
        pytest.param("The end.Next has no space.|True.", id="no space"),
        pytest.param("今天天气很好。|我们去公园！|好吗？|好。", id="Chinese"),
        pytest.param("「はい。」と言った。|次の文。", id="Japanese quotes"),
    ],
)
def test_a_line_is_cut_at_the_bars(marked: str) -> None:
    expected = marked.split("|")
    text = "".join(expected) if "。" in marked else " ".join(expected)
    assert sentences_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "- one item\n- two. And more.\n- three", ["- one item", "- two.", "And more.", "- three"], id="dashes"
        ),
        pytest.param("1. Open the gate.\n2. Close it.", ["1. Open the gate.", "2. Close it."], id="numbers"),
        pytest.param("• one\n• two", ["• one", "• two"], id="bullets"),
        pytest.param("a) alpha\nb) beta", ["a) alpha", "b) beta"], id="letters"),
        pytest.param("# The tide\nIt rose. It fell.", ["# The tide", "It rose.", "It fell."], id="heading"),
        pytest.param("The tide\n\nIt rose.", ["The tide", "It rose."], id="heading above a blank line"),
        pytest.param("| a | 1 |\n| b | 2 |", ["| a | 1 |", "| b | 2 |"], id="table"),
        pytest.param("The first line\nis wrapped. Next.", ["The first line\nis wrapped.", "Next."], id="small letter"),
        pytest.param("One.\r\nTwo.\r\n\r\nThe third\r\nis here", ["One.", "Two.", "The third\r\nis here"], id="CRLF"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \r\n\t\x00 ... !? -- \u200b\n", [], id="no letter or figure"),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    assert sentences_of(text) == expected


def test_text_wrapped_by_hand_is_one_paragraph_and_names_at_a_line_break_do_not_cut_it() -> None:
    text = (
        "The old bridge over the Harrow was closed on Friday evening because\n"
        "Inspector Lund had found a crack in the third of its seven pillars.\n"
        "Ships may pass below it. Cars have to go by way of Port Ledger, which\n"
        "Mayor Holm called a pity for the town and for all who trade with us.\n"
        "Nobody knows yet what it costs.\n"
    )
    assert [sentence.replace("\n", " ") for sentence in sentences_of(text)] == [
        "The old bridge over the Harrow was closed on Friday evening because Inspector Lund had found a crack in the "
        "third of its seven pillars.",
        "Ships may pass below it.",
        "Cars have to go by way of Port Ledger, which Mayor Holm called a pity for the town and for all who trade "
        "with us.",
        "Nobody knows yet what it costs.",
    ]


def test_a_mask_ends_a_sentence_and_the_stop_behind_it_is_no_sentence() -> None:
    text = "The tide rose to the wall\n\n4\n\n. It fell at dawn."
    assert sentences_of(text, mask_of(text, "4")) == ["The tide rose to the wall", "It fell at dawn."]
    text = "The tide rose [4] to the wall."
    assert sentences_of(text, mask_of(text, "[4]")) == ["The tide rose", "to the wall."]
    text = "Advertisement"
    assert sentences_of(text, mask_of(text, text)) == []


HOSTILE = st.text(
    st.sampled_from("ab Z9.!?…。\"'”)]\n\r\t|#-*1\x00\x85\u2028\u200b\ufeff\xa0")
    | st.characters(exclude_categories=["Cs"]),
    max_size=200,
)


@st.composite
def masked_texts(draw: st.DrawFn) -> tuple[str, tuple[Mask, ...]]:
    """A text and masks in it: sorted and disjoint, some of them touching."""
    text = draw(HOSTILE)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    spans = [(start, end) for start, end in zip(cuts, cuts[1:], strict=False) if draw(st.booleans())]
    return text, tuple(Mask(start, end, "test") for start, end in spans)


@given(masked_texts())
def test_every_letter_outside_the_masks_is_in_exactly_one_sentence(case: tuple[str, tuple[Mask, ...]]) -> None:
    text, masks = case
    spans = split_sentences(text, masks=masks)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in zip(spans, spans[1:], strict=False))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)
    inside = [0] * len(text)
    for span in spans:
        inside[span.start : span.end] = [count + 1 for count in inside[span.start : span.end]]
    for mask in masks:
        assert not any(inside[mask.start : mask.end])
    masked = {place for mask in masks for place in range(mask.start, mask.end)}
    assert all(count == 1 for place, count in enumerate(inside) if text[place].isalnum() and place not in masked)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("word " * 200_000, 1, id="words"),
        pytest.param("The tide rose by 2.5 metres. " * 35_000, 35_000, id="sentences"),
        pytest.param("a" + "." * 1_000_000, 1, id="stops"),
        pytest.param("a. " * 200_000, 1, id="initials"),
        pytest.param("a" + '."' * 500_000, 1, id="stops in quotes"),
        pytest.param("So." + " " * 1_000_000 + "It", 2, id="blanks"),
        pytest.param("今天天气很好。" * 70_000, 70_000, id="Chinese"),
        pytest.param("A line\n\n" * 60_000, 60_000, id="lines"),
        pytest.param("  \r\n" * 120_000, 0, id="empty lines"),
    ],
)
def test_long_text_is_cut_in_two_seconds(text: str, count: int) -> None:
    begin = time.process_time()
    spans = split_sentences(text)
    assert time.process_time() - begin < 2
    assert len(spans) == count
    assert spans[:1] == ([Span(0, spans[0].end)] if count else [])
