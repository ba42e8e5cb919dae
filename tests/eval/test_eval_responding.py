"""Respondents over the real pipeline with an encoder for the head, the baselines, and what a run says of its making."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eval import GoldError, Question, pair, parse_row, read_gold_set, score
from eval.datatypes import EvidenceSpan, SourceDocument
from eval.naive import (
    LONGEST_PASSAGE,
    MOST_PASSAGES,
    NaiveRespondent,
    TopPassageRespondent,
    chat,
    naive_result,
)
from eval.normalising import markers
from eval.preparing import Material, as_documents, check_spans, key_of, own_passages, prepare
from eval.recording import code_sum, cores, git_commit, processor, versions, weights_sum
from eval.responding import (
    OwnDocuments,
    PipelineRespondent,
    collection_of,
    from_corpus,
    from_documents,
    from_passage,
)
from eval.running import run_row
from index.adding import Adder
from index.datatypes import Hit
from index.errors import QuestionError
from index.searching import Searcher
from index.store import Store
from qa.answering import Answerer
from qa.errors import CancelledError, DeadlineError
from tests.fakes import OverlapReader, WordEncoder, add_documents, make_document

BRIDGE = "The harbour bridge is 420 metres long. It was opened in 1931 by the mayor."
FERRY = "The ferry to Sandholm takes 35 minutes. It carries 420 passengers."


class CountingSearcher(Searcher):
    """Remembers what was searched for."""

    asked: list[str]

    def search(self, question: str, **options: Any) -> list[Hit]:
        self.asked = [*getattr(self, "asked", []), question]
        return super().search(question, **options)


@pytest.fixture
def counting(store: Store, encoder: WordEncoder) -> CountingSearcher:
    documents = [make_document(BRIDGE, name="bridge.txt"), make_document(FERRY, name="ferry.txt")]
    add_documents(store, documents, encoder=encoder)
    return CountingSearcher(store, encoder=encoder)


@pytest.fixture
def answerer(counting: CountingSearcher, encoder: WordEncoder) -> Answerer:
    return Answerer(counting, reader=OverlapReader(), threshold=0.05)


def hit(text: str, *, name: str = "d", start: int = 0, title: str = "") -> Hit:
    return Hit(1, 1, "id", name, title, start, start + len(text), text, 0.5)


# -- the pipeline -----------------------------------------------------------------------------------------------------


def test_the_corpus_is_searched_once_and_the_hits_are_told(counting: CountingSearcher, answerer: Answerer) -> None:
    respondent = PipelineRespondent(answerer, find=from_corpus(counting, k=2), drafter="extractive")
    response = respondent.respond(Question("q", "How long is the harbour bridge?"))
    assert counting.asked == ["How long is the harbour bridge?"]
    assert [(h.document_name, h.start) for h in response.hits] == [("bridge.txt", 0), ("ferry.txt", 0)]
    assert response.hits[0].end == len(BRIDGE)
    assert response.result["status"] == "answered"
    (citation,) = response.result["citations"]  # type: ignore[misc]
    assert BRIDGE[citation["source_start"] : citation["source_end"]] == citation["quote"]
    assert 0 < response.seconds < 5


def test_a_refusal_has_its_hits_too(counting: CountingSearcher, encoder: WordEncoder) -> None:
    answerer = Answerer(counting, reader=OverlapReader(), threshold=1.0)
    respondent = PipelineRespondent(answerer, find=from_corpus(counting, k=1), drafter="extractive")
    response = respondent.respond(Question("q", "How long is the ferry?"))
    assert response.result["status"] == "abstained"
    assert len(response.hits) == 1


def test_a_passage_is_read_whole_and_alone(counting: CountingSearcher, answerer: Answerer, store: Store) -> None:
    respondent = PipelineRespondent(answerer, find=from_passage(store), drafter="extractive")
    response = respondent.respond(Question("q", "How many passengers are carried?", passage="bridge.txt"))
    assert [h.document_name for h in response.hits] == ["bridge.txt"]
    assert not hasattr(counting, "asked")
    both = Question(
        "q", "?", evidence=(EvidenceSpan("ferry.txt", 0, 3, "The"), EvidenceSpan("bridge.txt", 0, 3, "The"))
    )
    assert [h.document_name for h in from_passage(store)(both)] == ["ferry.txt", "bridge.txt"]


def test_own_documents_are_searched_apart_from_others_and_indexing_costs_the_answer_nothing(
    counting: CountingSearcher, answerer: Answerer, store: Store, encoder: WordEncoder
) -> None:
    find = from_documents(counting, k=5)
    inner = PipelineRespondent(answerer, find=find, drafter="extractive", collection=collection_of)
    respondent = OwnDocuments(inner, adder=Adder(store, encoder=encoder, tokenizer=encoder))
    one = Question(
        "a/b c?",
        "How long is the harbour bridge?",
        documents=(SourceDocument("a-0", "", "The harbour bridge is 77 metres long."),),
        planted=("The harbour bridge is 13 metres long.",),
    )
    two = Question("2", "How long is the harbour bridge?", documents=(SourceDocument("b-0", "Naps", "Cats sleep."),))
    response = respondent.respond(one)
    assert {h.document_name for h in response.hits} == {"a-0", "a/b c?-planted-0"}
    assert "77 metres" in str(response.result["answer"])
    assert {h.document_name for h in respondent.respond(two).hits} == {"b-0"}
    assert collection_of(one) != collection_of(two)
    # Asked again, nothing is indexed again: the store knows the documents. Only indexing encodes a title.
    assert any("Naps" in text for text in encoder.encoded)
    before = len(encoder.encoded)
    respondent.respond(two)
    assert not any("Naps" in text for text in encoder.encoded[before:])


def test_an_impossible_question_is_a_failed_row(counting: CountingSearcher, answerer: Answerer) -> None:
    respondent = PipelineRespondent(answerer, find=from_corpus(counting, k=1), drafter="extractive")
    with pytest.raises(QuestionError):
        respondent.respond(Question("q", "?!"))
    row = run_row(Question("q", "?!"), respondent, drafter="extractive", versions={})
    assert row["result"]["status"] == "failed"  # type: ignore[index]


def test_a_drafter_that_is_not_there_is_refused_at_once(counting: CountingSearcher, answerer: Answerer) -> None:
    with pytest.raises(ValueError, match="expected a drafter of extractive, found 'gpt'"):
        PipelineRespondent(answerer, find=from_corpus(counting, k=1), drafter="gpt")


# -- the baselines ----------------------------------------------------------------------------------------------------


def test_the_naive_baseline_cites_whole_passages_and_verifies_nothing() -> None:
    hits = [hit("Alpha is 1.", name="a", start=4), hit("Beta is 2.", name="b")]
    said: list[Any] = []

    def complete(messages: list[dict[str, str]]) -> tuple[str, dict[str, int]]:
        said.extend(messages)
        return " Beta is 3 [2]. Gamma too [7]. [1] And beta again. [2]\n", {"tokens_in": 9}

    response = NaiveRespondent(complete, find=lambda _: hits).respond(Question("q", "What is beta?"))
    result: Any = response.result
    assert result["status"] == "answered"
    assert result["usage"] == {"tokens_in": 9}
    cited = [
        (c["number"], c["document_name"], c["quote"], c["source_start"], c["source_end"]) for c in result["citations"]
    ]
    assert cited == [(2, "b", "Beta is 2.", 0, 10), (1, "a", "Alpha is 1.", 4, 15)]
    assert [result["answer"][s["start"] : s["end"]] for s in result["statements"]] == [
        "Beta is 3 [2].",
        "Gamma too [7]. [1]",
        "And beta again. [2]",
    ]
    assert [s["citations"] for s in result["statements"]] == [[2], [7, 1], [2]]
    assert "[1] \nAlpha is 1." in said[1]["content"]
    assert len(response.hits) == 2


@given(st.text(alphabet="ab .[]0123?\n", max_size=60))
@example("[01]")
def test_whatever_the_model_writes_is_a_row_that_can_be_scored(text: str) -> None:
    hits = [hit("Alpha is 1.", name="a"), hit("Beta is 2.", name="b")]
    respondent = NaiveRespondent(lambda _: (text, {}), find=lambda _: hits)
    question = Question("q", "What?", ("Alpha",), evidence=(EvidenceSpan("a", 0, 5, "Alpha"),))
    row = run_row(question, respondent, drafter="naive", versions={})
    result: Any = row["result"]
    for citation in result.get("citations", ()):
        assert result["answer"][citation["answer_start"] : citation["answer_end"]] == f"[{citation['number']}]"
    places = [(s["start"], s["end"]) for s in result.get("statements", ())]
    covered = [n for start, end in places for n, _, _ in markers(result["answer"][start:end])]
    assert covered == [n for n, _, _ in markers(result["answer"])]
    (case,) = pair([question], [parse_row(json.dumps(row))], texts={"a": "Alpha is 1.", "b": "Beta is 2."})
    scores = score([case]).measures
    assert scores["QuoteExactness"].value == 1.0 if result.get("citations") else "QuoteExactness" not in scores


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "I cannot answer.",
        "I can't answer that [1].",
        "The passages do not mention a colour.",
        "It is not stated.",
    ],
)
def test_the_naive_baseline_abstains_where_the_model_says_so(text: str) -> None:
    assert naive_result(text, [hit("x")], usage={})["status"] == "abstained"


@pytest.mark.parametrize("text", ["It cannot swim [1].", "No.", "The answer is 5 [1]."])
def test_and_answers_otherwise(text: str) -> None:
    assert naive_result(text, [hit("x")], usage={})["status"] == "answered"


def test_a_model_that_fails_is_a_failed_row_and_cancelling_ends_the_run() -> None:
    def too_slow(_: Any) -> tuple[str, dict[str, int]]:
        raise DeadlineError("the model did not finish in time")

    def cancelled(_: Any) -> tuple[str, dict[str, int]]:
        raise CancelledError("whoever asked went away")

    result = NaiveRespondent(too_slow, find=lambda _: [hit("x")]).respond(Question("q", "?")).result
    assert result == {"status": "failed", "answer": "", "error": "the model did not finish in time"}
    with pytest.raises(CancelledError):
        NaiveRespondent(cancelled, find=lambda _: [hit("x")]).respond(Question("q", "?"))


def test_the_prompt_stays_within_the_context() -> None:
    content = chat("Why?", [hit("x" * 5000)] * 20)[1]["content"]
    assert content.count("x" * LONGEST_PASSAGE) == MOST_PASSAGES
    assert "x" * (LONGEST_PASSAGE + 1) not in content


def test_the_top_passage_is_the_answer_and_without_one_there_is_none() -> None:
    def found(hits: Sequence[Hit]) -> Any:
        return TopPassageRespondent(lambda _: hits).respond(Question("q", "?")).result

    result = found([hit("Alpha is 1.", name="a"), hit("Beta")])
    assert (result["answer"], result["citations"][0]["quote"]) == ("Alpha is 1. [1]", "Alpha is 1.")
    assert [result["answer"][s["start"] : s["end"]] for s in result["statements"]] == [result["answer"]]
    # A passage may say what a model says when it refuses.
    assert found([hit("The will does not mention Anna. She cannot answer.")])["status"] == "answered"
    assert found([])["status"] == "abstained"


# -- questions with their documents -----------------------------------------------------------------------------------


def test_documents_come_from_the_corpus_or_with_the_questions(data: Path, tmp_path: Path) -> None:
    material = prepare(data / "gold.jsonl", data / "corpus.jsonl")
    assert len(material.questions) == 14
    assert material.texts is not None
    alone = prepare(data / "gold.jsonl", limit=3)
    assert len(alone.questions) == 3
    assert len(alone.others) == 11
    squad = '{"data": [{"title": "T", "paragraphs": [{"context": "Hue is 5.", "qas": [{"id": "1", "question": "?", '
    squad += '"answers": [{"text": "5", "answer_start": 7}]}]}]}]}'
    (tmp_path / "gold.json").write_text(squad, encoding="utf-8")
    assert prepare(tmp_path / "gold.json").texts == {"T-0": "Hue is 5."}


def test_a_smaller_sample_is_asked_over_the_whole_corpus(data: Path) -> None:
    whole, few = prepare(data / "gold.jsonl"), prepare(data / "gold.jsonl", sample_size=4, limit=2)
    assert few.documents == whole.documents
    assert len(few.questions) == 2
    assert {q.id for q in few.questions} | few.others == {q.id for q in whole.questions}


def test_what_cannot_be_read_or_does_not_fit_is_named(data: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b", encoding="utf-8")
    with pytest.raises(GoldError, match=r"found table.csv: unsupported format \.csv.*take it out"):
        prepare(data / "gold.jsonl", tmp_path)
    with pytest.raises(GoldError, match="does not exist"):
        prepare(data / "gold.jsonl", tmp_path / "nothing")
    (tmp_path / "table.csv").unlink()
    (tmp_path / "ferry.md").write_text("Something else.", encoding="utf-8")
    with pytest.raises(GoldError, match=r"expected .* at 17 to 44 of ferry.md, found ''; give the corpus"):
        prepare(data / "gold.jsonl", tmp_path)
    with pytest.raises(GoldError, match="question q: expected a passage or evidence, found neither"):
        own_passages(Question("q", "?"))


def test_two_documents_of_one_name_are_refused(data: Path, tmp_path: Path) -> None:
    lines = (data / "corpus.jsonl").read_text(encoding="utf-8")
    (tmp_path / "one.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "two.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(GoldError, match="names of their own, found .* twice"):
        prepare(data / "gold.jsonl", tmp_path)


def test_the_key_is_the_content_and_not_the_order() -> None:
    one, two = as_documents(
        [SourceDocument("a", "", "x"), SourceDocument("b", "", "y"), SourceDocument("empty", "", " ")], place="p"
    )
    assert key_of([one, two]) == key_of([two, one])
    assert key_of([one]) != key_of([two])
    (other,) = as_documents([SourceDocument("a", "", "x!")], place="p")
    assert key_of([one]) != key_of([other])


def test_offsets_of_a_set_with_odd_text_stay_right() -> None:
    text = "\ufeffA\u2028b \U0001f600 c\r\n\x0bd e\u0301."
    (document,) = as_documents([SourceDocument("d", "", text)], place="p")
    assert document.text == text
    questions = (Question("q", "?", ("c",), evidence=(EvidenceSpan("d", 7, 8, "c"),)),)
    assert text[7:8] == "c"
    check_spans(Material(questions, (document,)))


def test_every_public_set_is_read_with_its_documents(shared: Path) -> None:
    squad = prepare(shared / "data/squad2/gold.jsonl", shared / "data/squad2/corpus.jsonl")
    assert (len(squad.questions), len(squad.documents)) == (1838, 201)
    ramdocs = prepare(shared / "data/ramdocs/gold.jsonl")
    assert len(ramdocs.questions) == 247
    assert len(ramdocs.documents) == sum(
        bool(d.text.strip()) for q in read_gold_set(shared / "data/ramdocs/gold.jsonl").questions for d in q.documents
    )
    poisoned = prepare(shared / "data/poisonedrag/gold.jsonl", shared / "data/nq/corpus.jsonl")
    assert len(poisoned.documents) == 3170 + sum(len(q.planted) for q in poisoned.questions)


# -- what a run says of its making ------------------------------------------------------------------------------------


def test_versions_name_code_models_settings_and_machine_and_no_time() -> None:
    made = versions(settings={"k": 3}, models={"m": "00ff"}, corpus="c0")
    assert made == versions(settings={"k": 3}, models={"m": "00ff"}, corpus="c0")
    assert (made["settings"], made["models"], made["corpus"]) == ({"k": 3}, {"m": "00ff"}, "c0")
    assert made["machine"] == {"processor": processor(), "cores": cores(), "system": "Linux"}
    assert made["libraries"]["numpy"]  # type: ignore[index]
    assert not any(word in str(made).lower() for word in ("date", "time", "host"))


def test_the_sum_of_the_code_follows_the_code() -> None:
    assert code_sum("index", "qa") == code_sum("index", "qa")
    assert len({code_sum("index"), code_sum("qa"), code_sum("index", "qa")}) == 3


def test_the_sum_of_weights(tmp_path: Path) -> None:
    assert weights_sum(tmp_path) == ""
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    assert weights_sum(tmp_path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / "more.safetensors").write_bytes(b"")
    assert len(weights_sum(tmp_path)) == 64


def test_the_commit_is_told_only_of_our_own_checkout(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    assert git_commit(tmp_path) == ""
    git("init", "-q")
    (tmp_path / "a").write_text("1", encoding="utf-8")
    git("add", "a")
    git("commit", "-qm", "one")
    commit = git_commit(tmp_path)
    assert len(commit) == 40
    (tmp_path / "a").write_text("2", encoding="utf-8")
    assert git_commit(tmp_path) == f"{commit}-dirty"
    (tmp_path / "below").mkdir()
    assert git_commit(tmp_path / "below") == ""
