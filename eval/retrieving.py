"""Measures of retrieval: do the hits hold what answers the question, and how high?

The unit is the gold document. It is found at the rank of the first hit that is relevant to it: a hit that overlaps one
of its gold spans, or, where the gold names only the document, a hit in that document. A second hit in the same document
finds nothing new, so a system gains nothing by cutting documents into smaller passages. Only answerable questions
count; ranks are places in the list of hits, from 1.
"""

import math

from eval.datatypes import Case, EvidenceSpan, Question, RunHit


def gold_documents(question: Question) -> dict[str, int]:
    """The documents that answer a question, with their grades (1 where the gold has none); empty where unknown."""
    if not question.answerable:
        return {}
    if question.relevance:
        return {name: grade for name, grade in question.relevance if grade > 0}
    names = [span.document_name for span in question.evidence] or ([question.passage] if question.passage else [])
    return dict.fromkeys(names, 1)


def overlaps(document_name: str, start: int, end: int, span: EvidenceSpan) -> bool:
    """Whether a stretch of a document shares at least one character with a gold span."""
    return document_name == span.document_name and start < span.end and span.start < end


def is_relevant(hit: RunHit, question: Question) -> bool:
    """Whether a hit overlaps a gold span of its document, or is in a gold document that has no spans."""
    spans = [span for span in question.evidence if span.document_name == hit.document_name]
    if spans:
        return any(overlaps(hit.document_name, hit.start, hit.end, span) for span in spans)
    return hit.document_name in gold_documents(question)


def found_ranks(case: Case) -> dict[str, int]:
    """Gold document → the rank of the first hit that is relevant to it; documents that no hit finds are left out."""
    ranks: dict[str, int] = {}
    gold = gold_documents(case.question)
    for rank, hit in enumerate(case.row.hits, start=1):
        if hit.document_name in gold and is_relevant(hit, case.question):
            ranks.setdefault(hit.document_name, rank)
    return ranks


def recall(case: Case, k: int) -> float | None:
    """Recall@k: |gold documents found in the first k hits| / |gold documents|. Source: trec_eval's `recall_k`."""
    gold = gold_documents(case.question)
    return sum(rank <= k for rank in found_ranks(case).values()) / len(gold) if gold else None


def reciprocal_rank(case: Case, k: int) -> float | None:
    """RR@k: 1 / rank of the first relevant hit, 0 if it is not among the first k. Source: Voorhees 1999; trec_eval."""
    if not gold_documents(case.question):
        return None
    best = min(found_ranks(case).values(), default=math.inf)
    return 1 / best if best <= k else 0.0


def ndcg(case: Case, k: int) -> float | None:
    """nDCG@k: DCG / ideal DCG, DCG = sum over ranks i <= k of grade_i / log2(i + 1).

    Source: Järvelin and Kekäläinen 2002, with linear gains as in trec_eval's `ndcg_cut`.
    """
    gold = gold_documents(case.question)
    if not gold:
        return None
    gain = math.fsum(gold[name] / math.log2(rank + 1) for name, rank in found_ranks(case).items() if rank <= k)
    ideal = sorted(gold.values(), reverse=True)[:k]
    return gain / math.fsum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, start=1))


def success(case: Case, k: int) -> float | None:
    """Success@k: 1 if a relevant hit is among the first k. Source: trec_eval's `success_k`."""
    if not gold_documents(case.question):
        return None
    return float(any(rank <= k for rank in found_ranks(case).values()))
