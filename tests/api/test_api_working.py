"""Work beside the event loop: it stays free, the line is bounded, and a client that goes takes its work along."""

import itertools
import json
import logging
import socket
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
from fastapi import FastAPI

from api.app import ANSWERS_AT_ONCE, ANSWERS_WAITING, create_app
from api.errors import BusyError
from api.working import FEW, WorkQueue
from index.errors import ModelError, StoreError
from qa.datatypes import Draft
from qa.drafting import DraftRequest
from tests.api.service import HISTORY, QUESTION, FakeAssembly, HeldDrafter, add, serving
from tests.api.streams import listening

ASK = {"question": QUESTION, "drafter": "local"}


def run(app: FastAPI, scene: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    """Play a scene with a client in the event loop of the running service."""

    async def play() -> None:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as client:
                files = [("files", ("history.md", HISTORY.encode()))]
                assert (await client.post("/v1/documents", files=files)).status_code == 201
                with anyio.fail_after(30):
                    await scene(client)

    anyio.run(play)


async def begun(drafter: HeldDrafter) -> None:
    """Wait until a draft has begun."""
    assert await anyio.to_thread.run_sync(lambda: drafter.begun.acquire(timeout=10))


def test_the_event_loop_stays_free_while_a_draft_takes_a_second(assembly: FakeAssembly, drafter: HeldDrafter) -> None:
    async def scene(client: httpx.AsyncClient) -> None:
        answers: list[httpx.Response] = []

        async def ask() -> None:
            answers.append(await client.post("/v1/ask", json=ASK))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await begun(drafter)
            waits = []
            until = time.perf_counter() + 1.0
            while time.perf_counter() < until:
                asked = time.perf_counter()
                assert (await client.get("/healthz")).json() == {"status": "ok"}
                waits.append(time.perf_counter() - asked)
            assert answers == []
            assert (await client.post("/v1/search", json={"question": QUESTION})).status_code == 200
            drafter.release.set()
        assert answers[0].json()["answer"] == "The ferry company was founded in 1921 [1]."
        assert len(waits) > 20
        assert sorted(waits)[int(len(waits) * 0.95)] < 0.1

    run(create_app(assembly), scene)


def test_beyond_the_line_a_client_is_turned_away(assembly: FakeAssembly, drafter: HeldDrafter) -> None:
    most = ANSWERS_AT_ONCE + ANSWERS_WAITING

    async def scene(client: httpx.AsyncClient) -> None:
        answers: list[httpx.Response] = []

        async def ask() -> None:
            answers.append(await client.post("/v1/ask", json=ASK))

        async with anyio.create_task_group() as tasks:
            for _ in range(most + 4):
                tasks.start_soon(ask)
            for _ in range(ANSWERS_AT_ONCE):
                await begun(drafter)
            while len(answers) < 4:
                await anyio.sleep(0.005)
            await anyio.sleep(0.05)
            assert [answer.status_code for answer in answers] == [503] * 4
            assert drafter.drafts == ANSWERS_AT_ONCE
            # A document can still be added: that is another line.
            note = [("files", ("note.txt", b"A note."))]
            assert (await client.post("/v1/documents", files=note)).status_code == 201
            drafter.release.set()
        assert [answer.status_code for answer in answers[4:]] == [200] * most
        refused = answers[0]
        assert refused.headers["retry-after"] == "5"
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json() == {
            "type": "urn:problem-type:pincite:busy",
            "title": "Too many requests wait already",
            "status": 503,
            "detail": f"expected at most {most} requests at once, found that many; try again in 5 seconds",
            "instance": "/v1/ask",
        }

    run(create_app(assembly), scene)


async def ask_and_go(app: FastAPI, gone: anyio.Event) -> list[Any]:
    """Ask like a client that closes the connection when `gone` is set; what the service sent."""
    sent: list[Any] = []
    body = [
        {"type": "http.request", "body": b'{"question": "When was the ferry company founded?", "drafter": "local"}'}
    ]

    async def receive() -> Any:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    await app(
        {"type": "http", "method": "POST", "path": "/v1/ask", "headers": headers, "query_string": b""}, receive, send
    )
    return sent


def test_a_client_that_goes_stops_its_work(assembly: FakeAssembly, drafter: HeldDrafter) -> None:
    app = create_app(assembly)

    async def scene(client: httpx.AsyncClient) -> None:
        leaves_line, leaves_work = anyio.Event(), anyio.Event()
        statuses: list[int] = []

        async def ask(gone: anyio.Event) -> None:
            statuses.append((await ask_and_go(app, gone))[0]["status"])

        async with anyio.create_task_group() as tasks:
            for _ in range(ANSWERS_AT_ONCE):
                tasks.start_soon(ask, leaves_work)
                await begun(drafter)
            async with anyio.create_task_group() as waiting:
                for _ in range(ANSWERS_WAITING):
                    waiting.start_soon(ask, leaves_line)
                await anyio.wait_all_tasks_blocked()
                # Who leaves in the same moment as one at work may take its place for the blink of an eye.
                leaves_line.set()
            assert statuses == [499] * ANSWERS_WAITING
            leaves_work.set()
        assert statuses == [499] * (ANSWERS_WAITING + ANSWERS_AT_ONCE)
        # Those that were at work gave up, those in line were never begun, and the places are free again.
        assert all(drafter.cancelled.acquire(blocking=False) for _ in range(ANSWERS_AT_ONCE))
        assert drafter.drafts == ANSWERS_AT_ONCE
        drafter.release.set()
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200

    run(app, scene)


def test_a_closed_socket_stops_the_work(assembly: FakeAssembly, drafter: HeldDrafter) -> None:
    """The same with a real server, whose sockets know nothing of our fakes."""
    with listening(create_app(assembly)) as address:
        with httpx.Client(base_url=address) as client:
            add(client, ("history.md", HISTORY))
        host, _, port = address.removeprefix("http://").partition(":")
        body = json.dumps(ASK).encode()
        head = (
            f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode() + body)
            assert drafter.begun.acquire(timeout=10)
        assert drafter.cancelled.acquire(timeout=10)


def test_waiting_for_a_client_costs_no_processor_time(assembly: FakeAssembly, drafter: HeldDrafter) -> None:
    """A shielded thread under a cancelled scope must not make the event loop spin."""

    async def scene() -> None:
        queue = WorkQueue(running=1, waiting=0)
        started, release = threading.Event(), threading.Event()

        def work() -> None:
            started.set()
            release.wait(10)

        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(queue.run, lambda cancelled: work())
                await anyio.to_thread.run_sync(started.wait)
                scope.cancel()
                before = time.process_time()
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(0.5)
                spent = time.process_time() - before
                release.set()
        assert spent < 0.25

    anyio.run(scene)


@pytest.mark.parametrize(("running", "waiting"), [(0, 1), (1, -1)])
def test_a_line_that_cannot_be(running: int, waiting: int) -> None:
    with pytest.raises(ValueError, match=f"found {running} and {waiting}"):
        WorkQueue(running=running, waiting=waiting)


# --- a line that is bounded by time ----------------------------------------------------------------------------------


def held_queue(*, seconds: float, patience: float) -> tuple[WorkQueue, threading.Event]:
    """A line of one in which a piece of work has just taken `seconds`, and what lets the next ones go."""
    times = itertools.chain([0.0, seconds], itertools.repeat(seconds))
    queue = WorkQueue(running=1, waiting=16, patience=patience, clock=lambda: next(times))
    queue.begin(lambda cancelled: None).future.result(10)
    while len(queue):
        time.sleep(0.001)
    return queue, threading.Event()


def taken(queue: WorkQueue, release: threading.Event) -> tuple[int, BusyError]:
    """How many pieces of work the line takes, and what it says to the next one."""
    for number in range(100):
        try:
            queue.begin(lambda cancelled: release.wait(10))
        except BusyError as error:
            return number, error
    raise AssertionError("the line has no end")


@pytest.mark.parametrize(
    ("seconds", "patience", "most", "again", "words"),
    [
        # Work of a fifth of a second: the sixth finds a wait of a second, so does the seventh one of more.
        (0.2, 1.1, 6, 2, "expected a wait of at most 1.1 seconds, found one of 1.2; try again in 2 seconds"),
        # However slow it is, a few may wait.
        (0.4, 0.1, 1 + FEW, 2, "expected a wait of at most 0.1 seconds, found one of 2.0; try again in 2 seconds"),
        # However quick it is, so many and no more.
        (0.001, 1.0, 17, 1, "expected at most 17 requests at once, found that many; try again in 1 second"),
    ],
)
def test_the_line_is_as_long_as_it_is_quick(seconds: float, patience: float, most: int, again: int, words: str) -> None:
    queue, release = held_queue(seconds=seconds, patience=patience)
    found, refusal = taken(queue, release)
    release.set()
    queue.close()
    assert (found, refusal.seconds, str(refusal)) == (most, again, words)


# --- many askers -----------------------------------------------------------------------------------------------------


class SlowDrafter:
    """Takes a twentieth of a second; then the extractive one stands in for it."""

    name = "local"

    def draft(self, request: DraftRequest) -> Draft:
        """An empty draft."""
        time.sleep(0.05)
        return Draft(())


async def ask_for(client: httpx.AsyncClient, until: float, found: list[httpx.Response]) -> None:
    """Ask again and again; who was turned away waits a little, so that it is not the askers that fill the processor."""
    while time.monotonic() < until:
        found.append(await client.post("/v1/ask", json=ASK))
        await anyio.sleep(0.5 if found[-1].status_code == 503 else 0)


def test_thirty_askers_get_an_answer_or_are_told_when_to_come_again(tmp_path: Path) -> None:
    app = create_app(FakeAssembly(tmp_path, drafters={"local": SlowDrafter()}))
    found: list[httpx.Response] = []
    health: list[tuple[int, float]] = []

    async def look(client: httpx.AsyncClient, until: float) -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            response = await client.get("/healthz")
            health.append((response.status_code, time.monotonic() - began))
            await anyio.sleep(0.02)

    async def scene(address: str) -> None:
        async with (
            httpx.AsyncClient(base_url=address, timeout=30, limits=httpx.Limits(max_connections=60)) as client,
            anyio.create_task_group() as tasks,
        ):
            until = time.monotonic() + 2
            for _ in range(30):
                tasks.start_soon(ask_for, client, until, found)
            tasks.start_soon(look, client, until)

    with listening(app) as address:
        with httpx.Client(base_url=address) as client:
            assert add(client, ("history.md", HISTORY)).status_code == 201
        anyio.run(scene, address)
        assert len(app.state.service.answering) == 0
    assert {response.status_code for response in found} == {200, 503}
    answers = {response.json()["answer"] for response in found if response.status_code == 200}
    assert answers == {"The ferry company was founded in 1921 [1]."}
    assert all(int(response.headers["retry-after"]) >= 1 for response in found if response.status_code == 503)
    assert {status for status, _ in health} == {200}
    # Medians beside each other: a machine that is busy with something else slows both down, and fails nothing.
    waits = [response.elapsed.total_seconds() for response in found if response.status_code == 200]
    assert statistics.median(seconds for _, seconds in health) < statistics.median(waits) / 2


# --- start and end ---------------------------------------------------------------------------------------------------


def wait_for(client: Any, path: str, status: int) -> Any:
    """The response of `path` once it has this status."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        response = client.get(path)
        if response.status_code == status:
            return response
        time.sleep(0.005)
    raise AssertionError(f"{path} did not come to answer {status}")


@contextmanager
def held_loading() -> Iterator[tuple[threading.Event, Callable[[], None]]]:
    release = threading.Event()

    def load() -> None:
        release.wait(10)

    yield release, load
    release.set()


def test_the_service_is_healthy_at_once_and_ready_when_the_models_are_loaded(tmp_path: Path) -> None:
    with held_loading() as (release, load), serving(FakeAssembly(tmp_path, load=load)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        waiting = client.get("/readyz")
        assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "5")
        assert waiting.json() == {
            "type": "urn:problem-type:pincite:not-ready",
            "title": "The service is not ready",
            "status": 503,
            "detail": "the models are being loaded",
            "instance": "/readyz",
        }
        # Who comes early is served all the same.
        assert add(client, ("history.md", HISTORY)).status_code == 201
        assert client.post("/v1/ask", json={"question": QUESTION}).json()["status"] == "answered"
        release.set()
        assert wait_for(client, "/readyz", 200).json() == {"status": "ready"}


def failing(error: Exception) -> Callable[[], None]:
    def load() -> None:
        raise error

    return load


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (ModelError("expected weights, found none"), "loading failed: expected weights, found none"),
        (RuntimeError("at 0x7f secret"), "loading failed unexpectedly; the log of the service says why"),
    ],
)
def test_readiness_says_why_loading_failed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception, detail: str
) -> None:
    until = time.monotonic() + 10
    with (
        caplog.at_level(logging.ERROR, "api.readiness"),
        serving(FakeAssembly(tmp_path, load=failing(error))) as client,
    ):
        while client.get("/readyz").json()["detail"] == "the models are being loaded":
            assert time.monotonic() < until
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["detail"] == detail
    assert str(error) in caplog.text, "the log has all of it"


def test_the_store_is_closed_at_the_end(tmp_path: Path) -> None:
    assembly = FakeAssembly(tmp_path)
    with serving(assembly) as client:
        wait_for(client, "/readyz", 200)
        assert assembly.store.entries() == []
    with pytest.raises(StoreError, match="closed"):
        assembly.store.entries()


def test_a_store_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be opened"), serving(FakeAssembly(tmp_path / "file")):
        pass
