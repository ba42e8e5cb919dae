"""The openai drafter against a real server on this machine that answers what a test tells it to."""

import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qa.datatypes import DraftStatement, Quote
from qa.drafting import DraftRequest
from qa.errors import CancelledError, DeadlineError, DraftError
from qa.openai_compatible import WAITS, OpenAIDrafter
from tests.fakes import make_document
from tests.qa.making import make_evidence

KEY = "sk-never-to-be-seen-4711"
FERRY = make_document("The ferry company was founded in 1921. It ran two boats.")
EVIDENCE = tuple(make_evidence(FERRY))
REQUEST = DraftRequest("When was the ferry company founded?", EVIDENCE)
GOOD = '{"statements": [{"evidence": [1], "answer": "The ferry company was founded in 1921."}]}'
DRAFTED = (DraftStatement("The ferry company was founded in 1921.", (Quote(1, EVIDENCE[0].sentence.text),)),)

Reply = tuple[int, bytes]


def completion(text: str | None, *, usage: bool = True) -> Reply:
    """A chat completion as an OpenAI-compatible server sends it."""
    body: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
    }
    if usage:
        body["usage"] = {"prompt_tokens": 70, "completion_tokens": 12, "total_tokens": 82}
    return 200, json.dumps(body).encode()


def refusal(status: int) -> Reply:
    return status, json.dumps({"error": {"message": f"no, {KEY} will not do", "type": "x"}}).encode()


