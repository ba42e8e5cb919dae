"""The local drafter: its grammar, how it stops and fails over a scripted library, and (live) the real model."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import DraftStatement, Quote
from qa.drafting import DraftRequest
from qa.errors import CancelledError, DeadlineError, DraftError, WeightsError
from qa.local import LocalDrafter, grammar
from qa.verifying import verify
from qa.weights import find_weights
from tests.fakes import make_document
from tests.qa.making import PATIENT, make_evidence

FERRY = make_document(
    "The ferry company was founded in 1921 by two brothers. It ran two boats. The lighthouse is 33.40 metres high."
)
EVIDENCE = tuple(make_evidence(FERRY))
QUESTION = "When was the ferry company founded?"

Chunk = dict[str, Any]


def token(text: str) -> Chunk:
    return {"choices": [{"delta": {"content": text}}]}


USAGE = {
    "choices": [],
    "usage": {"prompt_tokens": 90, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 60}},
}


class ScriptedServer:
    """Stands in for the library: hands its chunks on until it is told to stop, and remembers what it was asked."""

    def __init__(self, *chunks: Chunk, before: Callable[[int], None] = lambda place: None) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.handed = 0
        self._chunks, self._before = chunks, before

    def handle_chat_completions(self, job: dict[str, Any], receive: Callable[[Chunk], bool]) -> None:
        """The library's method: `receive` returns true to stop."""
        self.jobs.append(job)
        for place, chunk in enumerate(self._chunks):
            self._before(place)
            self.handed += 1
            if receive(chunk):
                return


def scripted(server: ScriptedServer) -> LocalDrafter:
    drafter = LocalDrafter(Path("never-read.gguf"), threads=1)
    drafter._server = server
    return drafter


def as_expression(text: str) -> re.Pattern[str]:
    """A grammar without recursion as one regular expression: literals quoted, names replaced by their rules."""
    rules = dict(line.split(" ::= ", 1) for line in text.splitlines())

    def translated(name: str) -> str:
        parts = re.findall(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{[\d,]+\}|[()|*+?]|\w+', rules[name])
        written = [
            re.escape(json.loads(part)) if part[0] == '"' else translated(part) if part in rules else part
            for part in parts
        ]
        return f"(?:{''.join(written)})"

    return re.compile(translated("root"))


@PATIENT
@given(st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True), st.integers(1, 3))
def test_the_grammar_has_the_numbers_that_exist_and_no_others(numbers: list[int], most: int) -> None:
    expression = as_expression(grammar(numbers, most_sentences=most))
    for number in range(120):
        assert bool(expression.fullmatch(f"[{number}] It sank.")) == (number in numbers)
    line = f"[{numbers[0]}] It sank."
    for lines in range(5):
        assert bool(expression.fullmatch("\n".join([line] * lines))) == (1 <= lines <= most)


def test_what_the_grammar_admits() -> None:
    expression = as_expression(grammar([1, 13], most_sentences=2))
    for good in (
        "[1] It is 33.40 metres, says JD.com.",
        "[13,1] Yes.",
        "[1,1,13] A in the U.S.",
        "[1] A.\n[13] B 今天.",
    ):
        assert expression.fullmatch(good), good
    for bad in (
        "It sank.", "[2] It sank.", "[3] It sank.", "[1] It sank", "[1] It. Sank.", "[1] See [13].", "[1]", "[1] A.\n\n[1] B.",
        "[1] A\n[13] B.", "[1,] A.", "[1,1,1,1] A.", "[01] A.", "[1] .", " [1] A.", "[1] " + "x" * 400 + ".",
    ):  # fmt: skip
        assert not expression.fullmatch(bad), bad


def test_a_draft_of_what_the_library_hands_on() -> None:
    server = ScriptedServer(token("[1] The ferry"), token(" company was founded in 1921."), USAGE)
    draft = scripted(server).draft(DraftRequest(QUESTION, EVIDENCE))
    assert draft.statements == (
        DraftStatement("The ferry company was founded in 1921.", (Quote(1, EVIDENCE[0].sentence.text),)),
    )
    assert draft.usage == {"tokens_in": 90, "tokens_out": 4, "tokens_cached": 60}
    (job,) = server.jobs
    assert job["grammar"] == grammar([1, 2, 3], most_sentences=1)
    assert (job["temperature"], job["seed"], job["stream"]) == (0.0, 0, True)
    assert job["messages"][-1]["content"].endswith(f"Question: {QUESTION}")


