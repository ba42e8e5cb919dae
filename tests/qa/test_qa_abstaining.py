"""Confidence: its signals by hand, what they weigh, and that it is a chance, whatever was fitted."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Hit, Span
from qa.abstaining import (
    _FITTED,
    OTHER_OF_ITS_LINE,
    SIGNALS,
    UNVOUCHED,
    Nearness,
    confidence,
    explain,
    fact_borne,
    running,
    signals,
    usual_threshold,
)
from qa.datatypes import Evidence, Sentence
from qa.likeness import ALIKE, MIXED
from qa.odds import chance
from qa.ranking import ReadHit
from qa.reading import Marked, Reading
from tests.qa.making import PATIENT, TableJudge, hostile_texts

FERRY = "The ferry company was founded in 1921."
WHEN = "When was the ferry company founded?"
Weigh = Callable[..., None]
# Of the signals that a test does not look at nothing is left.
ZERO = dict.fromkeys(SIGNALS, 0.0)


def evidence_of(
    text: str, *, title: str = "", before: str = "", rank: int = 0, source: int = 1, mark: str = ""
) -> Evidence:
    marked = Span(text.index(mark), text.index(mark) + len(mark)) if mark else None
    sentence = Sentence(1, "id", "a.txt", title, 0, len(text), text, before, rank=rank, marked=marked)
    return Evidence(source, sentence, 0.9, source)


def read_of(*scores: tuple[float, float]) -> list[ReadHit]:
    """A passage for each (answerable, margin)."""
    hit = Hit(1, 1, "id", "a.txt", "", 0, 1, "x", 0.5)
    return [ReadHit(hit, Reading(answerable, (Marked(0, 1, margin),))) for answerable, margin in scores]


def found(
    question: str, *items: Evidence, read: list[ReadHit] | None = None, document: str = "", similarity: float = 0.5
) -> dict[str, float]:
    read = read or read_of((0.0, 0.0))
    return signals(question, read, items, near=Nearness(similarity, 0.14), visible=lambda key: document)


def sure(question: str, *items: Evidence, read: list[ReadHit] | None = None, document: str = FERRY) -> float:
    read = read or read_of((0.0, 0.0))
    return confidence(question, read, items, near=Nearness(0.5, 0.1), visible=lambda key: document)


@pytest.fixture
def weigh(monkeypatch: pytest.MonkeyPatch) -> Weigh:
    """Set what signals weigh; all others weigh nothing."""

    def weigh_as(bias: float, **weights: float) -> None:
        fitted = {"bias": bias, "weights": {**ZERO, **weights}}
        monkeypatch.setattr("qa.abstaining._FITTED", {"mixed": fitted, "alike": fitted})

    return weigh_as


# --- signals ---------------------------------------------------------------------------------------------------------


def test_every_signal_has_its_name() -> None:
    assert tuple(found(WHEN, evidence_of(FERRY))) == SIGNALS


def test_the_scores_are_those_of_the_passage_that_is_ranked_first() -> None:
    read = read_of((3.0, 1.0), (2.0, 5.0))
    seen = found(WHEN, evidence_of(FERRY, rank=1), evidence_of(FERRY, rank=0), read=read)
    assert (seen["answerable"], seen["chance"]) == (3.0, read[0].chance)


def test_any_of_the_three_best_passages_may_answer() -> None:
    read = read_of((1.0, 0.0), (0.0, 1.0), (-1.0, 2.0), (9.0, 9.0))
    first, second, third, _ = (one.chance for one in read)
    none = (1 - first) * (1 - second) * (1 - third)
    assert found(WHEN, evidence_of(FERRY), read=read)["anywhere"] == pytest.approx(math.log((1 - none) / none))
    alone = found(WHEN, evidence_of(FERRY), read=read[:1])["anywhere"]
    assert alone == pytest.approx(math.log(first / (1 - first)))
    assert found(WHEN, evidence_of(FERRY), read=read_of((99.0, 99.0)))["anywhere"] == 12.0


def test_scores_are_clipped_and_what_is_missing_is_the_least() -> None:
    assert found(WHEN, evidence_of(FERRY), read=read_of((99.0, -99.0)))["answerable"] == 12.0
    assert found(WHEN, evidence_of(FERRY), read=read_of((-99.0, 1.0)))["answerable"] == -12.0
    nothing = [ReadHit(read_of((1.0, 0.0))[0].hit, Reading(1.0, ()))]
    assert 0 < found(WHEN, evidence_of(FERRY), read=nothing)["chance"] < found(WHEN, evidence_of(FERRY))["chance"]


@pytest.mark.parametrize(
    ("question", "several"), [(WHEN, 0.0), ("Why was it founded?", 1.0), ("How do boats differ?", 1.0)]
)
def test_similarity_counts_apart_where_several_facts_are_asked_for(question: str, several: float) -> None:
    seen = found(question, evidence_of(FERRY), similarity=0.7)
    assert (seen["similarity"], seen["several_similarity"]) == (0.7, 0.7 * several)


def test_how_far_the_first_hit_is_ahead() -> None:
    def ahead(*scores: float) -> float:
        hits = [Hit(at, 1, "id", "a.txt", "", 0, 1, "x", score) for at, score in enumerate(scores)]
        return Nearness.of(hits, similarity=0.3).ahead

    assert ahead(*[0.5] * 10) == 0.0
    # 0.9 against 0.5, the mean of the sixth to the tenth: the four behind it may say the same, what comes after is far.
    assert ahead(0.9, 0.9, 0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1) == pytest.approx(0.4)
    # Of few passages nothing can be told.
    assert ahead(*[0.9] * 9) == ahead() == 0.4
    assert found(WHEN, evidence_of(FERRY))["ahead"] == 0.14


def test_the_judge_is_asked_whether_the_passage_bears_a_fact_out() -> None:
    judge = TableJudge({"1921": 0.8})
    item = evidence_of(FERRY, mark="1921")
    assert fact_borne(WHEN, [item], "The harbour. " + FERRY, judge) == pytest.approx(math.log(4))
    assert judge.asked == [("1921 the ferry company founded.", "The harbour. " + FERRY)]
    assert found(WHEN, item)["borne"] == 0.0
    # Where no fact is asked for, nothing is marked or nothing was found, nobody is asked.
    assert fact_borne("Why was it founded?", [item], FERRY, judge) == 0.0
    assert fact_borne(WHEN, [evidence_of(FERRY)], FERRY, judge) == fact_borne(WHEN, [], "", judge) == 0.0
    assert len(judge.asked) == 1


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("the ferry ran until the war", 1.0),
        ("The ferry ran.", 2 / 3),
        ("Ferry Company 1921 Founded 12 March", 0.0),
        # What is set in capitals throughout is neither, nor is what has none to set.
        ("THE LESSEE SHALL pay", 1.0),
        ("渡船 は 出た", 1.0),
        ("", 1.0),
    ],
)
def test_running_words_begin_with_neither_a_capital_nor_a_digit(text: str, share: float) -> None:
    assert running(text) == pytest.approx(share)


def test_prose_is_that_of_the_best_passage_and_enough_is_enough() -> None:
    hit = Hit(1, 1, "id", "a.txt", "", 0, 14, "The ferry ran.", 0.5)
    read = [ReadHit(hit, Reading(0.0, ()))]
    # 2 of 3 words run, and 0.55 is prose; of the row, 1 of 4.
    assert found(WHEN, evidence_of(FERRY), read=read, document="The ferry ran. Gate 1921 Tide.")["prose"] == 0.55
    row = [ReadHit(Hit(1, 1, "id", "a.txt", "", 15, 35, "", 0.5), Reading(0.0, ()))]
    assert found(WHEN, evidence_of(FERRY), read=row, document="The ferry ran. Gate 1921 Tide ran.")["prose"] == 0.25


@pytest.mark.parametrize(
    ("title", "document", "absent"),
    [("", FERRY, 0.0), ("", "The ferry ran.", 2.0), ("Company", "Founded", 1.0), ("", "", 3.0)],
)
def test_content_words_of_the_question_that_the_document_has_not_at_all(
    title: str, document: str, absent: float
) -> None:
    assert found(WHEN, evidence_of(FERRY, title=title), document=document)["absent"] == absent


@pytest.mark.parametrize(
    ("mark", "other", "source", "agrees"),
    [
        ("in 1921", "They say it began In 1921!", 2, 1.0),
        ("in 1921", "They say it began in 1934.", 2, 0.0),
        ("in 1921", "They say it began in 1921.", 1, 0.0),  # the same source said so already
        ("", "They say it began in 1921.", 2, 0.0),
    ],
)
def test_whether_another_source_gives_the_same_answer(mark: str, other: str, source: int, agrees: float) -> None:
    items = evidence_of(FERRY, mark=mark), evidence_of(other, source=source)
    assert found(WHEN, *items)["agreement"] == agrees
    assert found(WHEN, items[0])["agreement"] == 0.0


@pytest.mark.parametrize(
    ("title", "before", "document", "unnamed", "unknown"),
    [
        ("Ada Finch", "", "", 0, 0),
        ("", "Ada Finch came.", "", 0, 0),
        ("", "", "Ada Finch " * 3, 0, 0),  # what the document is about need not be said in every sentence
        ("", "", "Ada Finch came.", 2, 0),
        ("", "", "ada came.", 1, 1),
        ("", "", "Nobody came.", 0, 2),
    ],
)
def test_names_of_the_question_that_the_evidence_does_not_speak_of(
    title: str, before: str, document: str, unnamed: int, unknown: int
) -> None:
    item = evidence_of("She kept it in 1921.", title=title, before=before)
    seen = found("When did Ada Finch keep it?", item, document=document)
    assert (seen["unnamed"], seen["unknown"]) == (unnamed, unknown)


@pytest.mark.parametrize(
    ("question", "text", "wrong"),
    [
        ("How many boats ran?", "Boats ran.", 1.0),
        ("How many boats ran?", "Two boats ran.", 0.0),
        ("When did it run?", "It ran well.", 1.0),
        ("How much did it cost?", "It cost $5.", 0.0),
        ("Who ran boats?", "they ran boats.", 0.0),  # a name is too easily missed
        ("Why did boats run?", "Boats ran.", 0.0),
    ],
)
def test_a_sentence_without_what_is_asked_for(question: str, text: str, wrong: float) -> None:
    assert found(question, evidence_of(text))["wrong_kind"] == wrong


def test_figures_of_the_question_that_neither_the_sentence_nor_its_document_has() -> None:
    question = "Which 2 boats ran in 1921 for $5?"
    assert found(question, evidence_of("Boats ran."))["figures"] == 3.0
    assert found(question, evidence_of("Two boats ran."))["figures"] == 2.0
    assert found(question, evidence_of("Boats ran."), document="In May 1921 two boats ran for $6.")["figures"] == 1.0
    assert found(question, evidence_of("Boats ran.", title="1921: 5 dollars", before="Two boats."))["figures"] == 0.0
    assert found(WHEN, evidence_of("Boats ran."))["figures"] == 0.0


# --- confidence ------------------------------------------------------------------------------------------------------


def test_the_confidence_is_the_logistic_of_the_weighed_signals(weigh: Weigh) -> None:
    weigh(-1.0, answerable=0.5, similarity=4.0, unknown=-1.5)
    read = read_of((3.0, 1.0), (2.0, 5.0))
    assert sure(WHEN, evidence_of(FERRY), read=read) == pytest.approx(1 / (1 + math.exp(-(-1.0 + 1.5 + 2.0))))
    assert sure("When did Ada run?", evidence_of("It ran."), read=read) == pytest.approx(
        1 / (1 + math.exp(-(-1.0 + 1.5 + 2.0 - 1.5)))
    )


@pytest.mark.parametrize(
    ("text", "title", "before", "left"),
    [
        # 'It' of a document that speaks of the Tern3-Max.
        ("It came in 1921.", "", "", 1.0),
        ("Tern3-Mini came in 1921.", "", "", OTHER_OF_ITS_LINE),
        ("Tern3-Max came in 1921.", "", "", 1.0),
        ("It came in 1921.", "The Tern3-Max", "", 1.0),
        ("It came in 1921.", "", "Then TERN3-MAX was built.", 1.0),
    ],
)
def test_a_name_with_a_digit_has_siblings(weigh: Weigh, text: str, title: str, before: str, left: float) -> None:
    weigh(0.0)
    item = evidence_of(text, title=title, before=before)
    assert sure("When did Tern3-Max come?", item, document="Tern3-Max " * 9) == pytest.approx(0.5 * left)
    # No document at all speaks of the Tern3-Air.
    assert sure("When did Tern3-Air come?", item, document="Tern3-Max") == pytest.approx(0.5 * OTHER_OF_ITS_LINE)
    assert sure("When did Tern come?", item, document="") == 0.5


def test_an_office_has_siblings(weigh: Weigh) -> None:
    weigh(0.0)
    asked = "Who is the chief financial officer of the Tern Company?"
    assert sure(asked, evidence_of("Ada Finch is its CEO.")) == pytest.approx(0.5 * OTHER_OF_ITS_LINE)
    assert sure(asked, evidence_of("Ada Finch is its CFO.")) == 0.5


def test_advice_and_nothing_have_no_chance(weigh: Weigh) -> None:
    weigh(50.0)
    assert sure("Should I buy the boat?", evidence_of("Buy the boat!")) == 0.0
    assert sure(WHEN) == 0.0
    assert confidence(WHEN, [], [], near=Nearness(1.0, 0.1), visible=lambda key: "") == 0.0


SCORES = st.floats(-1e6, 1e6)


@PATIENT
@given(st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=4), hostile_texts(pieces=3), hostile_texts(pieces=3))
def test_confidence_is_a_chance(scores: list[tuple[float, float]], question: str, text: str) -> None:
    items = [evidence_of(text, rank=rank, source=rank + 1) for rank in range(len(scores))]
    read = read_of(*scores)
    assert 0.0 <= sure(question, *items, read=read) <= 1.0
    assert all(-12.0 <= value <= 12.0 + len(question) for value in found(question, *items, read=read).values())


@pytest.mark.parametrize(
    "question", ["7 " * 999 + "?", " ".join(f"{chr(65 + n // 26)}{chr(97 + n % 26)}" for n in range(660))]
)
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_question_of_a_thousand_figures_or_names(weigh: Weigh, question: str, sign: float) -> None:
    weigh(0.0, figures=2.0 * sign, unknown=2.0 * sign)
    assert sure(question, evidence_of("It ran.")) == pytest.approx(max(0.0, sign), abs=1e-9)


def test_a_collection_of_all_things_and_one_about_one_thing_weigh_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed, alike_ = {"bias": 0.0, "weights": {**ZERO, "similarity": 4.0}}, {"bias": 1.0, "weights": ZERO}
    monkeypatch.setattr("qa.abstaining._FITTED", {"mixed": mixed, "alike": alike_})

    def sure_in(likeness: float) -> float:
        near = Nearness(0.75, 0.1, likeness=likeness)
        return confidence(WHEN, read_of((0.0, 0.0)), [evidence_of(FERRY)], near=near, visible=lambda key: FERRY)

    assert sure_in(0.0) == sure_in(MIXED) == chance(3.0)
    assert sure_in(ALIKE) == sure_in(1.0) == chance(1.0)
    assert sure_in((MIXED + ALIKE) / 2) == pytest.approx(chance(2.0))


def test_each_kind_of_collection_has_its_usual_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.abstaining._FITTED", {"mixed": {"threshold": 0.3}, "alike": {"threshold": 0.6}})
    assert (usual_threshold(0.0), usual_threshold(MIXED), usual_threshold(ALIKE), usual_threshold(1.0)) == (
        *(0.3, 0.3, 0.6, 0.6),
    )
    assert usual_threshold((MIXED + ALIKE) / 2) == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("likeness", "disputed", "texts", "left"),
    [
        (0.0, False, ["The iconic ferry company was founded in 1921."], UNVOUCHED),
        (0.0, False, ["Surprisingly, the ferry company was founded in 1921."], UNVOUCHED),
        # One's own papers are vouched for, and so is what another source says too, or is shown beside another value.
        (1.0, False, ["The iconic ferry company was founded in 1921."], 1.0),
        (0.0, True, ["The iconic ferry company was founded in 1921."], 1.0),
        (0.0, False, ["The iconic ferry company was founded in 1921.", "Founded in 1921, it sails."], 1.0),
        (0.0, False, ["The iconic ferry company was founded in 1921.", "Founded in 1912, it sails."], UNVOUCHED),
        (0.0, False, [FERRY], 1.0),
    ],
)
def test_a_loaded_sentence_alone_is_vouched_for_by_nobody(
    weigh: Weigh, likeness: float, disputed: bool, texts: list[str], left: float
) -> None:
    weigh(0.0)
    items = [evidence_of(text, source=at, mark="1921" if at == 1 else "") for at, text in enumerate(texts, start=1)]
    near = Nearness(0.5, 0.1, likeness=likeness)
    found = confidence(WHEN, read_of((0.0, 0.0)), items, near=near, visible=lambda key: FERRY, disputed=disputed)
    assert found == pytest.approx(0.5 * left)


def test_what_was_fitted_is_there() -> None:
    assert all(set(_FITTED[kind]["weights"]) == set(SIGNALS) for kind in ("mixed", "alike"))
    assert all(0.0 < _FITTED[kind]["threshold"] < 1.0 for kind in ("mixed", "alike"))
    assert 0.0 < OTHER_OF_ITS_LINE < 1.0


def test_every_reason_has_words_for_people() -> None:
    assert len({explain(reason) for reason in ("no_evidence", "below_threshold", "unverified")}) == 3