class FakeServer:
    """Hears every request and answers with `reply(request body)`; `base_url` is what a client is given."""

    def __init__(self, reply: Callable[[dict[str, Any]], Reply]) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        heard, headers = self.heard, self.headers

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                heard.append({"path": self.path, **body})
                headers.append({name.lower(): value for name, value in self.headers.items()})
                status, content = reply(body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client did not wait

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is written to the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(reply: Callable[[dict[str, Any]], Reply]) -> Iterator[FakeServer]:
    server = FakeServer(reply)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def drafting(base_url: str, *, key: str | None = KEY, seconds: float = 30.0) -> Iterator[OpenAIDrafter]:
    """A drafter whose client is closed afterwards, and that does not wait between its tries."""
    built = OpenAIDrafter.build(base_url=base_url, api_key=key, model="m", seconds=seconds)
    with built._client:
        yield OpenAIDrafter(built._client, model="m", seconds=seconds, waits=[0.0] * len(WAITS))


def everything_said(error: BaseException) -> str:
    """The error, what it came from and where, as the most talkative log would have it."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(error) + repr(error.args)


def failure(reply: Callable[[dict[str, Any]], Reply], **options: Any) -> tuple[DraftError, FakeServer]:
    """The error of a draft with this server, which says nothing of the key."""
    with serving(reply) as server, drafting(server.base_url, **options) as drafter:
        with pytest.raises(DraftError) as caught:
            drafter.draft(REQUEST)
        assert KEY not in everything_said(caught.value)
        assert KEY not in repr(drafter)
        return caught.value, server


def test_a_structured_answer() -> None:
    with serving(lambda body: completion(GOOD)) as server, drafting(server.base_url) as drafter:
        draft = drafter.draft(REQUEST)
    assert draft.statements == DRAFTED
    assert draft.usage == {"tokens_in": 70, "tokens_out": 12}
    (heard,) = server.heard
    assert (heard["path"], heard["model"], heard["temperature"]) == ("/v1/chat/completions", "m", 0.0)
    assert heard["messages"][-1]["content"].startswith("Evidence:\n[1] The ferry company was founded in 1921.\n[2] ")
    schema = heard["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["statements"]["items"]["properties"]["evidence"]["items"]["enum"] == [1, 2]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_server_that_knows_no_response_format_is_read_tolerantly_from_then_on() -> None:
    def reply(body: dict[str, Any]) -> Reply:
        if "response_format" in body:
            return refusal(400)
        return completion("Here you are: [1] The ferry company was founded in 1921.", usage=False)

    with serving(reply) as server, drafting(server.base_url) as drafter:
        for _ in range(2):
            draft = drafter.draft(REQUEST)
            assert draft.statements[0].quotes == DRAFTED[0].quotes
            assert draft.statements[0].text.endswith("The ferry company was founded in 1921.")
            assert draft.usage == {}
    assert ["response_format" in heard for heard in server.heard] == [True, False, False]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_is_asked_twice_more(status: int) -> None:
    error, server = failure(lambda body: refusal(status))
    assert str(error) == f"the server answered with status {status}"
    assert len(server.heard) == 1 + len(WAITS) == 3


def test_a_server_that_fails_once_answers_the_second_time() -> None:
    replies = iter([refusal(500), completion(GOOD)])
    with serving(lambda body: next(replies)) as server, drafting(server.base_url) as drafter:
        assert drafter.draft(REQUEST).statements == DRAFTED
    assert len(server.heard) == 2


@pytest.mark.parametrize(("status", "asked"), [(401, 1), (403, 1), (404, 1), (400, 2), (422, 2)])
def test_a_server_that_refuses_is_not_asked_again(status: int, asked: int) -> None:
    """But once without response_format, where that may have been the reason."""
    error, server = failure(lambda body: refusal(status))
    assert (str(error), len(server.heard)) == (f"the server answered with status {status}", asked)


def test_a_deadline_ends_the_further_tries() -> None:
    with serving(lambda body: refusal(500)) as server, drafting(server.base_url) as patient:
        drafter = OpenAIDrafter(patient._client, model="m", waits=[0.0, 60.0])
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            drafter.draft(DraftRequest("Who?", EVIDENCE, began + 0.5))
        assert time.monotonic() - began < 3
    assert len(server.heard) == 2


def test_a_slow_server_is_not_waited_for() -> None:
    release = threading.Event()

    def reply(body: dict[str, Any]) -> Reply:
        release.wait(20)
        return completion(GOOD)

    began = time.monotonic()
    with serving(reply) as server, drafting(server.base_url, seconds=0.2) as drafter:
        with pytest.raises(DeadlineError, match="did not answer in time") as caught:
            drafter.draft(REQUEST)
        took = time.monotonic() - began
        release.set()
    assert took < 10
    assert KEY not in everything_said(caught.value)


def test_a_deadline_holds_though_the_server_s_own_time_is_longer() -> None:
    release = threading.Event()

    def reply(body: dict[str, Any]) -> Reply:
        release.wait(20)
        return completion(GOOD)

    with serving(reply) as server, drafting(server.base_url, seconds=30) as drafter:
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            drafter.draft(DraftRequest(REQUEST.question, EVIDENCE, began + 0.5))
        took = time.monotonic() - began
        release.set()
    assert took < 3


@pytest.mark.parametrize(
    ("deadline", "cancelled", "error"), [(-1.0, False, DeadlineError), (60.0, True, CancelledError)]
)
def test_no_request_is_sent_where_nobody_waits(deadline: float, cancelled: bool, error: type[DraftError]) -> None:
    request = DraftRequest("Who?", EVIDENCE, time.monotonic() + deadline, lambda: cancelled)
    with serving(lambda body: completion(GOOD)) as server, drafting(server.base_url) as drafter, pytest.raises(error):
        drafter.draft(request)
    assert server.heard == []


@pytest.mark.parametrize(
    "reply",
    [
        completion(""),
        completion(None),
        completion("I do not know."),
        completion('{"statements": []}'),
        completion('{"statements": [{"evidence": [7], "answer": "It was in 1922."}]}'),
        completion('{"statements": [{"evidence": [1], "answer": "The ferry compa'),
        (200, b'{"choices": []}'),
        (200, b'{"choices": null}'),
        (200, b'{"choices": [{"message": null}]}'),
        (200, b'{"choices": [5]}'),
        (200, b'{"choices": [{"message": {"content": ["a"]}}]}'),
        (200, b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": "many"}}'),
        (200, b"[]"),
        (200, b'"hello"'),
        (200, b"<html>Welcome to the hotel's wireless network"),
        (200, b""),
    ],
)
def test_rubbish_is_a_draft_error(reply: Reply) -> None:
    error, _ = failure(lambda body: reply)
    assert type(error) is DraftError


def test_a_server_that_is_not_there() -> None:
    with serving(lambda body: completion(GOOD)) as server:
        address = server.base_url
    for base_url in (address, "localhost:1/v1", "ftp://127.0.0.1/v1"):
        with drafting(base_url) as drafter, pytest.raises(DraftError) as caught:
            drafter.draft(REQUEST)
        assert KEY not in everything_said(caught.value)


@pytest.mark.parametrize("key", [f"{KEY}\n", f"“{KEY}”", f"{KEY}\x00"])
def test_a_key_that_cannot_be_sent_is_not_shown(key: str) -> None:
    error, server = failure(lambda body: completion(GOOD), key=key)
    assert type(error) is DraftError
    assert server.heard == []


def test_a_server_that_wants_no_key_is_sent_none_of_ours() -> None:
    with serving(lambda body: completion(GOOD)) as server, drafting(server.base_url, key=None) as drafter:
        drafter.draft(REQUEST)
    assert server.headers[0]["authorization"] == "Bearer none"


def test_the_key_is_in_no_log_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replies = iter([refusal(500), completion(GOOD), refusal(401)])
    with serving(lambda body: next(replies)) as server, drafting(server.base_url) as drafter:
        drafter.draft(REQUEST)
        with pytest.raises(DraftError):
            drafter.draft(REQUEST)
    assert len(server.heard) == 3
    ours = ("qa", "api", "index", "pincite", "openai", "httpx", "httpcore")
    told = [f"{r.getMessage()} {r.args!r} {r.exc_text}" for r in caplog.records if r.name.partition(".")[0] in ours]
    assert told  # the libraries do talk at this level
    assert not any(KEY in line for line in told)
