"""Citation measures by offsets, and ALCE's with its quirks put right."""

from collections.abc import Callable
from typing import Any

import pytest

from eval import Case, EvidenceSpan, WordJudge
from eval.citations import (
    citation_document_precision,
    citation_document_recall,
    citation_precision,
    citation_recall,
    citation_success,
    marker_exactness,
    quote_exactness,
    span_iou,
    statements_cited,
)
from eval.measures import MeanMeasure, measure_named
from eval.supporting import alce_precision, alce_recall

TEXT = "Alpha beta gamma. Delta 7 epsilon."
GOLD = (EvidenceSpan("d", 0, 10, "Alpha beta"), EvidenceSpan("e", 0, 5, "Alpha"))


def cite(
    number: int, start: int, end: int, *, name: str = "d", quote: str | None = None, at: int = 0
) -> dict[str, Any]:
    """A citation of TEXT whose marker begins at `at` in the answer."""
    return {
        "number": number,
        "document_name": name,
        "quote": TEXT[start:end] if quote is None else quote,
        "source_start": start,
        "source_end": end,
        "answer_start": at,
        "answer_end": at + len(f"[{number}]"),
    }


def answered(answer: str, *citations: dict[str, Any], statements: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"status": "answered", "answer": answer, "citations": list(citations), "statements": statements or []}


def test_overlap_precision_recall_and_iou(case_of: Callable[..., Case]) -> None:
    result = answered("x [1] y [2]", cite(1, 6, 16, at=2), cite(2, 18, 25, at=8))
    case = case_of(result, evidence=GOLD, texts={"d": TEXT})
    assert citation_precision(case) == 0.5  # the first overlaps [0, 10), the second nothing
    assert citation_recall(case) == 0.5  # the span in e is not cited
    assert citation_success(case) == 1.0
    assert (citation_document_precision(case), citation_document_recall(case)) == (1.0, 0.5)
    # Cited d[6:16) and d[18:25), 17 characters; gold d[0:10) and e[0:5), 15; together d[6:10), 4 in both.
    assert span_iou(case) == pytest.approx(4 / (17 + 15 - 4))
    assert quote_exactness(case) == 1.0
    assert marker_exactness(case) == 1.0


def test_no_answer_counts_zero_and_no_gold_does_not_count(case_of: Callable[..., Case]) -> None:
    refused = case_of({"status": "abstained"}, evidence=GOLD)
    rules = (citation_precision, citation_recall, citation_success, citation_document_precision, span_iou, alce_recall)
    assert [rule(refused) for rule in rules] == [0.0] * 6
    assert citation_precision(case_of(answered("x"), answers=("x",))) is None
    assert quote_exactness(refused) is None


@pytest.mark.parametrize(
    "citation",
    [
        cite(1, 0, 5, quote="Alphx"),
        cite(1, 1, 6, quote="Alpha"),
        cite(1, 0, 5, name="nowhere"),
        cite(1, -5, -1, quote=TEXT[-5:-1]),
        cite(1, 4, 4, quote=""),
        cite(1, 0, 99, quote=TEXT),
    ],
)
def test_a_quote_that_is_not_there_is_not_exact(case_of: Callable[..., Case], citation: dict[str, Any]) -> None:
    assert quote_exactness(case_of(answered("x [1]", citation), texts={"d": TEXT})) == 0.0


@pytest.mark.parametrize(
    ("answer", "citations", "expected"),
    [
        ("x [1] y [2]", [cite(1, 0, 5, at=2), cite(2, 0, 5, at=8)], 1.0),
        ("x [1] y [1]", [cite(1, 0, 5, at=2)], 1.0),  # one source used twice
        ("x [1] y [7]", [cite(1, 0, 5, at=2)], 0.5),  # a marker that points to nothing
        ("x [1] y [0]", [cite(1, 0, 5, at=2)], 0.5),
        ("x [2] y [1]", [cite(2, 0, 5, at=2), cite(1, 0, 5, at=8)], 0.0),  # not in order of first use
        ("x [1]", [cite(1, 0, 5, at=3)], 0.0),  # the offset is one too far
        ("x", [cite(1, 0, 5, at=2)], 0.0),  # a citation without marker
    ],
)
def test_markers(case_of: Callable[..., Case], answer: str, citations: list[dict[str, Any]], expected: float) -> None:
    assert marker_exactness(case_of(answered(answer, *citations))) == expected


def test_statements_cited(case_of: Callable[..., Case]) -> None:
    parts: list[dict[str, Any]] = [
        {"start": 0, "end": 8, "citations": [1]},
        {"start": 9, "end": 13},
        {"start": 14, "end": 24},
    ]
    result = answered("One [1]. Two. Three [4].", cite(1, 0, 5, at=4), statements=parts)
    assert statements_cited(case_of(result)) == pytest.approx(1 / 3)


def test_alce_as_published(case_of: Callable[..., Case]) -> None:
    # Supported by both together, by neither alone: both count. A third that adds nothing is irrelevant.
    result = answered(
        "Alpha gamma delta 7 [1][2][3].", cite(1, 0, 17, at=20), cite(2, 18, 34, at=23), cite(3, 6, 10, at=26)
    )
    case = case_of(result, answers=("x",))
    assert alce_recall(case, judge=WordJudge(share=1.0)) == 1.0
    assert alce_precision(case, judge=WordJudge(share=1.0)) == pytest.approx(2 / 3)


def test_alce_quirks_put_right(case_of: Callable[..., Case]) -> None:
    # In the published script [0] is judged by the last document, and would support this.
    zero = case_of(answered("Alpha beta [0].", cite(1, 0, 17, at=0)), answers=("x",))
    assert (alce_recall(zero), alce_precision(zero)) == (0.0, 0.0)
    # There, [9] makes the statement unsupported and leaves precision alone; here the good citation still supports it.
    beyond = case_of(answered("Alpha beta [1][9].", cite(1, 0, 17, at=11)), answers=("x",))
    assert (alce_recall(beyond), alce_precision(beyond)) == (1.0, 0.5)
    # There, an empty answer is left out; here it counts, but only where there was something to answer.
    assert alce_recall(case_of({"status": "abstained"}, answers=("x",))) == 0.0
    assert alce_recall(case_of({"status": "abstained"}, answerable=False)) is None
    # A marker twice is one citation; bare text with numbers in it is none.
    twice = case_of(answered("Alpha beta [1] [1] in [the year].", cite(1, 0, 17, at=11)), answers=("x",))
    assert alce_precision(twice, judge=WordJudge(share=0.5)) == 1.0


def test_the_judge_is_a_part_you_bring(case_of: Callable[..., Case]) -> None:
    class Yes:
        def supports(self, *, premise: str, claim: str) -> bool:
            return True

    measure = measure_named("ALCERecall", judge=Yes())
    assert isinstance(measure, MeanMeasure)
    case = case_of(answered("Utterly different [1].", cite(1, 0, 5, at=18)), answers=("x",))
    assert (measure.value(case), alce_recall(case)) == (1.0, 0.0)


def test_the_word_judge_sees_what_was_added() -> None:
    judge = WordJudge()
    assert judge.supports(premise="The quay is 240 metres long.", claim="The new quay is 240 metres long")
    assert not judge.supports(premise="The quay is 240 metres long.", claim="The quay is 250 metres long")
    assert not judge.supports(premise="The quay is 240 metres long.", claim="The quay of Oslo")
    assert not judge.supports(premise="The quay.", claim="It is there.")  # no content word to support
    with pytest.raises(ValueError, match="found 0"):
        WordJudge(share=0)