def test_only_a_question_for_reasons_may_be_answered_in_two_sentences() -> None:
    server = ScriptedServer(token("[1] A.\n[2] B."))
    draft = scripted(server).draft(DraftRequest("Why was it founded?", EVIDENCE))
    assert [statement.text for statement in draft.statements] == ["A.", "B."]
    assert server.jobs[0]["grammar"] == grammar([1, 2, 3], most_sentences=2)


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([], r"nothing usable \(0 characters\)"),
        ([token("")], r"nothing usable \(0 characters\)"),
        ([token("I do not know")], r"nothing usable \(13 characters\)"),
        ([token("[7] It sank.")], "named no evidence that exists"),
        ([{"error": {"code": 400, "message": "too long"}}], "the model failed: .*too long"),
        ([{"code": 500, "message": "out of memory"}], "the model failed: .*out of memory"),
        (
            [
                {},
                {"choices": None},
                {"choices": [{}]},
                {"choices": [{"delta": None}]},
                {"choices": [{"delta": {"content": None}}]},
            ],
            "0 char",
        ),
    ],
)
def test_what_is_no_draft(chunks: list[Chunk], message: str) -> None:
    with pytest.raises(DraftError, match=message):
        scripted(ScriptedServer(*chunks)).draft(DraftRequest(QUESTION, EVIDENCE))


def test_a_deadline_in_the_past_and_a_caller_gone_ask_the_model_nothing() -> None:
    server = ScriptedServer(token("[1] A."))
    with pytest.raises(DeadlineError):
        scripted(server).draft(DraftRequest(QUESTION, EVIDENCE, time.monotonic() - 1))
    with pytest.raises(CancelledError):
        scripted(server).draft(DraftRequest(QUESTION, EVIDENCE, cancelled=lambda: True))
    assert server.jobs == []


def test_the_model_is_stopped_in_the_middle() -> None:
    gone = threading.Event()
    server = ScriptedServer(*[token("[1] A.")] * 9, before=lambda place: gone.set() if place == 3 else None)
    drafter = scripted(server)
    with pytest.raises(CancelledError):
        drafter.draft(DraftRequest(QUESTION, EVIDENCE, cancelled=gone.is_set))
    assert server.handed == 4
    # And is free for the next one.
    server = ScriptedServer(*[token("x")] * 9, before=lambda place: time.sleep(0.02))
    drafter._server = server
    with pytest.raises(DeadlineError):
        drafter.draft(DraftRequest(QUESTION, EVIDENCE, time.monotonic() + 0.05))
    assert 1 <= server.handed < 9


def test_who_waits_for_another_s_draft_still_has_a_deadline() -> None:
    begun, release = threading.Event(), threading.Event()

    def hold(place: int) -> None:
        begun.set()
        release.wait(10)

    drafter = scripted(ScriptedServer(token("[1] A."), before=hold))
    first = threading.Thread(target=drafter.draft, args=[DraftRequest(QUESTION, EVIDENCE)])
    first.start()
    try:
        assert begun.wait(10)
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            drafter.draft(DraftRequest(QUESTION, EVIDENCE, began + 0.1))
        with pytest.raises(CancelledError):
            drafter.draft(DraftRequest(QUESTION, EVIDENCE, cancelled=lambda: True))
        assert time.monotonic() - began < 5
    finally:
        release.set()
        first.join()


@pytest.fixture(scope="module")
def model() -> Iterator[LocalDrafter]:
    """The real weights, loaded once for the module."""
    drafter = LocalDrafter(find_weights())
    drafter.load()
    yield drafter
    drafter._server = None


@pytest.mark.live
def test_the_real_model_is_stopped_and_still_answers_afterwards(model: LocalDrafter) -> None:
    asked = [0]

    def gone() -> bool:
        asked[0] += 1
        return asked[0] > 4  # a few tokens into the answer

    with pytest.raises(CancelledError):
        model.draft(DraftRequest(QUESTION, EVIDENCE, cancelled=gone))
    assert asked[0] == 5
    with pytest.raises(DeadlineError):
        model.draft(DraftRequest(QUESTION, EVIDENCE, time.monotonic() - 1))
    with pytest.raises(DeadlineError):
        model.draft(DraftRequest("How high is the lighthouse?", EVIDENCE, time.monotonic() + 0.01))

    draft = model.draft(DraftRequest(QUESTION, EVIDENCE))
    verified = verify(draft, EVIDENCE, document_of=lambda key: FERRY, question=QUESTION)
    assert verified.rejected_citations == 0
    (statement,) = verified.statements
    assert "1921" in statement.text
    assert [FERRY.text[quote.start : quote.end] for quote in statement.quotes] == [EVIDENCE[0].sentence.text]
    assert draft.usage["tokens_cached"] > 0  # the beginning of the prompt was read once


@pytest.mark.live
def test_the_real_model_refuses_what_does_not_fit_its_window(model: LocalDrafter) -> None:
    document = make_document(" ".join(f"{'今天很好🗼' * 90}{number}。" for number in range(12)))
    with pytest.raises(DraftError, match="the model failed"):
        model.draft(DraftRequest(QUESTION, tuple(make_evidence(document))))


@pytest.mark.live
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "junk.gguf"
    path.write_bytes(b"GGUF" + b"\x00" * 100)
    with pytest.raises(WeightsError, match=r"junk\.gguf"):
        LocalDrafter(path).load()
