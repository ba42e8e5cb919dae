"""Measures of the citations by offsets alone: is the quote there, does it overlap what a person marked?

Precision and recall are over the answerable questions that have gold evidence; one that got no answer, or an answer
without citations, counts 0. Quotes and markers are over the answers shown.
"""

from collections.abc import Mapping

from eval.datatypes import Case, Citation
from eval.normalising import markers
from eval.retrieving import gold_documents, overlaps


def is_verbatim(citation: Citation, texts: Mapping[str, str]) -> bool:
    """Whether `text[source_start:source_end]` of the cited document is the quote, character for character."""
    text, quote = texts.get(citation.document_name, ""), citation.quote
    start, end = citation.source_start, citation.source_end
    # A slice past the end is cut short in silence, so the length is asked for too.
    return 0 <= start < end and end - start == len(quote) and text[start:end] == quote


def quote_exactness(case: Case) -> float | None:
    """QuoteExactness: share of an answer's citations whose quote stands verbatim at the cited offsets.

    An invariant of pincite: anything under 1 is an error. Needs the corpus's texts.
    """
    citations = case.row.result.citations
    if case.texts is None or not citations:
        return None
    return sum(is_verbatim(citation, case.texts) for citation in citations) / len(citations)


def marker_exactness(case: Case) -> float | None:
    """MarkerExactness: share of citations and markers that belong together.

    A citation is right if `answer[answer_start:answer_end]` is its marker `[n]` and n is the marker's place in the
    order of first use; a marker in the answer that no citation bears, `[0]` and `[99]` included, is wrong.
    """
    result = case.row.result
    found = markers(result.answer) if case.shown else []
    order = {number: place for place, number in enumerate(dict.fromkeys(n for n, _, _ in found), start=1)}
    stray = [number for number, _, _ in found if number not in {c.number for c in result.citations}]
    right = [
        (c.number, c.answer_start, c.answer_end) in found and order[c.number] == c.number for c in result.citations
    ]
    total = len(right) + len(stray)
    return sum(right) / total if case.shown and total else None


def statements_cited(case: Case) -> float | None:
    """StatementsCited: share of an answer's statements that bear at least one marker of a listed citation."""
    result = case.row.result
    if not (case.shown and result.statements):
        return None
    listed = {citation.number for citation in result.citations}
    cited = [any(n in listed for n, _, _ in markers(result.answer[s.start : s.end])) for s in result.statements]
    return sum(cited) / len(cited)


def is_on_gold(case: Case, citation: Citation) -> bool:
    """Whether a citation shares at least one character with a gold span."""
    start, end = citation.source_start, citation.source_end
    return any(overlaps(citation.document_name, start, end, span) for span in case.question.evidence)


def citation_precision(case: Case) -> float | None:
    """CitationPrecision: share of an answer's citations that overlap a gold span."""
    if not case.question.evidence:
        return None
    citations = case.row.result.citations if case.shown else ()
    return sum(is_on_gold(case, citation) for citation in citations) / len(citations) if citations else 0.0


def citation_recall(case: Case) -> float | None:
    """CitationRecall: share of the gold spans that a citation overlaps.

    Gold spans may say the same thing in several documents, so a good answer need not reach 1; see CitationSuccess.
    """
    spans = case.question.evidence
    if not spans:
        return None
    citations = case.row.result.citations if case.shown else ()
    cited = [(c.document_name, c.source_start, c.source_end) for c in citations]
    return sum(any(overlaps(*place, span) for place in cited) for span in spans) / len(spans)


def citation_success(case: Case) -> float | None:
    """CitationSuccess: 1 if at least one citation overlaps a gold span."""
    precision = citation_precision(case)
    return None if precision is None else float(precision > 0)


def _documents(case: Case) -> tuple[set[str], set[str]]:
    """The documents an answer cites, and the gold ones."""
    citations = case.row.result.citations if case.shown else ()
    return {citation.document_name for citation in citations}, set(gold_documents(case.question))


def citation_document_precision(case: Case) -> float | None:
    """CitationDocumentPrecision: |cited and gold documents| / |cited documents|; 0 where nothing is cited."""
    cited, gold = _documents(case)
    if not gold:
        return None
    return len(cited & gold) / len(cited) if cited else 0.0


def citation_document_recall(case: Case) -> float | None:
    """CitationDocumentRecall: |cited and gold documents| / |gold documents|."""
    cited, gold = _documents(case)
    return len(cited & gold) / len(gold) if gold else None


def span_iou(case: Case) -> float | None:
    """SpanIoU: characters both cited and gold / characters cited or gold, over all documents of a question.

    Source: the Jaccard index (Jaccard 1901) of the two sets of (document, offset).
    """
    if not case.question.evidence:
        return None
    citations = case.row.result.citations if case.shown else ()
    cited = {(c.document_name, i) for c in citations for i in range(c.source_start, c.source_end)}
    gold = {(span.document_name, i) for span in case.question.evidence for i in range(span.start, span.end)}
    return len(cited & gold) / len(cited | gold)
