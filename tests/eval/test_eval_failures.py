"""The kind of every question: each one once, and each for its reason."""

from collections.abc import Callable
from typing import Any

import pytest

from eval import KINDS, Case, EvidenceSpan, failure_counts, failure_kind
from eval.datatypes import Side

GOLD = (EvidenceSpan("d", 0, 10, "It is Oslo"),)
ON, OFF = {"document_name": "d", "start": 0, "end": 5, "score": 1.0}, {"document_name": "e", "start": 0, "end": 5}
CITES_GOLD = {"number": 1, "document_name": "d", "quote": "It is", "source_start": 0, "source_end": 5}
CITES_ELSE = {"number": 1, "document_name": "d", "quote": "now", "source_start": 11, "source_end": 14}
TEXTS = {"d": "It is Oslo now."}


@pytest.mark.parametrize(
    ("kind", "result", "gold"),
    [
        ("right", {"status": "answered", "answer": "Oslo.", "citations": [CITES_GOLD]}, {}),
        ("right, cited elsewhere", {"status": "answered", "answer": "Oslo.", "citations": [CITES_ELSE]}, {}),
        ("rightly refused", {"status": "abstained"}, {"answerable": False, "answers": (), "evidence": ()}),
        (
            "answered though unanswerable",
            {"status": "answered", "answer": "Oslo."},
            {"answerable": False, "answers": (), "evidence": ()},
        ),
        (
            "quote not verbatim",
            {"status": "answered", "answer": "Oslo.", "citations": [CITES_GOLD | {"quote": "It was"}]},
            {},
        ),
        ("planted answer given", {"status": "answered", "answer": "Bergen."}, {"wrong_answers": ("Bergen",)}),
        (
            "conflict not shown",
            {"status": "answered", "answer": "Oslo."},
            {"conflict": (Side("Oslo", ("d",)), Side("Bergen", ("e",)))},
        ),
        ("not retrieved", {"status": "abstained", "hits": [OFF]}, {}),
        ("not retrieved", {"status": "answered", "answer": "Rome.", "hits": [OFF]}, {}),
        ("wrongly refused", {"status": "abstained", "hits": [OFF, ON]}, {}),
        ("wrongly refused", {"status": "abstained"}, {}),
        (
            "retrieved but not read",
            {"status": "answered", "answer": "Rome.", "citations": [CITES_ELSE], "hits": [ON]},
            {},
        ),
        ("read but wrong", {"status": "answered", "answer": "Rome.", "citations": [CITES_GOLD], "hits": [ON]}, {}),
        ("wrong", {"status": "answered", "answer": "Rome."}, {"evidence": ()}),
        ("no result", {"status": "failed"}, {}),
    ],
)
def test_kinds(case_of: Callable[..., Case], kind: str, result: dict[str, Any], gold: dict[str, Any]) -> None:
    hits = tuple({"score": 0.5, **hit} for hit in result.pop("hits", ()))
    case = case_of(result, hits=hits, texts=TEXTS, **({"answers": ("Oslo",), "evidence": GOLD} | gold))
    assert failure_kind(case) == kind


def test_every_question_of_the_sample_has_one_kind(cases: tuple[Case, ...]) -> None:
    counts = failure_counts(cases)
    assert list(counts) == list(KINDS)
    assert sum(counts.values()) == len(cases)
    assert {kind: n for kind, n in counts.items() if n} == {
        "right": 8,
        "rightly refused": 3,
        "answered though unanswerable": 1,
        "wrongly refused": 1,
        "retrieved but not read": 1,
    }
