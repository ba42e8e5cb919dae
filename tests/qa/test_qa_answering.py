"""The whole line from question to answer over a real store, with a reader that scores by a table and drafters that obey."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from index.datatypes import Document, Hit, Mask
from index.errors import InputError, QuestionError
from index.searching import Searcher
from index.store import Store
from qa.abstaining import Nearness, confidence, usual_threshold
from qa.answering import LEAST_READ, Answerer, Asked
from qa.drafting import DraftRequest
from qa.errors import CancelledError, DeadlineError, DraftError, WeightsError
from qa.ranking import FAR_BEHIND, READ_HITS
from tests.fakes import WordEncoder, make_document
from tests.qa.making import (
    FakeDrafter,
    TableJudge,
    TableReader,
    check_answer,
    failing,
    make_answerer,
    make_draft,
)

FOUNDED = "The ferry company was founded in 1921."
HARBOUR = make_document(
    f"{FOUNDED} It ran two boats.\n\nADVERTISEMENT Buy the boat of 1921 now!\n\nThe lighthouse 🗼 stands on granite.",
    name="harbour.txt",
    title="The harbour",
)
AT = HARBOUR.text.index("ADVERTISEMENT")
HARBOUR = make_document(
    HARBOUR.text,
    name="harbour.txt",
    title="The harbour",
    masks=[Mask(AT, HARBOUR.text.index("now!") + 4, "advertisement")],
)
WHEN = "When was the ferry company founded?"
# Wants no figure: any sentence may answer it.
WHAT = "What did the ferry company do?"
TABLE = {"founded in 19": 0.9, "two boats": 0.6}
MARKS = {"founded in 19": "1921", "two boats": "two"}


def test_an_answer_in_full(store: Store) -> None:
    answerer = make_answerer(store, [HARBOUR], table=TABLE, marks=MARKS)
    answer = answerer.ask(WHEN)
    check_answer(answer, [HARBOUR])
    found = answer.as_dict()
    timings = found.pop("timings")
    assert json.loads(json.dumps(found)) == {
        "status": "answered",
        "question": WHEN,
        "answer": "The ferry company was founded in 1921 [1].",
        "short_answer": "1921",
        "statements": [{"start": 0, "end": 42, "citations": [1]}],
        "confidence": answer.confidence,
        "abstention": None,
        "citations": [
            {
                "number": 1,
                "document_id": HARBOUR.id,
                "document_name": "harbour.txt",
                "title": "The harbour",
                "uri": "",
                "published": "",
                "quote": FOUNDED,
                "source_start": 0,
                "source_end": 38,
                "answer_start": 38,
                "answer_end": 41,
                "match": "exact",
                "also": [],
            }
        ],
        "conflicts": [],
        "rejected_citations": 0,
        "drafter": "extractive",
        "fallback": "",
        "usage": {},
    }
    assert 0 < answer.confidence <= 1
    assert set(timings) == {"search", "read", "draft", "total"}
    assert timings["total"] == pytest.approx(timings["search"] + timings["read"] + timings["draft"], abs=0.001)


def test_nothing_to_search_in(store: Store) -> None:
    masked = make_document("Buy boats!", name="ad.txt", masks=[Mask(0, 10, "advertisement")])
    for documents in ([], [masked]):
        answer = make_answerer(store, documents).ask(WHEN)
        check_answer(answer, documents)
        assert answer.abstention is not None
        assert (answer.abstention.reason, answer.abstention.nearest, answer.confidence) == ("no_evidence", (), 0.0)


def test_where_nobody_chose_a_threshold_the_collection_s_kind_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_answerer(store, [HARBOUR], table=TABLE)
    answerer = Answerer(Searcher(store, encoder=WordEncoder()), reader=TableReader(TABLE))
    asked = answerer.look(WHEN)
    assert asked.threshold == usual_threshold(answerer.searcher.likeness("default"))
    for threshold, status in ((asked.confidence, "answered"), (asked.confidence + 1e-6, "abstained")):
        monkeypatch.setattr("qa.answering.usual_threshold", lambda likeness, at=threshold: at)
        assert answerer.ask(WHEN).status == status


def test_below_the_threshold_the_nearest_passages_are_named(store: Store) -> None:
    answer = make_answerer(store, [HARBOUR], table=TABLE, threshold=1.0).ask(WHEN)
    check_answer(answer, [HARBOUR])
    assert answer.abstention is not None
    assert (answer.abstention.reason, answer.abstention.score) == ("below_threshold", answer.confidence)
    assert [near["document_name"] for near in answer.abstention.nearest] == ["harbour.txt"] * len(
        answer.abstention.nearest
    )
    for near in answer.abstention.nearest:
        shown = HARBOUR.text[near["start"] : near["end"]].replace("ADVERTISEMENT Buy the boat of 1921 now!", " " * 39)
        assert near["text"] == shown
        assert "ADVERTISEMENT" not in near["text"]


def test_advice_is_never_given(store: Store) -> None:
    answer = make_answerer(store, [HARBOUR], default=0.99, threshold=0.01).ask("Should I buy the ferry company?")
    assert answer.abstention is not None
    assert (answer.abstention.reason, answer.confidence) == ("below_threshold", 0.0)


def test_evidence_that_no_statement_can_be_made_of(store: Store) -> None:
    document = make_document("[12]", name="note.txt")
    drafter = FakeDrafter(lambda request: make_draft(("Two boats.", [(1, "Three."), (9, "Two boats.")])))
    answerer = make_answerer(store, [document], default=0.9, drafter=drafter)
    for name, rejected in (("extractive", 0), ("local", 2)):
        answer = answerer.ask("12?", drafter=name)
        check_answer(answer, [document])
        assert answer.abstention is not None
        assert (answer.abstention.reason, answer.rejected_citations, answer.drafter) == ("unverified", rejected, name)


def test_a_drafter_s_own_words(store: Store) -> None:
    def answer(request: DraftRequest) -> object:
        return make_draft(("In 1921 the ferry company was founded [7].", [(1, request.evidence[0].sentence.text)]))

    drafter = FakeDrafter(answer)  # type: ignore[arg-type]
    answerer = make_answerer(store, [HARBOUR], table=TABLE, drafter=drafter)
    before = time.monotonic()
    found = answerer.ask(f"  {WHAT}\x00 ", drafter="local", seconds=7.0)
    check_answer(found, [HARBOUR])
    assert (found.answer, found.drafter, found.fallback) == ("In 1921 the ferry company was founded [1].", "local", "")
    (request,) = drafter.requests
    assert request.question == found.question == WHAT
    assert before + 7 <= request.deadline <= time.monotonic() + 7
    assert [(item.number, item.score) for item in request.evidence] == [
        (1, pytest.approx(0.9)),
        (2, pytest.approx(0.6)),
    ]  # the others score too little
    assert request.evidence[1].leans


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DraftError("the model wrote nothing usable (0 characters)"), "the model wrote nothing usable (0 characters)"),
        (DeadlineError("the model did not finish in time"), "the model did not finish in time"),
        (WeightsError("no model at 'x'"), "no model at 'x'"),
    ],
)
def test_where_the_drafter_fails_the_extractive_answer_stands_and_says_why(
    store: Store, error: Exception, reason: str
) -> None:
    found = make_answerer(store, [HARBOUR], table=TABLE, drafter=FakeDrafter(failing(error))).ask(WHEN, drafter="local")
    check_answer(found, [HARBOUR])
    assert (found.status, found.answer) == ("answered", "The ferry company was founded in 1921 [1].")
    assert (found.drafter, found.fallback, found.usage) == ("local", reason, {})


@pytest.mark.parametrize(
    ("statements", "rejected", "fallback"),
    [
        ([], 0, "nothing in the draft could be located"),
        ([("Zebras graze.", [(7, "x"), (1, "Zebras graze.")])], 2, "nothing in the draft could be located"),
        ([("Zebras graze on 53 hills.", [(1, FOUNDED)])], 0, "none of its 1 sentences is borne out by its quotes"),
        ([("\x00 [1] …", [(1, FOUNDED)])], 0, "nothing in the draft could be located"),
    ],
)
def test_rubbish_in_a_draft_is_counted_and_never_shown(
    store: Store, statements: list[tuple[str, list[tuple[int, str]]]], rejected: int, fallback: str
) -> None:
    def answer(request: DraftRequest) -> object:
        draft = make_draft(*statements)
        draft.usage.update(tokens_out=5)
        return draft

    found = make_answerer(store, [HARBOUR], table=TABLE, drafter=FakeDrafter(answer)).ask(WHEN, drafter="local")  # type: ignore[arg-type]
    check_answer(found, [HARBOUR])
    assert found.answer == "The ferry company was founded in 1921 [1]."
    assert (found.rejected_citations, found.fallback, found.usage) == (rejected, fallback, {"tokens_out": 5})
    assert "ebras" not in json.dumps(found.as_dict())


def test_whoever_went_away_gets_no_answer(store: Store) -> None:
    def answer(request: DraftRequest) -> object:
        request.check()
        raise AssertionError("expected the check to raise")

    answerer = make_answerer(store, [HARBOUR], table=TABLE, drafter=FakeDrafter(answer))  # type: ignore[arg-type]
    with pytest.raises(CancelledError):
        answerer.ask(WHEN, drafter="local", cancelled=lambda: True)
    # A deadline in the past is no such thing: the extractive answer comes instead.
    assert answerer.ask(WHEN, drafter="local", seconds=-1).fallback == "the model did not finish in time"


def test_what_is_masked_is_quoted_by_nobody(store: Store) -> None:
    advertisement = "Buy the boat of 1921 now!"
    drafter = FakeDrafter(
        lambda request: make_draft(
            (advertisement, [(1, advertisement), (1, f"It ran two boats.\n\nADVERTISEMENT {advertisement}")])
        )
    )
    answerer = make_answerer(store, [HARBOUR], default=0.9, drafter=drafter)
    for name in ("local", "extractive"):
        for question in ("Buy the boat of 1921 now!", "When was the boat advertised?"):
            answer = answerer.ask(question, drafter=name)
            check_answer(answer, [HARBOUR])
            assert "now!" not in json.dumps(answer.as_dict()["citations"])
            assert "ADVERTISEMENT" not in answer.answer
            assert answer.rejected_citations == (2 if name == "local" else 0)
    assert all("ADVERTISEMENT" not in item.sentence.text for request in drafter.requests for item in request.evidence)


class DeletingSearcher(Searcher):
    """Deletes documents between the search and the reading."""

    def __init__(self, store: Store, names: Sequence[str]) -> None:
        super().__init__(store, encoder=WordEncoder())
        self._names = names

    def search(self, question: str, *, collection: str = "default", k: int = 10) -> list[Hit]:
        """The hits of documents of which some are gone."""
        hits = super().search(question, collection=collection, k=k)
        for name in self._names:
            self.store.remove(name)
        return hits


@pytest.mark.parametrize(
    ("gone", "status"),
    [(["other.txt"], "answered"), (["harbour.txt"], "answered"), (["harbour.txt", "other.txt"], "abstained")],
)
def test_documents_deleted_between_search_and_reading(store: Store, gone: list[str], status: str) -> None:
    other = make_document("Another ferry company was founded in 1921, they say.", name="other.txt")
    make_answerer(store, [HARBOUR, other])
    answer = Answerer(DeletingSearcher(store, gone), reader=TableReader(TABLE), threshold=0.0).ask(WHEN)
    check_answer(answer, [HARBOUR, other])
    assert answer.status == status
    assert not {citation.document_name for citation in answer.citations} & set(gone)
    assert answer.abstention is None or answer.abstention.nearest == ()


def test_a_document_deleted_while_the_model_writes(store: Store) -> None:
    def answer(request: DraftRequest) -> object:
        store.remove("harbour.txt")
        return make_draft((FOUNDED, [(1, FOUNDED)]))

    found = make_answerer(store, [HARBOUR], table=TABLE, drafter=FakeDrafter(answer)).ask(WHEN, drafter="local")  # type: ignore[arg-type]
    check_answer(found, [HARBOUR])
    assert found.answer == "The ferry company was founded in 1921 [1]."


TOWN = (
    "In 1934 a ferry company was founded by Ada Finch, according to the town, when the new pier was still made of wood."
)


def disagreeing() -> list[Document]:
    return [
        make_document("The ferry company was founded in 1921, its papers say.", name="papers.txt"),
        make_document(TOWN, name="town.txt"),
        make_document(f"Reprint. {TOWN}", name="reprint.txt"),
        make_document("The ferry company was founded in 1934; a plaque shows it.", name="plaque.txt"),
    ]


def test_another_world_is_no_side_and_no_answer(store: Store) -> None:
    unreal = make_document("In an alternate timeline, the ferry company was founded in 1890.", name="tale.txt")
    table = {"founded in 1921": 0.7, "founded in 1890": 0.95}
    answerer = make_answerer(store, [HARBOUR, unreal], table=table)
    answer = answerer.ask(WHEN)
    check_answer(answer, [HARBOUR, unreal])
    assert (answer.status, answer.answer) == ("answered", "The ferry company was founded in 1921 [1].")
    asked = answerer.ask("When was the ferry company founded in the alternate timeline?")
    assert "1890" in asked.answer


@pytest.mark.parametrize("drafter", ["extractive", "local"])
def test_sources_that_disagree(store: Store, drafter: str) -> None:
    def one_side(request: DraftRequest) -> object:
        return make_draft(("The ferry company was founded in 1921.", [(1, request.evidence[0].sentence.text)]))

    table = {"papers": 0.9, "plaque": 0.85, "according to the town": 0.8, "Reprint": 0.01}
    answerer = make_answerer(store, disagreeing(), table=table, drafter=FakeDrafter(one_side))  # type: ignore[arg-type]
    answer = answerer.ask(WHEN, drafter=drafter)
    check_answer(answer, disagreeing())
    assert answer.status == "conflict"
    names = {citation.number: citation.document_name for citation in answer.citations}
    (conflict,) = answer.conflicts
    assert [(value.value, {names[number] for number in value.citations}) for value in conflict.values] == [
        ("1934", {"plaque.txt", "town.txt"}),  # the reprint of one of them counts for nothing
        ("1921", {"papers.txt"}),
    ]


def test_reprints_alone_do_not_outvote(store: Store) -> None:
    documents = [document for document in disagreeing() if document.name in {"town.txt", "reprint.txt"}]
    answer = make_answerer(store, documents, table={"town": 0.9}).ask(WHEN)
    check_answer(answer, documents)
    assert (answer.status, answer.conflicts) == ("answered", ())


def test_of_a_conflict_only_the_sides_are_evidence(store: Store) -> None:
    others = make_document("A ferry company had been planned for long, it is said. Gulls cried.", name="other.txt")
    table = {"papers": 0.9, "plaque": 0.85, "according to the town": 0.8, "planned": 0.7}
    asked = make_answerer(store, [*disagreeing(), others], table=table, default=0.5).look(WHEN)
    numbers = [item.number for item in asked.evidence]
    assert numbers == sorted(set(numbers))
    assert set(asked.evidence) == {item for side in asked.sides for item in side.evidence}
    assert [(side.value, len(side.evidence)) for side in asked.sides] == [("1934", 2), ("1921", 1)]


def test_a_reprint_with_another_figure_is_a_conflict(store: Store) -> None:
    changed = make_document(TOWN.replace("1934", "1943"), name="changed.txt")
    documents = [document for document in disagreeing() if document.name in {"town.txt", "reprint.txt"}] + [changed]
    answer = make_answerer(store, documents, table={"1934": 0.9, "1943": 0.8}).ask(WHEN)
    check_answer(answer, documents)
    assert answer.status == "conflict"
    assert [value.value for value in answer.conflicts[0].values] == ["1934", "1943"]


def test_the_confidence_knows_how_alike_the_passages_of_its_collection_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = make_answerer(store, [HARBOUR], table=TABLE, default=0.5)
    told: list[float] = []

    def keep(*things: Any, near: Nearness, **others: Any) -> float:
        told.append(near.likeness)
        return confidence(*things, near=near, **others)

    monkeypatch.setattr("qa.answering.confidence", keep)
    answerer.look(WHEN)
    answerer.look(WHEN, hits=answerer.searcher.search(WHEN))
    answerer.look(WHEN, collection="empty")
    assert told == [answerer.searcher.likeness("default")] * 2 + [1.0]


def test_given_hits_are_not_searched_for(store: Store) -> None:
    other = make_document("The ferry company was founded in 1800.", name="other.txt")
    answerer = make_answerer(store, [HARBOUR, other], table=TABLE, default=0.5)
    hits = [hit for hit in answerer.searcher.search(WHEN) if hit.document_name == "other.txt"]
    answer = answerer.ask(WHEN, hits=hits)
    assert answer.answer == "The ferry company was founded in 1800 [1]."
    assert answerer.ask(WHEN, hits=[]).status == "abstained"


def test_the_reader_orders_what_the_search_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {"search": 0.0, "answerable": 1.0, "margin": 0.0, "length": 0.0, "later": 0.0}
    monkeypatch.setattr("qa.ranking.ORDER", {"mixed": weights, "alike": weights})
    monkeypatch.setattr("qa.answering.FAR_BEHIND", 9.0)
    documents = [make_document(f"Ferry company number {n} sank.", name=f"{n}.txt") for n in range(READ_HITS + 5)]
    documents.append(make_document("It began in 1921, long before anything else here.", name="last.txt"))
    make_answerer(store, documents)
    reader = TableReader({"1921": 0.9})
    answerer = Answerer(Searcher(store, encoder=WordEncoder()), reader=reader, threshold=0.0)
    searched = answerer.searcher.search(WHEN, k=len(documents))
    assert searched[-1].document_name == "last.txt"
    asked = answerer.look(WHEN, k=3, hits=searched)
    assert [hit.document_name for hit in asked.hits][:1] == ["last.txt"]
    assert (len(asked.hits), len(reader.readables)) == (3, len(documents))
    assert answerer.ask(WHEN, hits=searched).answer.startswith("It began in 1921")
    # However few hits are wanted, so many are read.
    reader.readables.clear()
    assert len(answerer.look(WHEN, k=1).hits) == 1
    assert len(reader.readables) == READ_HITS


@pytest.mark.parametrize(("others", "read"), [(READ_HITS - 1, LEAST_READ), (READ_HITS - 2, READ_HITS - 1)])
def test_of_many_passages_those_far_behind_the_best_are_not_read(store: Store, others: int, read: int) -> None:
    documents = [make_document(WHEN, name="same.txt")]
    documents += [make_document(f"Gulls cry {n} times.", name=f"{n}.txt") for n in range(others)]
    make_answerer(store, documents)
    reader = TableReader({"Gulls": 0.9})
    answerer = Answerer(Searcher(store, encoder=WordEncoder()), reader=reader, threshold=0.0)
    found = answerer.searcher.search(WHEN, k=READ_HITS)
    assert len(found) == len(documents)
    assert found[0].score - found[1].score > FAR_BEHIND
    # What is not read is told all the same, behind what was read.
    told = [hit.document_name for hit in answerer.look(WHEN, k=READ_HITS).hits]
    assert sorted(told) == sorted(document.name for document in documents)
    assert sorted(told[read:]) == sorted(hit.document_name for hit in found[read:])
    assert [one.text for one in reader.readables] == [hit.text for hit in found[:read]]


def test_whoever_watches_is_told_once_before_anything_is_written(store: Store) -> None:
    seen: list[Asked] = []

    def answer(request: DraftRequest) -> object:
        assert [asked.question for asked in seen] == [WHAT]
        return make_draft((FOUNDED, [(1, FOUNDED)]))

    drafter = FakeDrafter(answer)  # type: ignore[arg-type]
    answerer = make_answerer(store, [HARBOUR], table=TABLE, drafter=drafter)
    found = answerer.ask(WHAT, drafter="local", watch=seen.append)
    (asked,) = seen
    assert [item.sentence.text for item in asked.evidence] == [FOUNDED, "It ran two boats."]
    assert asked.evidence == drafter.requests[0].evidence
    assert round(asked.confidence, 3) == found.confidence
    assert [hit.document_name for hit in asked.hits] == ["harbour.txt"] * len(asked.hits)
    # Also where nothing is written at all.
    for texts in ([], [HARBOUR]):
        answerer.ask(WHAT, hits=answerer.searcher.search(WHAT) if texts else [], watch=seen.append)
    assert [bool(asked.evidence) for asked in seen] == [True, False, True]


def test_a_model_is_not_asked_where_the_reader_refuses(store: Store) -> None:
    drafter = FakeDrafter(failing(AssertionError("expected no request")))
    answerer = make_answerer(store, [HARBOUR], table=TABLE, drafter=drafter, threshold=1.0)
    assert answerer.ask(WHEN, drafter="local").status == "abstained"
    assert answerer.ask(WHEN, drafter="local", hits=[]).status == "abstained"
    assert drafter.requests == []


# --- the short answer, and where else it is said ---------------------------------------------------------------------


def test_the_short_answer_is_what_is_marked_in_the_evidence_that_is_cited(store: Store) -> None:
    drafter = FakeDrafter(lambda request: make_draft(("It ran two boats.", [(2, "It ran two boats.")])))
    answerer = make_answerer(store, [HARBOUR], table=TABLE, marks=MARKS, drafter=drafter)
    assert answerer.ask(WHAT).short_answer == "1921"
    found = answerer.ask(WHAT, drafter="local")
    check_answer(found, [HARBOUR])
    assert (found.answer, found.short_answer) == ("It ran two boats [1].", "two")


def test_where_nothing_is_marked_there_is_no_short_answer(store: Store) -> None:
    answer = make_answerer(store, [HARBOUR], default=0.9).ask(WHEN)
    check_answer(answer, [HARBOUR])
    assert (answer.status, answer.short_answer) == ("answered", "")


def test_of_a_conflict_there_is_no_short_answer(store: Store) -> None:
    marks = {"papers": "1921", "plaque": "1934", "according to the town": "1934"}
    table = {"papers": 0.9, "plaque": 0.85, "according to the town": 0.8}
    answer = make_answerer(store, disagreeing(), table=table, marks=marks).ask(WHEN)
    check_answer(answer, disagreeing())
    assert (answer.status, answer.short_answer) == ("conflict", "")


def test_a_citation_says_where_else_its_sentence_stands(store: Store) -> None:
    documents = [document for document in disagreeing() if document.name in {"town.txt", "reprint.txt"}]
    documents.append(make_document(f"{TOWN.upper()} {TOWN}", name="twice.txt"))
    documents.append(make_document("Ada Finch was born in the town.", name="other.txt"))
    answer = make_answerer(store, documents, table={"own": 0.9, "OWN": 0.9, "born": 0.2}).ask(WHEN)
    check_answer(answer, documents)
    (citation,) = answer.citations
    assert citation.quote.lower() == TOWN.lower()
    named = {document.name: document for document in documents}
    assert {citation.document_name, *(place.document_name for place in citation.also)} == {
        "town.txt",
        "reprint.txt",
        "twice.txt",
    }
    assert len(citation.also) == 2
    for place in citation.also:
        document = named[place.document_name]
        assert document.id == place.document_id
        assert document.text[place.source_start : place.source_end].lower() == TOWN.lower()
    assert answer.as_dict()["citations"][0]["also"] == tuple(
        {
            "document_id": place.document_id,
            "document_name": place.document_name,
            "source_start": place.source_start,
            "source_end": place.source_end,
        }
        for place in citation.also
    )


# --- with a judge ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chance", "shown"), [(0.9, "In 1921 the ferry company was founded [1]."), (0.0, "")])
def test_a_model_s_sentence_has_to_convince_the_judge(store: Store, chance: float, shown: str) -> None:
    drafter = FakeDrafter(lambda request: make_draft(("In 1921 the ferry company was founded.", [(1, FOUNDED)])))
    judge = TableJudge(default=chance)
    answerer = make_answerer(store, [HARBOUR], table=TABLE, drafter=drafter, judge=judge)
    found = answerer.ask(WHEN, drafter="local")
    check_answer(found, [HARBOUR])
    assert found.answer == (shown or "The ferry company was founded in 1921 [1].")
    assert found.fallback == ("" if shown else "none of its 1 sentences is borne out by its quotes")
    assert ("In 1921 the ferry company was founded.", FOUNDED) in judge.asked


def test_of_an_extractive_answer_the_judge_is_asked_for_its_value_and_for_others(store: Store) -> None:
    judge = TableJudge(default=0.9)
    answerer = make_answerer(store, disagreeing(), table={"papers": 0.9, "plaque": 0.85}, default=0.5, judge=judge)
    assert answerer.ask(WHEN).status == "conflict"
    # The fake reader marks the words of its table: 'papers' is the best passage's value, beside that whole passage.
    assert [(claim.split()[0], "1934" in quote) for claim, quote in judge.asked] == [("papers", False), ("1934", True)]


def test_looking_writes_nothing(store: Store) -> None:
    asked = make_answerer(store, [HARBOUR], table=TABLE).look(WHAT, k=2)
    assert len(asked.hits) <= 2
    assert all(HARBOUR.text[hit.start : hit.end] == hit.text for hit in asked.hits)
    assert [(item.number, item.sentence.text, item.score) for item in asked.evidence] == [
        (1, FOUNDED, pytest.approx(0.9)),
        (2, "It ran two boats.", pytest.approx(0.6)),
    ]
    assert (asked.question, asked.sides) == (WHAT, ())


def test_what_cannot_be_asked(store: Store) -> None:
    answerer = make_answerer(store, [HARBOUR], table=TABLE)
    failures: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: answerer.ask(" ?! "), QuestionError),
        (lambda: answerer.ask("x" * 2001), QuestionError),
        (lambda: answerer.ask(WHEN, k=0), InputError),
        (lambda: answerer.look(WHEN, k=-1, hits=[]), InputError),
        (lambda: answerer.ask(WHEN, collection="../x"), InputError),
        (lambda: answerer.ask(WHEN, drafter="nobody"), InputError),
    ]
    for ask, expected in failures:
        with pytest.raises(expected):
            ask()


def test_the_parts_of_an_answerer(store: Store) -> None:
    searcher = Searcher(store, encoder=WordEncoder())
    assert make_answerer(store, [], drafter=FakeDrafter(failing(DraftError("x")))).drafters == ["extractive", "local"]
    for threshold in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=f"between 0 and 1, found {threshold}"):
            Answerer(searcher, reader=TableReader(), threshold=threshold)
