"""Run model work in threads: a few at a time, a bounded line behind them, and none for a client that has gone."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import Request

from api.errors import RETRY_AFTER, BusyError
from qa.errors import CancelledError

Result = TypeVar("Result")
Cancelled = Callable[[], bool]


class WorkQueue:
    """At most `running` pieces of work at once and `waiting` more in line; the next one is turned away."""

    def __init__(self, *, running: int, waiting: int) -> None:
        if running < 1 or waiting < 0:
            raise ValueError(f"expected running of at least 1 and waiting of at least 0, found {running} and {waiting}")
        self._most = running + waiting
        self._inside = 0
        self._limiter = anyio.CapacityLimiter(running)

    async def run(self, work: Callable[[], Result]) -> Result:
        """What `work` returns, done in a thread while the event loop goes on.

        Raises:
            BusyError: the line is full.
        """
        if self._inside >= self._most:
            raise BusyError(
                f"expected at most {self._most} requests at once, found that many; try again in {RETRY_AFTER} seconds"
            )
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1

    async def run_for(self, request: Request, work: Callable[[Cancelled], Result]) -> Result:
        """As `run`, as long as the client waits: `work` is given a function that says whether it has gone.

        Work that still stands in line when its client goes is never begun.

        Raises:
            BusyError: the line is full.
            CancelledError: the client went away.
        """
        gone = threading.Event()
        with anyio.CancelScope() as scope:
            watch = asyncio.create_task(_watch(request, gone, scope))
            try:
                return await self.run(lambda: work(gone.is_set))
            finally:
                watch.cancel()
        raise CancelledError("whoever asked went away")


async def _watch(request: Request, gone: threading.Event, scope: anyio.CancelScope) -> None:
    """Wait for the client to go; then tell the thread, and give up the place in line."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()
    scope.cancel()
