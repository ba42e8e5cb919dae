"""Composing: invariant 2 for any verified statements."""

import time

from hypothesis import given
from hypothesis import strategies as st

from qa.composing import compose
from qa.verifying import VerifiedQuote, VerifiedStatement, clean_sentences
from tests.fakes import make_document
from tests.qa.making import PATIENT, check_citation, check_markers, hostile_texts

DOCUMENTS = {
    1: make_document("Two boats sank. Three boats ran.", name="boats.txt", title="Boats"),
    2: make_document("The lighthouse “Tern” 🗼 stands.", name="light.txt", title="Light"),
}


def quote_of(key: int, start: int, end: int) -> VerifiedQuote:
    return VerifiedQuote(key, start, end, DOCUMENTS[key].text[start:end], "exact")


SANK, RAN, STANDS = quote_of(1, 0, 15), quote_of(1, 16, 32), quote_of(2, 0, 31)


def test_an_answer_of_three_statements() -> None:
    composed = compose(
        [
            VerifiedStatement("Two boats sank.", (SANK,)),
            VerifiedStatement("The lighthouse stands", (STANDS, SANK)),
            VerifiedStatement("Did three run?!", (RAN, STANDS)),
        ],
        document_of=DOCUMENTS.__getitem__,
    )
    assert composed.text == "Two boats sank [1]. The lighthouse stands [2][1] Did three run [3][2]?!"
    assert [composed.text[s.start : s.end] for s in composed.statements] == [
        "Two boats sank [1].",
        "The lighthouse stands [2][1]",
        "Did three run [3][2]?!",
    ]
    assert [statement.citations for statement in composed.statements] == [(1,), (2, 1), (3, 2)]
    assert [
        (c.number, c.quote, c.document_name, c.title, c.answer_start, c.answer_end) for c in composed.citations
    ] == [
        (1, "Two boats sank.", "boats.txt", "Boats", 15, 18),
        (2, "The lighthouse “Tern” 🗼 stands.", "light.txt", "Light", 42, 45),
        (3, "Three boats ran.", "boats.txt", "Boats", 63, 66),
    ]
    assert composed.numbers == {SANK: 1, STANDS: 2, RAN: 3}


def test_nothing_is_composed_of_nothing() -> None:
    composed = compose([], document_of=DOCUMENTS.__getitem__)
    assert (composed.text, composed.statements, composed.citations, composed.numbers) == ("", (), (), {})


def test_a_run_of_full_stops_is_read_once() -> None:
    text = "a" + "." * 500_000 + "x"
    began = time.process_time()
    assert compose([VerifiedStatement(text, (SANK,))], document_of=DOCUMENTS.__getitem__).text == f"{text} [1]"
    assert time.process_time() - began < 1


@st.composite
def statements(draw: st.DrawFn) -> list[VerifiedStatement]:
    """Any sentences that the verifier may let through, with quotes that come back in any order."""
    quotes = []
    for key in draw(st.lists(st.sampled_from([1, 2]), min_size=1, max_size=14)):
        start = draw(st.integers(0, len(DOCUMENTS[key].text) - 1))
        quotes.append(quote_of(key, start, draw(st.integers(start + 1, len(DOCUMENTS[key].text)))))
    texts = clean_sentences(draw(hostile_texts(pieces=8)))
    chosen = st.lists(st.sampled_from(quotes), min_size=1, max_size=12, unique=True)
    return [VerifiedStatement(text, tuple(draw(chosen))) for text in texts]


@PATIENT
@given(statements())
def test_every_marker_is_right_for_any_statements(made: list[VerifiedStatement]) -> None:
    composed = compose(made, document_of=DOCUMENTS.__getitem__)
    check_markers(composed.text, composed.citations, composed.statements)
    for citation in composed.citations:
        check_citation(citation, next(d for d in DOCUMENTS.values() if d.id == citation.document_id))
    # In order of first use, and the same quote under the same number throughout.
    used = list(dict.fromkeys(quote for statement in made for quote in statement.quotes))
    assert composed.numbers == {quote: number for number, quote in enumerate(used, start=1)}
    assert [citation.quote for citation in composed.citations] == [quote.text for quote in used]
    for statement, placed in zip(made, composed.statements, strict=True):
        assert placed.citations == tuple(composed.numbers[quote] for quote in statement.quotes)
        markers = "".join(f"[{number}]" for number in placed.citations)
        piece = composed.text[placed.start : placed.end]
        assert piece.replace(f" {markers}", "", 1) == statement.text or statement.text.rstrip(".!?…") != statement.text
