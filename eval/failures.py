"""Says of every question what happened to it: where on the way from retrieval to answer it went wrong, if it did."""

from collections.abc import Iterable

from eval.answers import is_right
from eval.citations import citation_success, is_verbatim
from eval.conflicts import conflict_shown, planted_answer_given
from eval.datatypes import Case
from eval.retrieving import found_ranks, gold_documents

# In the order in which a report lists them, with what each means.
KINDS = {
    "right": "a right answer, cited where the gold says it (or the gold has no spans)",
    "right, cited elsewhere": "a right answer whose citations overlap no gold span: another source, or luck",
    "rightly refused": "unanswerable, and refused",
    "quote not verbatim": "a quote does not stand where the answer says: an error of the system",
    "planted answer given": "a wrong answer that was planted in the documents was passed on",
    "conflict not shown": "a right answer, but the documents disagree and only one side is shown",
    "answered though unanswerable": "unanswerable, and answered",
    "not retrieved": "answerable, and no hit holds gold evidence",
    "wrongly refused": "answerable, the evidence was retrieved (or retrieval is not known), and refused",
    "retrieved but not read": "the evidence was retrieved, and the wrong answer cites something else",
    "read but wrong": "the wrong answer cites gold evidence",
    "wrong": "a wrong answer where the gold has no evidence to tell more",
    "no result": "the run has no row for the question, or failed on it",
}


def failure_kind(case: Case) -> str:
    """The kind, one of KINDS, of a case; the first that holds in the order below."""
    if not (case.shown or case.refused):
        return "no result"
    if case.texts is not None and not all(is_verbatim(c, case.texts) for c in case.row.result.citations):
        return "quote not verbatim"
    if not case.question.answerable:
        return "rightly refused" if case.refused else "answered though unanswerable"
    if planted_answer_given(case):
        return "planted answer given"
    if is_right(case):
        return _of_right(case)
    return _of_wrong(case)


def _of_right(case: Case) -> str:
    if conflict_shown(case) == 0:
        return "conflict not shown"
    return "right, cited elsewhere" if citation_success(case) == 0 else "right"


def _of_wrong(case: Case) -> str:
    retrieved = bool(found_ranks(case)) if case.row.hits and gold_documents(case.question) else None
    if retrieved is False:
        return "not retrieved"
    if case.refused:
        return "wrongly refused"
    if case.question.evidence:
        return "read but wrong" if citation_success(case) else "retrieved but not read"
    return "wrong"


def failure_counts(cases: Iterable[Case]) -> dict[str, int]:
    """How many cases are of each kind, all kinds listed, in the order of KINDS."""
    counts = dict.fromkeys(KINDS, 0)
    for case in cases:
        counts[failure_kind(case)] += 1
    return counts
