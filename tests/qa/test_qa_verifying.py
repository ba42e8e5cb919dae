"""Verifying: invariants 1, 3 and 4 for any draft, and what is dropped, widened and counted."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Document, Mask, Span
from qa.datatypes import Draft, DraftStatement, Evidence, Quote
from qa.figures import find_figures, same_figure
from qa.names import find_names, stands_in
from qa.verifying import LEAST_JUDGED, Verified, clean_sentences, statement_text, support, unsupported, verify
from tests.fakes import make_document
from tests.qa.making import (
    FEW,
    PATIENT,
    PLAIN,
    TableJudge,
    hostile_documents,
    hostile_texts,
    make_draft,
    make_evidence,
)

HARBOUR = make_document(
    "Ada Finch founded the ferry company in May 1921. She bought two boats for $53 million on Tuesday. "
    "The boats “Tern” and “Gull” carried 1.5 million people – more than 9% of the coast."
)
FOUNDED, BOUGHT, CARRIED = (item.sentence.text for item in make_evidence(HARBOUR))


def of(document: Document) -> Callable[[int], Document]:
    return lambda key: document


def check(draft: Draft, *, document: Document = HARBOUR, question: str = "") -> Verified:
    return verify(draft, make_evidence(document), document_of=of(document), question=question)


def kept(text: str, *quotes: tuple[int, str]) -> list[tuple[str, list[str]]]:
    """The statements that are left of one sentence with these quotes, each with its quotes."""
    found = check(make_draft((text, quotes)))
    return [(statement.text, [quote.text for quote in statement.quotes]) for statement in found.statements]


def test_a_sentence_with_its_quote_is_let_through() -> None:
    found = check(make_draft((FOUNDED, [(1, FOUNDED)])))
    (statement,) = found.statements
    (quote,) = statement.quotes
    assert (statement.text, quote.text, quote.start, quote.end, quote.match) == (
        FOUNDED,
        FOUNDED,
        0,
        len(FOUNDED),
        "exact",
    )
    assert (found.rejected_citations, found.dropped) == (0, ())


def test_an_invented_quote_is_rejected_and_counted() -> None:
    invented = "Ada Finch founded the ferry company in 1922."
    found = check(make_draft((invented, [(1, invented)]), (FOUNDED, [(1, FOUNDED), (2, invented)])))
    assert [statement.text for statement in found.statements] == [FOUNDED]
    assert found.rejected_citations == 2
    assert found.dropped == (f"no quote located for: {invented}",)


def test_evidence_that_does_not_exist_is_counted() -> None:
    found = check(make_draft((FOUNDED, [(0, FOUNDED), (4, FOUNDED), (-1, FOUNDED), (1, FOUNDED)])))
    assert found.rejected_citations == 3
    assert [quote.text for quote in found.statements[0].quotes] == [FOUNDED]


def test_a_quote_from_elsewhere_in_the_document_stands_where_it_stands() -> None:
    found = check(make_draft((FOUNDED, [(3, FOUNDED)])))
    assert (found.statements[0].quotes[0].start, found.statements[0].quotes[0].text) == (0, FOUNDED)


def test_a_normalised_quote_is_replaced_by_the_document_s_own_characters() -> None:
    loose = 'The boats "Tern" and "Gull" carried\n1.5 million people - more than 9% of the coast.'
    (statement,) = check(make_draft((CARRIED, [(3, loose)]))).statements
    assert (statement.quotes[0].text, statement.quotes[0].match) == (CARRIED, "normalised")


def test_one_place_is_one_quote_however_it_was_found() -> None:
    loose = CARRIED.replace(" ", "  ")
    found = check(make_draft((CARRIED, [(3, CARRIED), (3, loose)]), ("The boats carried people.", [(3, loose)])))
    assert [len(statement.quotes) for statement in found.statements] == [1, 1]
    assert found.statements[0].quotes[0] == found.statements[1].quotes[0]


@pytest.mark.parametrize(
    "text",
    [
        "The boats carried 1.6 million people.",
        "The boats carried 1.5 billion people.",
        "The boats carried 15 million people.",
        "The boats carried 1.5 million people, 19% of the coast.",
        "The boats carried 9 people of the coast.",  # the quote says 9 %; a count of nine may be read from it: see below
        "The boats carried $1.5 million people.",
        "The boats carried more than 1.5 million people.",
        "The boats carried up to 1.5 million people, more than 9% of the coast.",
        "The boats carried nearly 9% of the coast.",
        "The people that the boats carried: 1.6 million.",
    ],
)
def test_a_changed_figure_drops_the_sentence(text: str) -> None:
    expected = [(text, [CARRIED])] if "9 people" in text else []
    assert kept(text, (3, CARRIED)) == expected


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("The ferry company was founded in May 1921.", True),
        ("The ferry company was founded in 1921.", True),
        ("The ferry company was founded in May.", True),
        ("The ferry company was founded in June 1921.", False),
        ("The ferry company was founded in June.", False),
        ("The ferry company was founded in May 1912.", False),
        ("The ferry company was founded on 3 May 1921.", False),
        ("The ferry company was founded in the 1920s.", True),
        ("On Monday the ferry company was founded.", False),
    ],
)
def test_a_changed_date_drops_the_sentence(text: str, stays: bool) -> None:
    assert kept(text, (1, FOUNDED)) == ([(text, [FOUNDED])] if stays else [])


def test_a_changed_day_drops_the_sentence() -> None:
    assert kept("She bought two boats on Tuesday.", (2, BOUGHT)) == [("She bought two boats on Tuesday.", [BOUGHT])]
    assert kept("She bought two boats on Friday.", (2, BOUGHT)) == []


def test_a_name_that_the_quote_only_hints_at_widens_it_by_the_sentence_before() -> None:
    text = "Ada Finch bought two boats for $53 million."
    ((sentence, quotes),) = kept(text, (2, BOUGHT))
    assert sentence == text
    assert quotes == [f"{FOUNDED} {BOUGHT}"]


def test_a_name_that_stands_in_neither_drops_the_sentence() -> None:
    text = "Eve Stone bought two boats for $53 million."
    assert kept(text, (2, BOUGHT)) == []
    found = check(make_draft((text, [(2, BOUGHT)])), question="What did Eve Stone buy?")
    assert found.statements == ()  # that the question says it is no support
    assert found.dropped == (f"Eve, Stone not in the quotes of: {text}",)


def test_no_widening_over_what_is_masked() -> None:
    at = HARBOUR.text.index("in May")
    document = make_document(HARBOUR.text, masks=[Mask(at, at + 6, "test")])
    text = "Ada Finch bought two boats for $53 million."
    evidence = make_evidence(document)
    (number,) = (item.number for item in evidence if item.sentence.text == BOUGHT)
    found = verify(make_draft((text, [(number, BOUGHT)])), evidence, document_of=of(document))
    assert (found.statements, found.rejected_citations) == ((), 0)
    assert check(make_draft((FOUNDED, [(1, FOUNDED)])), document=document).rejected_citations == 1


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The boats carried 1.5 people.", "“Gull” carried 1.5"),
        ("She bought boats for $53.", "bought two boats for $53"),
        ("The boats carried 5 million people.", "5 million people"),
        ("Boats carried 1.", "The boats “Tern” and “Gull” carried 1"),
    ],
)
def test_a_figure_is_not_cut_in_two_by_a_quote(text: str, quote: str) -> None:
    found = check(make_draft((text, [(1, quote), (2, quote), (3, quote)])))
    assert (found.statements, found.rejected_citations) == ((), 3)


def test_a_sentence_with_the_wrong_number_is_borne_out_by_the_right_one() -> None:
    text = "The ferry company was founded in 1921."
    found = check(make_draft((text, [(3, CARRIED), (9, CARRIED)])))
    assert [quote.text for quote in found.statements[0].quotes] == [FOUNDED]
    assert found.rejected_citations == 1
    found = check(make_draft((text, [(1, "founded the ferry company in May")])))  # cut in the middle of a date
    assert [quote.text for quote in found.statements[0].quotes] == [FOUNDED]
    assert found.rejected_citations == 1


def test_figures_and_names_do_not_join_across_quotes() -> None:
    document = make_document("Route 53\n\nMillion Dollar Lane is closed. The Union\n\nStation is open.")
    first, second, third, fourth = (item.sentence.text for item in make_evidence(document))
    claim = "The US route closed 53 million lanes."
    assert unsupported(claim, [first, second]) == ["53 million", "US"]
    assert unsupported(claim, [f"{first} {second}"]) == ["US"]
    assert unsupported("The US", [third, fourth]) == ["US"]


def test_a_sentence_that_shares_too_few_words_is_dropped() -> None:
    assert kept("Nobody knows whether harbours were dredged.", (1, FOUNDED)) == []
    assert support("founded ferry harbours dredged", [FOUNDED]) == 0.5
    assert support("founded company", [FOUNDED, BOUGHT]) == 1.0


def test_a_sentence_that_says_nothing_is_borne_out_by_nothing() -> None:
    assert support("No.", [FOUNDED]) == support("", [FOUNDED]) == 0.0
    assert kept("No.", (1, FOUNDED)) == kept("It did so.", (1, FOUNDED)) == []
    document = make_document("Did it sink? It did.")
    found = check(make_draft(("It did.", [(2, "It did.")])), document=document)
    assert [statement.text for statement in found.statements] == ["It did."]  # said in so many words


def test_a_figure_of_one_thing_is_not_said_of_another() -> None:
    documents = {1: make_document("The Tern carried 530 people."), 2: make_document("The Gull carried 99 people.")}
    evidence = [*make_evidence(documents[1], key=1), *make_evidence(documents[2], key=2, first=2)]
    tern, gull = (item.sentence.text for item in evidence)
    for text, quotes in (("The Tern carried 99 people.", set()), ("The Gull carried 99 people.", {tern, gull})):
        found = verify(make_draft((text, [(1, tern), (2, gull)])), evidence, document_of=documents.__getitem__)
        assert {quote.text for statement in found.statements for quote in statement.quotes} == quotes


def test_quotes_that_say_nothing_of_the_sentence_are_left_out() -> None:
    assert kept("The ferry company was founded in 1921.", (3, CARRIED), (1, FOUNDED), (2, BOUGHT)) == [
        ("The ferry company was founded in 1921.", [FOUNDED])
    ]
    both = "Ada Finch founded the ferry company and bought two boats."
    # 'two' is said of Ada Finch only where the quote reaches back to her name, and then holds the other one.
    assert kept(both, (1, FOUNDED), (2, BOUGHT)) == [(both, [f"{FOUNDED} {BOUGHT}"])]


def test_each_sentence_of_a_statement_is_judged_alone_and_shown_once() -> None:
    found = check(
        make_draft(
            (f"{FOUNDED} The company sank in 1999. {FOUNDED}", [(1, FOUNDED)]),
            (FOUNDED, [(1, FOUNDED)]),
        )
    )
    assert [statement.text for statement in found.statements] == [FOUNDED]
    assert found.dropped == ("1999 not in the quotes of: The company sank in 1999.",)


# --- denials, ordinals, versions, signs -----------------------------------------------------------------------------

LINER = make_document(
    "The Tern is the third liner of the line. It is not the fastest, but it never missed a day. "
    "Its engine runs v3.1 of the firmware. Income moved by −5% in spring and rose by 9% in autumn."
)


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("The Tern is the line's 3rd liner.", True),
        ("The Tern is the line's second liner.", False),
        ("The Tern is the line's 2nd liner.", False),
        ("The Tern is not the third liner of the line.", False),
        ("The Tern is not the fastest.", True),
        ("The Tern is the fastest.", False),
        ("The Tern never missed a day.", True),
        ("The Tern missed a day.", False),
        ("The engine of the Tern runs firmware v3.1.", True),
        ("The engine runs version 3.1 of the firmware.", True),
        ("The engine runs v3.2 of the firmware.", False),
        ("The engine runs v3.1.2 of the firmware.", False),
        ("Income moved by -5% in spring.", True),
        ("Income fell by 5% in spring.", True),
        ("Income moved by 5% in spring.", False),
        ("Income moved by -9% in autumn.", False),
        ("In autumn income rose by 9%.", True),
    ],
)
def test_what_is_denied_or_numbered_or_signed_otherwise_is_dropped(text: str, stays: bool) -> None:
    quotes = [(item.number, item.sentence.text) for item in make_evidence(LINER)]
    found = check(make_draft((text, quotes)), document=LINER)
    assert [statement.text for statement in found.statements] == ([text] if stays else [])


def test_a_dropped_sentence_says_that_it_is_denied() -> None:
    found = check(make_draft(("The ferry company was not founded by Ada Finch.", [(1, FOUNDED)])))
    assert found.dropped == ("denied by its quotes: The ferry company was not founded by Ada Finch.",)


# --- with a judge ----------------------------------------------------------------------------------------------------

REWORDED = "In 1921 the ferry company was founded."


GROUPS = "The company set up teams such as the Tern Academy for research, Harbour Cloud for hosting, and a Gull Group for 53 shops."


@pytest.mark.parametrize(
    ("mark", "question", "text", "stays"),
    [
        # The words are all there, said of another one.
        ("the Tern Academy", "Which group does research?", "Harbour Cloud does research.", False),
        ("the Tern Academy", "Which group does research?", "Tern Academy does research.", True),
        # What has no other name than the question's answers with no other.
        ("the Tern Academy", "Does Harbour Cloud do research?", "Harbour Cloud does research.", True),
        # Several things are asked for, or nothing is marked, or what is marked is said by the question or is half a sentence.
        ("the Tern Academy", "Which groups are there?", "Harbour Cloud does hosting.", True),
        ("", "Which group does research?", "Harbour Cloud does research.", True),
        ("research", "Which group does research?", "Harbour Cloud does research.", True),
        (GROUPS[:70], "Which group does research?", "Harbour Cloud does research.", True),
        # A figure is the same in words.
        ("53", "How many are there?", "Gull Group has fifty-three shops.", True),
    ],
)
def test_a_sentence_may_not_answer_with_another_name_than_the_marked_one(
    mark: str, question: str, text: str, stays: bool
) -> None:
    document = make_document(GROUPS)
    (item,) = make_evidence(document)
    at = GROUPS.index(mark)
    marked = replace(item.sentence, marked=Span(at, at + len(mark)) if mark else None)
    draft = make_draft((text, [(1, GROUPS)]))
    found = verify(draft, [replace(item, sentence=marked)], document_of=of(document), question=question)
    assert bool(found.statements) is stays, found.dropped
    assert stays or found.dropped == (f"passes over what is marked in the quotes of: {text}",)


def judged(judge: TableJudge, *statements: tuple[str, list[tuple[int, str]]]) -> Verified:
    return verify(make_draft(*statements), make_evidence(HARBOUR), document_of=of(HARBOUR), judge=judge)


def test_a_judge_is_not_asked_about_a_quote_s_own_words() -> None:
    judge = TableJudge(default=0.0)
    found = judged(judge, (BOUGHT, [(2, BOUGHT)]), (FOUNDED, [(3, CARRIED)]))
    assert [(statement.text, statement.quotes[0].text) for statement in found.statements] == [
        (BOUGHT, BOUGHT),
        (FOUNDED, FOUNDED),  # from another piece of evidence than was named
    ]
    assert judge.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "In 1922 the ferry company was founded.",
        "In 1921 the ferry company was founded by Eve Stone.",
        "On Friday the ferry company was founded.",
        "Nobody knows whether harbours were dredged.",
        "No.",
    ],
)
def test_a_judge_is_not_asked_about_what_fails_a_cheaper_check(text: str) -> None:
    judge = TableJudge(default=1.0)
    assert judged(judge, (text, [(1, FOUNDED)])).statements == ()
    assert judge.asked == []


@pytest.mark.parametrize(("chance", "stays"), [(LEAST_JUDGED, True), (LEAST_JUDGED - 0.01, False), (1.0, True)])
def test_what_the_judge_does_not_believe_is_dropped(chance: float, stays: bool) -> None:
    judge = TableJudge(default=chance)
    found = judged(judge, (REWORDED, [(1, FOUNDED)]), (FOUNDED, [(1, FOUNDED)]))
    assert [statement.text for statement in found.statements] == ([REWORDED] if stays else []) + [FOUNDED]
    assert found.dropped == (() if stays else (f"not borne out by its quotes: {REWORDED}",))
    assert judge.asked[0] == (REWORDED, FOUNDED)
    assert {claim for claim, _ in judge.asked} == {REWORDED}


def test_a_judge_is_shown_all_quotes_of_a_sentence_as_one() -> None:
    judge = TableJudge(default=0.9)
    text = "Ada Finch founded the company, and she bought two boats for $53 million on Tuesday."
    found = judged(judge, (text, [(1, FOUNDED), (2, BOUGHT)]))
    assert [quote.text for quote in found.statements[0].quotes] == [f"{FOUNDED} {BOUGHT}"]
    assert {quote for _, quote in judge.asked} == {f"{FOUNDED} {BOUGHT}"}


def test_a_judge_may_find_another_piece_of_evidence_to_bear_a_sentence_out() -> None:
    document = make_document("The Tern sank in 1921, one paper wrote. By all reports the Tern sank in 1921.")
    one, other = (item.sentence.text for item in make_evidence(document))
    judge = TableJudge({"reports": 0.9}, default=0.1)
    draft = make_draft(("In 1921 the Tern sank.", [(1, one)]))
    found = verify(draft, make_evidence(document), document_of=of(document), judge=judge)
    assert [quote.text for quote in found.statements[0].quotes] == [other]
    assert judge.asked[0] == ("In 1921 the Tern sank.", one)


# --- what is shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The boat sank [12].", ["The boat sank."]),
        ("[1] The boat[2, 3] sank [4-6] [^7].", ["The boat sank."]),
        ("The boat [[1]2] sank [1[2]].", ["The boat (2) sank (1)."]),
        ("The boat [\u200b1] [\x001\x00] [\u202e1] sank.", ["The boat sank."]),
        ("The boat \ud800sank\udfff.", ["The boat sank ."]),
        ("- The \x07boat\u202e sank.\r\n\u2066It\u2069 \x1b[31mdrowned.", ["The boat sank.", "It [31mdrowned."]),
        ("# Boats sank", ["Boats sank"]),
        ("The [boat] sank at [a] 5] [.", ["The [boat] sank at [a] 5] [."]),
        ("", []),
        ("... [1] ?!", []),
    ],
)
def test_markers_and_control_characters_of_a_draft_are_taken_out(text: str, sentences: list[str]) -> None:
    assert clean_sentences(text) == sentences


@PATIENT
@given(hostile_texts() | st.text(st.sampled_from("[]1 ,^-a.\u200b\x00\u202e"), max_size=30))
def test_no_marker_and_no_control_character_is_left_of_any_text(text: str) -> None:
    for sentence in clean_sentences(text):
        assert not re.search(r"\[\s*\^?\d+(\s*[,;–-]\s*\d+)*\s*\]", sentence)
        assert not re.search(r"[\x00-\x1f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", sentence)
        assert sentence == sentence.strip() != ""


def test_evidence_as_its_own_statement() -> None:
    document = make_document("Ada Finch founded the company. It ran two boats.")
    first, second = make_evidence(document)
    assert statement_text(second, document) == ("It ran two boats.", Quote(2, "It ran two boats."))
    leaning = Evidence(2, second.sentence, 0.9, 1, leans=True)
    assert statement_text(leaning, document) == (document.text, Quote(2, document.text))
    assert statement_text(first, document)[0] == "Ada Finch founded the company."


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Document, list[Evidence], Draft]:
    """A hostile document, its evidence, and a draft that quotes it rightly, loosely, wrongly, or nothing."""
    document = draw(hostile_documents())
    evidence = make_evidence(document)
    texts = [item.sentence.text for item in evidence]
    piece = st.sampled_from([*texts, *PLAIN]) if texts else st.sampled_from(PLAIN)
    quote = st.builds(
        Quote,
        st.integers(0, len(evidence) + 1),
        piece
        | piece.map(lambda text: text.replace(" ", "\n"))
        | piece.map(lambda text: text[1:-3])
        | hostile_texts(pieces=2),
    )
    statement = st.builds(
        DraftStatement,
        piece | st.builds("{} [3] {}".format, piece, piece) | hostile_texts(pieces=3),
        st.lists(quote, max_size=4).map(tuple),
    )
    return document, evidence, Draft(tuple(draw(st.lists(statement, max_size=4))))


@FEW
@given(drafts())
def test_invariants_for_any_draft(made: tuple[Document, list[Evidence], Draft]) -> None:
    document, evidence, draft = made
    found = verify(draft, evidence, document_of=of(document))
    assert 0 <= found.rejected_citations <= sum(len(statement.quotes) for statement in draft.statements)
    texts = [statement.text for statement in found.statements]
    assert len(set(texts)) == len(texts)
    for statement in found.statements:
        assert statement.quotes  # 3
        for quote in statement.quotes:  # 1
            assert document.text[quote.start : quote.end] == quote.text != ""
            assert not any(mask.start < quote.end and quote.start < mask.end for mask in document.masks)
        verbatim = any(statement.text in clean_sentences(quote.text) for quote in statement.quotes)
        said = [figure for quote in statement.quotes for figure in find_figures(quote.text)]
        for figure in find_figures(statement.text):  # 4
            assert verbatim or any(same_figure(figure, other) for other in said)
        for name in find_names(statement.text, lowercase_seen=" ".join(quote.text for quote in statement.quotes)):
            assert verbatim or any(stands_in(name, quote.text) for quote in statement.quotes)


@pytest.mark.parametrize(
    "line",
    [
        "Boats "
        + " ".join(f"Na{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(6_000))
        + ".",
        "Boats " + " ".join(map(str, range(20_000, 35_000))) + ".",
        "Boats" + " " * 300_000 + "sank.",
        "Boats" + "[" * 100_000 + "1" + "]" * 100_000 + " sank.",
        "Boats" + "." * 300_000 + "x sank.",
    ],
)
def test_a_sentence_as_long_as_a_book_is_verified_in_linear_time(line: str) -> None:
    document = make_document(line)
    began = time.process_time()
    (item,) = make_evidence(document)[-1:]
    found = verify(
        make_draft((item.sentence.text, [(item.number, item.sentence.text)])), [item], document_of=of(document)
    )
    assert time.process_time() - began < 8
    assert [quote.text for statement in found.statements for quote in statement.quotes] == [item.sentence.text]
