"""From a question to a verified answer: search, read, decide whether to answer, find conflicts, draft, verify, compose."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.datatypes import Document, Hit
from index.errors import InputError, ModelError
from index.searching import Searcher, checked_question
from index.store import DEFAULT_COLLECTION
from qa.abstaining import Nearness, confidence, explain, fact_borne, usual_threshold
from qa.composing import Composed, compose
from qa.conflicts import Side, find_conflict
from qa.datatypes import Abstention, Answer, Citation, Conflict, ConflictValue, Draft, DraftStatement, Evidence, Place
from qa.drafting import Drafter, DraftRequest
from qa.errors import CancelledError
from qa.evidence import EvidenceFinder, distinct
from qa.extractive import ExtractiveDrafter
from qa.misfits import discounted
from qa.qualifying import marked_text
from qa.ranking import FAR_BEHIND, READ_HITS, ReadHit, ranked
from qa.reading import UNREAD, Reader, Reading
from qa.supporting import WeighedJudge
from qa.verifying import SupportJudge, Verified, VerifiedStatement, statement_text, verify

# The evidence that a drafter is given; each sentence costs a language model half a second of reading.
MOST_EVIDENCE = 5
# Sentences among which conflicting values are looked for.
MOST_COMPARED = 20
# Evidence that scores below this part of the best is left out of the prompt.
LEAST_SHARE = 0.25
# Passages that are read however far behind the best they are: one that repeats the question word for word leaves the true
# one far behind.
LEAST_READ = 4
DEFAULT_K = 10
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question brought to light before anything was written."""

    question: str
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    # The confidence from which on the question is answered.
    threshold: float
    sides: tuple[Side, ...]
    timings: dict[str, float]
    # The sentences among which values were compared: more than a drafter is given.
    compared: tuple[Evidence, ...] = ()


def read_near(question: str, hits: Sequence[Hit], *, reader: Reader, finder: EvidenceFinder) -> list[Reading]:
    """What the reader makes of the passages; of many those far behind the best are not read, a few are soon read.

    All that is fitted is fitted on the same.
    """
    best = max((hit.score for hit in hits), default=0.0)
    least = LEAST_READ if len(hits) >= READ_HITS else len(hits)
    near = [hit for at, hit in enumerate(hits) if at < least or hit.score >= best - FAR_BEHIND]
    found = reader.read(question, finder.readables(near))
    read = {hit.passage_key: reading for hit, reading in zip(near, found, strict=True)}
    return [read.get(hit.passage_key, UNREAD) for hit in hits]


def find_evidence(question: str, read: Sequence[ReadHit], *, finder: EvidenceFinder) -> list[Evidence]:
    """The sentences that may answer, each once, numbered from the likeliest on; the confidence is fitted on the same."""
    scored = discounted(question, finder.sentences(read))
    return finder.evidence(distinct(scored, limit=MOST_COMPARED))


def find_nearness(
    question: str,
    hits: Sequence[Hit],
    read: Sequence[ReadHit],
    evidence: Sequence[Evidence],
    *,
    searcher: Searcher,
    finder: EvidenceFinder,
    judge: SupportJudge | None,
    likeness: float,
) -> Nearness:
    """How near the search came, and what the best passage's own words are worth; the confidence is fitted on the same."""
    text = finder.readables([read[0].hit])[0].text if read else ""
    borne = fact_borne(question, evidence, text, judge) if judge is not None else 0.0
    return Nearness.of(hits, similarity=searcher.cosine(question, text), borne=borne, likeness=likeness)


