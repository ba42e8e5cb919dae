"""Locating: exact places first, then ones that differ in white space, quotation marks and dashes; beside a slow oracle."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Mask, Span
from qa.locating import Located, locate, normalised
from tests.qa.making import FEW, PATIENT, hostile_documents, hostile_texts

DOUBLE, SINGLE, DASH = "“”„‟«»″", "‘’‚‛′`´", "‐‑‒–—―−"


def plain(text: str) -> str:
    """Normalising by one rule after the other."""
    for signs, one in ((DOUBLE, '"'), (SINGLE, "'"), (DASH, "-")):
        text = re.sub(f"[{signs}]", one, text)
    return " ".join(text.replace("…", "...").split())


def slow_locate(quote: str, text: str, masks: tuple[Mask, ...]) -> Located | None:
    """Try every stretch of the text."""
    needle = quote.strip()
    if not any(sign.isalnum() for sign in needle):
        return None
    masked = {place for mask in masks for place in range(mask.start, mask.end)}
    for start in range(len(text) - len(needle) + 1):
        if text[start : start + len(needle)] == needle and not masked & set(range(start, start + len(needle))):
            return Located(Span(start, start + len(needle)), "exact")
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            whole = piece.strip() == piece and plain(piece) == plain(needle)
            if whole and not masked & set(range(start, end)):
                return Located(Span(start, end), "normalised")
    return None


@pytest.mark.parametrize(
    ("quote", "text", "start", "end", "match"),
    [
        ("two boats", "It ran two boats.", 7, 16, "exact"),
        ("  two boats\n", "It ran two boats.", 7, 16, "exact"),
        ("two boats", "It ran two \r\n\u00a0 boats.", 7, 20, "normalised"),
        ('"two boats"', "It ran “two boats”.", 7, 18, "normalised"),
        ("it's - well - two", "He: it’s — well – two.", 4, 21, "normalised"),
        ("wait... two", "So wait… two.", 3, 12, "normalised"),
        ("two boats", "two  boats, two boats", 12, 21, "exact"),  # the exact place is preferred to an earlier one
        ("“She said: ‘go’”", "He: \"She said: 'go'\" then", 4, 20, "normalised"),
        ("👩‍👩‍👧 family", "a 👩‍👩‍👧 family", 2, 14, "exact"),
        ("e\u0301", "cafe\u0301", 3, 5, "exact"),
        ("a\x00b", "x a\x00b", 2, 5, "exact"),
    ],
)
def test_where_a_quote_stands(quote: str, text: str, start: int, end: int, match: str) -> None:
    assert locate(quote, text) == Located(Span(start, end), match)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("three boats", "It ran two boats."),
        ("Two boats", "It ran two boats."),  # letters are not changed
        ("twoboats", "It ran two boats."),
        ("two, boats", "It ran two boats."),
        ("café", "cafe\u0301"),
        ("", "It ran."),
        ("  ", "It  ran."),
        ("...", "It ran..."),
        ("wait..", "So wait…"),  # two thirds of a character
    ],
)
def test_what_stands_nowhere(quote: str, text: str) -> None:
    assert locate(quote, text) is None


def test_masked_places_are_skipped() -> None:
    text = "two boats. two  boats. two boats."
    assert locate("two boats", text, masks=[Mask(3, 4, "ad")]) == Located(Span(23, 32), "exact")
    assert locate("two boats", text, masks=[Mask(3, 4, "ad"), Mask(24, 25, "ad")]) == Located(
        Span(11, 21), "normalised"
    )
    assert locate("two boats", text, masks=[Mask(0, len(text), "ad")]) is None
    assert locate("two boats", text, masks=[Mask(9, 23, "ad")]) == Located(Span(0, 9), "exact")


def test_within_a_window() -> None:
    text = "two boats. two boats. two  boats."
    assert locate("two boats", text, within=Span(5, 25)) == Located(Span(11, 20), "exact")
    assert locate("two boats", text, within=Span(12, len(text))) == Located(Span(22, 32), "normalised")
    assert locate("two boats", text, within=Span(12, 20)) is None


@PATIENT
@given(hostile_texts())
def test_normalising_keeps_track_of_places(text: str) -> None:
    signs, offsets = normalised(text)
    assert signs.strip() == plain(text)
    assert len(signs) == len(offsets)
    assert offsets == sorted(offsets)
    for sign, offset in zip(signs, offsets, strict=True):
        assert plain(text[offset]) in {sign, "..."} or (sign == " " and text[offset].isspace())


SMALL = st.text(st.sampled_from("ab \n“\"’'–-….\u0301"), max_size=9)


@PATIENT
@given(SMALL, SMALL, st.integers(0, 9), st.integers(0, 3), st.data())
def test_every_place_is_that_of_a_slow_search(
    text: str, quote: str, start: int, width: int, data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        begin = data.draw(st.integers(0, len(text)))
        quote = (
            text[begin : data.draw(st.integers(begin, len(text)))]
            .replace("“", '"')
            .replace("–", "-")
            .replace(" ", "\n")
        )
    masks = (Mask(start, start + width, "test"),) if width and start < len(text) else ()
    assert locate(quote, text, masks=masks) == slow_locate(quote, text, masks)


@FEW
@given(hostile_documents(), st.data())
def test_what_is_taken_from_hostile_text_is_found_there(document, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(begin, len(document.text)))
    quote = document.text[begin:end]
    found = locate(quote, document.text, masks=document.masks)
    free = not any(mask.start < end and begin < mask.end for mask in document.masks)
    if free and any(sign.isalnum() for sign in quote):
        assert found is not None
        assert found.match == "exact"
        assert document.text[found.span.start : found.span.end] == quote.strip()
    loose = locate(quote.replace("\n", "  ").replace("“", '"'), document.text, masks=document.masks)
    for one in (found, loose):
        if one is not None:
            assert plain(document.text[one.span.start : one.span.end]) == plain(quote)
            assert not any(mask.start < one.span.end and one.span.start < mask.end for mask in document.masks)


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("word " * 200_000 + "the “end”", 'the "end"'),
        ("word " * 200_000, "word  other"),
        ("x" * 1_000_000, "x" * 1000 + "y"),
        ("ab " * 333_000, "ab  ab  " * 500 + "c"),
        ("“" * 1_000_000 + "x", '""x'),
        (" " * 1_000_000 + "a b", "a\nb"),
    ],
)
def test_a_megabyte_on_one_line(line: str, quote: str) -> None:
    began = time.process_time()
    found = locate(quote, line)
    assert time.process_time() - began < 1
    assert (found is not None) == (plain(quote) in plain(line))


def test_a_quote_at_thousands_of_masked_places() -> None:
    text = "two boats. " * 20_000
    masks = [Mask(at, at + 9, "ad") for at in range(0, len(text) - 11, 11)]
    began = time.process_time()
    assert locate("two boats", text, masks=masks) == Located(Span(len(text) - 11, len(text) - 2), "exact")
    assert time.process_time() - began < 1
