"""Planted texts: how many join the corpus, what stands against them, and the folder that is made of both."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval import EvidenceSpan, GoldError, Question, SourceDocument, read_gold
from eval.planting import as_documents_of_their_own, with_evidence, with_plants
from eval.preparing import prepare, write_material

ASKED = Question("p1", "Who built it?", answers=("Ada",), wrong_answers=("Bo",), planted=("Bo built it.", "Bo did."))
SPAN = EvidenceSpan("d1", 0, 3, "Ada")


def test_the_first_texts_are_planted() -> None:
    counts = {count: [len(q.planted) for q in with_plants([ASKED], count)] for count in (0, 1, 9, None)}
    assert counts == {0: [0], 1: [1], 9: [2], None: [2]}
    assert with_plants([ASKED], 1)[0].planted == ("Bo built it.",)


def test_each_text_is_planted_in_its_turn() -> None:
    assert [with_plants([ASKED], 1, first=at)[0].planted for at in (0, 1)] == [("Bo built it.",), ("Bo did.",)]
    assert with_plants([ASKED], None, first=1)[0].planted == ("Bo did.",)
    with pytest.raises(GoldError, match="p1: expected a first plant below 2, the number of its texts, found 2"):
        with_plants([ASKED], 1, first=2)


def test_planted_texts_become_documents_of_the_row_only_where_it_has_some() -> None:
    assert as_documents_of_their_own(ASKED) == Question("p1", "Who built it?", ("Ada",), wrong_answers=("Bo",))
    own = Question("p2", "?", planted=("x",), documents=(SourceDocument("d", "", "y"),))
    names = [(d.name, d.text, d.kind) for d in as_documents_of_their_own(own).documents]
    assert names == [("d", "y", ""), ("p2-planted-0", "x", "planted")]


def test_evidence_is_taken_from_the_question_of_the_same_words() -> None:
    known = Question("k", "who  BUILT it?", answers=("Ada", "Ada L."), evidence=(SPAN,), passage="d1")
    (found,) = with_evidence([ASKED], [known])
    assert (found.evidence, found.passage, found.answers) == ((SPAN,), "d1", ("Ada", "Ada L."))
    assert (found.wrong_answers, found.tags, found.id) == (("Bo",), ("with-passage",), "p1")


def test_a_question_that_nobody_knows_stays_and_is_tagged() -> None:
    others = [Question("k", "Who built them?", evidence=(SPAN,)), Question("u", "Who built it?", answerable=False)]
    (found,) = with_evidence([ASKED], others)
    assert found.tags == ("no-passage",)
    assert (found.evidence, found.planted) == ((), ASKED.planted)
    with_its_own = Question("p3", "?", answers=("Ada",), evidence=(SPAN,))
    assert with_evidence([with_its_own], others) == (with_its_own,)


def test_a_wrong_answer_that_the_other_set_calls_right_is_dropped() -> None:
    known = Question("k", "Who built it?", answers=("Bo and Cy",), evidence=(SPAN,))
    (found,) = with_evidence([ASKED], [known])
    assert (found.wrong_answers, found.tags, found.answers) == ((), ("with-passage", "disputed"), ("Ada", "Bo and Cy"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A gold file with two planted texts a question, a corpus, and a gold file over that corpus."""
    rows: list[dict[str, Any]] = [
        {"id": "p1", "question": "Who built it?", "answers": ["Ada"], "answerable": True, "evidence": []},
        {"id": "p2", "question": "When?", "answers": ["1903"], "answerable": True, "evidence": []},
    ]
    for row, wrong in zip(rows, ("Bo", "1911"), strict=True):
        row |= {"wrong_answers": [wrong], "poison": [f"{wrong} it was.", f"It was {wrong}."], "tags": ["poison"]}
    (tmp_path / "planted.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    known = {"id": "k", "question": "who built it?", "answers": ["Ada"], "answerable": True, "passage": "d1"}
    known["evidence"] = [{"doc_id": "d1", "quote": "Ada", "start": 0, "end": 3}]
    (tmp_path / "known.jsonl").write_text(json.dumps(known), encoding="utf-8")
    corpus = [{"doc_id": "d1", "title": "T", "text": "Ada built it."}, {"doc_id": "d2", "title": "", "text": "Other."}]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), encoding="utf-8")
    return tmp_path


def test_a_folder_is_written_that_asks_the_same(files: Path) -> None:
    material = prepare(
        files / "planted.jsonl", files / "corpus.jsonl", plants=1, evidence=files / "known.jsonl", limit=1
    )
    write_material(material, files / "out")
    again = prepare(files / "out" / "gold.jsonl", files / "out" / "corpus.jsonl")
    # The texts planted for the question that the limit left out are in the corpus, too, as in any run.
    assert [d.name for d in again.documents] == ["d1", "d2", "p1-planted-0", "p2-planted-0"]
    assert again.texts == material.texts
    (question,) = again.questions
    assert (question.evidence, question.passage, question.planted, question.wrong_answers) == (
        (SPAN,),
        "d1",
        (),
        ("Bo",),
    )
    with pytest.raises(GoldError, match=r"expected no file at .*gold\.jsonl, found one; give another folder"):
        write_material(material, files / "out")
    with pytest.raises(GoldError, match="expected a folder, or a place to make one, at"):
        write_material(material, files / "known.jsonl")


def test_rows_keep_their_own_documents_and_questions_without_any_have_no_corpus(tmp_path: Path) -> None:
    row = {"id": "q", "question": "Who?", "answers": ["Ada"], "answerable": True, "evidence": []}
    own = [{"doc_id": "o", "title": "", "text": "Ada."}]
    # Two questions may have one document between them.
    rows = [row | {"documents": own}, row | {"id": "r", "documents": own}]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    write_material(prepare(tmp_path / "own.jsonl"), tmp_path / "out")
    assert read_gold(tmp_path / "out/gold.jsonl") == read_gold(tmp_path / "own.jsonl")
    assert (tmp_path / "out/corpus.jsonl").read_text(encoding="utf-8").count("\n") == 1
    (tmp_path / "bare.jsonl").write_text(json.dumps(row), encoding="utf-8")
    write_material(prepare(tmp_path / "bare.jsonl"), tmp_path / "bare")
    assert [path.name for path in (tmp_path / "bare").iterdir()] == ["gold.jsonl"]


def test_poisonedrag_stands_among_the_passages_of_nq(shared: Path) -> None:
    data = shared / "data"
    known = data / "nq/gold.jsonl"
    one = prepare(data / "poisonedrag/gold.jsonl", data / "nq/corpus.jsonl", plants=1, evidence=known)
    assert (len(one.questions), len(one.documents)) == (52, 3170 + 52)
    tagged = {
        tag: sum(tag in q.tags for q in one.questions) for tag in ("poison", "with-passage", "no-passage", "disputed")
    }
    assert tagged == {"poison": 52, "with-passage": 45, "no-passage": 7, "disputed": 1}
    assert sum(bool(question.evidence) for question in one.questions) == 45
    assert sum(bool(question.wrong_answers) for question in one.questions) == 51