class Answerer:
    """Answers questions over one store. `drafters` are tried by name; the extractive one is always there.

    `judge`, weighed with what the words say, has the last word on whether a model's sentence is borne out by its quotes.
    `threshold` is the confidence under which it abstains; None takes what is usual for a collection of its kind.
    """

    def __init__(
        self,
        searcher: Searcher,
        *,
        reader: Reader,
        drafters: Mapping[str, Drafter] | None = None,
        judge: SupportJudge | None = None,
        threshold: float | None = None,
    ) -> None:
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"expected a threshold between 0 and 1, found {threshold}")
        self.searcher = searcher
        self._reader = reader
        self._head = judge
        self._judge = WeighedJudge(judge) if judge is not None else None
        self._finder = EvidenceFinder(searcher.store)
        self._extractive = ExtractiveDrafter(self._document)
        self._drafters: dict[str, Drafter] = {**(drafters or {}), "extractive": self._extractive}
        self._threshold = threshold

    @property
    def drafters(self) -> list[str]:
        """The names by which a drafter can be asked for."""
        return sorted(self._drafters)

    def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        k: int = DEFAULT_K,
        drafter: str = "extractive",
        seconds: float = SECONDS,
        cancelled: Callable[[], bool] | None = None,
        hits: Sequence[Hit] | None = None,
        watch: Callable[[Asked], None] | None = None,
    ) -> Answer:
        """Answer from the documents of a collection, or say that they do not. With `hits` of it, from these without a search.

        `watch` is told what was found before anything is written, so that a stream can begin.

        Raises:
            InputError: the question, k or collection cannot be used, or there is no drafter of that name.
            CancelledError: `cancelled` said so.
        """
        if drafter not in self._drafters:
            raise InputError(f"expected a drafter of {', '.join(self.drafters)}, found {drafter!r}")
        deadline = time.monotonic() + seconds
        asked = self.look(question, collection=collection, k=k, hits=hits)
        if watch is not None:
            watch(asked)
        if not asked.evidence or asked.confidence < asked.threshold:
            return self._abstained(asked, "below_threshold" if asked.evidence else "no_evidence", drafter)
        request = DraftRequest(asked.question, asked.evidence, deadline, *([cancelled] if cancelled else []))
        return self._answered(asked, request, self._drafters[drafter])

    def look(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        k: int = DEFAULT_K,
        hits: Sequence[Hit] | None = None,
    ) -> Asked:
        """Search and read without writing: hits, evidence, confidence and the sides of a conflict."""
        question = checked_question(question)
        if k < 1:
            raise InputError(f"expected k of at least 1, found {k}")
        began = time.perf_counter()
        if hits is None:
            hits = self.searcher.search(question, collection=collection, k=max(k, READ_HITS))
        hits = self._finder.present(hits)
        searched = time.perf_counter()
        readings = read_near(question, hits, reader=self._reader, finder=self._finder)
        likeness = self.searcher.likeness(collection)
        read = ranked(hits, readings, likeness=likeness)
        compared = find_evidence(question, read, finder=self._finder)
        evidence = compared[:MOST_EVIDENCE]
        near = find_nearness(
            question,
            hits,
            read,
            evidence,
            searcher=self.searcher,
            finder=self._finder,
            judge=self._head,
            likeness=likeness,
        )
        sides = tuple(find_conflict(question, compared, visible=self.visible, judge=self._head))
        sure = confidence(question, read, evidence, near=near, visible=self.visible, disputed=bool(sides))
        least = usual_threshold(likeness) if self._threshold is None else self._threshold
        timings = {"search": searched - began, "read": time.perf_counter() - searched}
        if sides:
            # What else was found would only distract from who says what.
            kept = sorted({item for side in sides for item in side.evidence}, key=lambda item: item.number)
        else:
            kept = [item for item in evidence if item.score >= LEAST_SHARE * evidence[0].score]
        found = tuple(one.hit for one in read[:k])
        return Asked(question, found, tuple(kept), sure, least, sides, timings, tuple(compared))

    def visible(self, key: int) -> str:
        """The text of a document with its debris blanked out."""
        return self._finder.read(key).visible

    def _document(self, key: int) -> Document:
        return self._finder.read(key).document

    def _abstained(self, asked: Asked, reason: str, drafter: str, *, rejected: int = 0) -> Answer:
        nearest = tuple(
            {
                "document_id": hit.document_id,
                "document_name": hit.document_name,
                "title": hit.title,
                "start": hit.start,
                "end": hit.end,
                "text": self._finder.read(hit.document_key).visible[hit.start : hit.end],
            }
            for hit in asked.hits[:3]
        )
        abstention = Abstention(reason, round(asked.confidence, 3), explain(reason), nearest)  # type: ignore[arg-type]
        return Answer(
            "abstained",
            asked.question,
            confidence=round(asked.confidence, 3),
            abstention=abstention,
            rejected_citations=rejected,
            drafter=drafter,
            timings=_rounded(asked.timings),
        )

    def _answered(self, asked: Asked, request: DraftRequest, drafter: Drafter) -> Answer:
        began = time.perf_counter()
        verified, usage, fallback = self._drafted(request, drafter)
        shown = self._with_all_sides(verified.statements, asked.sides, asked.question)
        timings = {**asked.timings, "draft": time.perf_counter() - began}
        if not shown:
            return self._abstained(
                replace(asked, timings=timings), "unverified", drafter.name, rejected=verified.rejected_citations
            )
        composed = compose(shown, document_of=self._document)
        conflicts = _conflicts(asked.sides, composed)
        return Answer(
            status="conflict" if conflicts else "answered",
            question=asked.question,
            answer=composed.text,
            short_answer="" if conflicts else _short_answer(asked.evidence, composed),
            statements=composed.statements,
            confidence=round(asked.confidence, 3),
            citations=_with_reprints(composed, asked.evidence),
            conflicts=conflicts,
            rejected_citations=verified.rejected_citations,
            drafter=drafter.name,
            fallback=fallback,
            usage=usage,
            timings=_rounded(timings),
        )

    def _drafted(self, request: DraftRequest, drafter: Drafter) -> tuple[Verified, dict[str, int], str]:
        """The verified draft, what it cost, and why the extractive one stands in for it where it does."""
        try:
            draft = drafter.draft(request)
        except CancelledError:
            raise
        except ModelError as error:
            return self._verified(self._extractive.draft(request), request), {}, str(error)
        verified = self._verified(draft, request)
        if verified.statements or drafter is self._extractive:
            return verified, draft.usage, ""
        instead = self._verified(self._extractive.draft(request), request)
        # What was dropped is not repeated here: nothing of a draft is shown that was not verified.
        borne = f"none of its {len(verified.dropped)} sentences is borne out by its quotes"
        reason = (
            borne if verified.rejected_citations < len(verified.dropped) else "nothing in the draft could be located"
        )
        return replace(instead, rejected_citations=verified.rejected_citations), draft.usage, reason

    def _verified(self, draft: Draft, request: DraftRequest) -> Verified:
        return verify(draft, request.evidence, document_of=self._document, question=request.question, judge=self._judge)

    def _with_all_sides(
        self, statements: Sequence[VerifiedStatement], sides: Sequence[Side], question: str
    ) -> list[VerifiedStatement]:
        """The statements, and of every side that none of them cites its own sentence."""
        shown = list(statements)
        for side in sides:
            # Every independent source of a side is cited, so that a lone source is seen to be one.
            for item in side.evidence:
                if shown and not any(_cites(statement, item) for statement in shown):
                    text, quote = statement_text(item, self._document(item.sentence.document_key))
                    extra = Draft((DraftStatement(text, (quote,)),))
                    shown += verify(extra, [item], document_of=self._document, question=question).statements
        return shown


