"""Run model work in threads: a few at a time, a bounded line behind them, and none for a client that has gone."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request

from api.errors import RETRY_AFTER, BusyError, LateError
from qa.errors import CancelledError

Result = TypeVar("Result")
Cancelled = Callable[[], bool]

# So many may wait however slow the work is.
FEW = 4
# What the latest piece of work weighs in the moving mean of the seconds that one takes.
_LATEST = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Work(Generic[Result]):
    """A piece of work that stands in line or is being done."""

    future: Future[Result]
    stopped: threading.Event

    def stop(self) -> None:
        """Give up the place in line; tell the thread, where it is at it already. Once it is done this does nothing."""
        self.stopped.set()
        self.future.cancel()


class WorkQueue:
    """At most `running` pieces of work at once and a line behind them; who finds it full is turned away.

    `waiting` may stand in line, and beyond the first four only as many as begin within `patience` seconds, judged by how
    long work took lately. A piece of work counts until its thread has let go of it, whether or not somebody still waits
    for its result.
    """

    def __init__(
        self, *, running: int, waiting: int, patience: float = math.inf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if running < 1 or waiting < 0:
            raise ValueError(f"expected running of at least 1 and waiting of at least 0, found {running} and {waiting}")
        self._running = running
        self._most = running + waiting
        self._patience = patience
        self._clock = clock
        self._mean = 0.0
        self._begun: set[Work[Any]] = set()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(running, thread_name_prefix="pincite-work")

    def __len__(self) -> int:
        """The pieces of work that are being done or stand in line."""
        with self._lock:
            return len(self._begun)

    @property
    def running(self) -> int:
        """Those of them that are being done."""
        with self._lock:
            return sum(work.future.running() for work in self._begun)

    def begin(self, work: Callable[[Cancelled], Result]) -> Work[Result]:
        """Put `work` in line; it is given a function that says whether to stop.

        Raises:
            BusyError: the line is full; it says after how many seconds what stands in it now will be done.
        """
        stopped = threading.Event()
        with self._lock:
            self._check_room()
            begun = Work(self._threads.submit(self._timed, work, stopped), stopped)
            self._begun.add(begun)
        begun.future.add_done_callback(lambda _: self._forget(begun))
        return begun

    def _check_room(self) -> None:
        """Raise BusyError where one more may not wait. The lock is held."""
        found = len(self._begun)
        seconds = found * self._mean / self._running
        again = max(1, math.ceil(seconds)) if self._mean else RETRY_AFTER
        if found >= self._most:
            full = f"expected at most {self._most} requests at once, found that many"
        elif found >= self._running + FEW and seconds > self._patience:
            full = f"expected a wait of at most {self._patience:g} seconds, found one of {seconds:.1f}"
        else:
            return
        raise BusyError(f"{full}; try again in {again} second{'s' * (again != 1)}", seconds=again)

    def _timed(self, work: Callable[[Cancelled], Result], stopped: threading.Event) -> Result:
        began = self._clock()
        result = work(stopped.is_set)
        took = self._clock() - began
        with self._lock:
            self._mean += (took - self._mean) * (_LATEST if self._mean else 1.0)
        return result

    async def run(self, work: Callable[[Cancelled], Result], *, seconds: float | None = None) -> Result:
        """What `work` returns, done in a thread while the event loop goes on.

        Raises:
            BusyError: the line is full.
            LateError: it took longer than `seconds`; it is told to stop.
        """
        begun = self.begin(work)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(begun.future)
        except TimeoutError:
            raise late(seconds) from None
        finally:
            begun.stop()

    async def run_for(
        self, request: Request, work: Callable[[Cancelled], Result], *, seconds: float | None = None
    ) -> Result:
        """As `run`, as long as the client waits: `work` is told when it has gone.

        Work that still stands in line when its client goes is never begun.

        Raises:
            BusyError: the line is full.
            LateError: it took longer than `seconds`.
            CancelledError: the client went away.
        """
        begun = self.begin(work)
        result = asyncio.ensure_future(asyncio.wrap_future(begun.future))
        gone = asyncio.ensure_future(_gone(request))
        try:
            waited: set[asyncio.Future[Any]] = {result, gone}
            await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return result.result()
            if not gone.done():
                raise late(seconds)
            begun.stop()
            # Nobody waits: there is time to see the thread let go.
            await asyncio.gather(result, return_exceptions=True)
            raise CancelledError("whoever asked went away")
        finally:
            begun.stop()
            gone.cancel()
            result.cancel()

    def close(self) -> None:
        """Stop all work; what stands in line is never begun. Returns when the threads have let go."""
        with self._lock:
            begun = list(self._begun)
        for work in begun:
            work.stop()
        self._threads.shutdown(cancel_futures=True)

    def _forget(self, work: Work[Any]) -> None:
        with self._lock:
            self._begun.discard(work)


def late(seconds: float | None) -> LateError:
    """The error of a request that took longer than `seconds`."""
    return LateError(f"expected an end within {seconds:g} seconds, found none; try again, or raise PINCITE_TIMEOUT")


async def _gone(request: Request) -> None:
    """Wait for the client to go."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