def _cites(statement: VerifiedStatement, item: Evidence) -> bool:
    return any(quote.touches(item) for quote in statement.quotes)


def _short_answer(evidence: Sequence[Evidence], composed: Composed) -> str:
    """What the reader marks in the best evidence that the answer cites."""
    cited = (item for item in evidence if any(quote.touches(item) for quote in composed.numbers))
    return next((item for item in (marked_text(one.sentence) for one in cited) if item), "")


def _with_reprints(composed: Composed, evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The citations, each with the other documents that have its sentence word for word."""
    also = {
        number: tuple(
            Place(other.document_id, other.document_name, other.start, other.end)
            for item in evidence
            if quote.touches(item)
            for other in item.also
        )
        for quote, number in composed.numbers.items()
    }
    return tuple(replace(citation, also=also[citation.number]) for citation in composed.citations)


def _conflicts(sides: Sequence[Side], composed: Composed) -> tuple[Conflict, ...]:
    values = []
    for side in sides:
        cited = sorted(
            {number for quote, number in composed.numbers.items() if any(quote.touches(item) for item in side.evidence)}
        )
        if cited:
            independent = len({item.source for item in side.evidence})
            values.append(ConflictValue(side.value, side.qualifier, tuple(cited), independent))
    return (Conflict(tuple(values)),) if len(values) >= 2 else ()


def _rounded(timings: Mapping[str, float]) -> dict[str, float]:
    return {name: round(seconds, 4) for name, seconds in {**timings, "total": sum(timings.values())}.items()}
