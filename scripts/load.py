"""Many askers at once against a running service: `python scripts/load.py http://127.0.0.1:8080 questions.txt`.

Prints statuses, latencies of answers and of /healthz meanwhile, with --pid the service's memory before, after the warm-up
and at the end, and whether each bar holds; leaves with 1 if one does not. Who is turned away comes again when it is told
to, or with --impatient after so many seconds.
"""

import argparse
import asyncio
import collections
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

# The bars: seconds of an answer and of /healthz, and the share by which memory may grow after the warm-up.
ANSWER_P95 = 2.0
HEALTH_P99 = 0.1
GROWTH = 0.05


@dataclass(slots=True)
class Measured:
    """What came back while it was asked: (status, seconds) of each request. The status of a connection that broke is 0."""

    asked: list[tuple[int, float]] = field(default_factory=list)
    health: list[tuple[int, float]] = field(default_factory=list)
    untold: int = 0

    @property
    def answered(self) -> list[float]:
        """Seconds of the answers."""
        return [seconds for status, seconds in self.asked if status == 200]


async def ask(
    client: httpx.AsyncClient, options: argparse.Namespace, place: int, until: float, found: Measured
) -> None:
    """Ask one question after the other until the time is over."""
    while time.monotonic() < until:
        began = time.monotonic()
        place += 1
        question = options.asked[place % len(options.asked)]
        try:
            response = await client.post("/v1/ask", json={"question": question})
        except httpx.TransportError:
            found.asked.append((0, time.monotonic() - began))
            continue
        found.asked.append((response.status_code, time.monotonic() - began))
        if response.status_code in {429, 503}:
            told = response.headers.get("retry-after", "")
            found.untold += not told.isdigit()
            wait = options.impatient or float(told if told.isdigit() else 1)
            await asyncio.sleep(min(wait, max(0.0, until - time.monotonic())))


async def look(client: httpx.AsyncClient, until: float, found: Measured) -> None:
    """Ask for the health ten times a second."""
    while time.monotonic() < until:
        began = time.monotonic()
        response = await client.get("/healthz")
        found.health.append((response.status_code, time.monotonic() - began))
        await asyncio.sleep(0.1)


def resident(pid: int | None) -> float:
    """The resident memory of a process in MB, not-a-number where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    kilobytes = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if pid and status.exists() else None
    return int(kilobytes[1]) / 1000 if kilobytes else float("nan")


def part(seconds: list[float], share: float) -> float:
    """The latency in seconds that this share stays below."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] if seconds else float("nan")


async def asked_for(client: httpx.AsyncClient, options: argparse.Namespace, seconds: float) -> Measured:
    """Everybody asks for so many seconds."""
    found = Measured()
    until = time.monotonic() + seconds
    asking = [ask(client, options, 37 * number, until, found) for number in range(options.askers)]
    await asyncio.gather(*asking, look(client, until, found))
    return found


async def run(options: argparse.Namespace) -> bool:
    """Ask, and print what came of it; whether every bar holds."""
    headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
    limits = httpx.Limits(max_connections=options.askers + 1, max_keepalive_connections=options.askers + 1)
    memory = [resident(options.pid)]
    async with httpx.AsyncClient(base_url=options.url, headers=headers, limits=limits, timeout=120) as client:
        if options.warm_up:
            await asked_for(client, options, options.warm_up)
        memory.append(resident(options.pid))
        found = await asked_for(client, options, options.seconds)
    memory.append(resident(options.pid))
    show(found, memory, options.seconds)
    held = list(bars(found, memory))
    print("bars    ", "; ".join(f"{name} {'holds' if holds else 'DOES NOT HOLD'}" for name, holds in held))
    return all(holds for _, holds in held)


def show(found: Measured, memory: list[float], seconds: float) -> None:
    """The figures."""
    print("statuses", dict(collections.Counter(status for status, _ in found.asked)))
    parts = (f"p{share} {1000 * part(found.answered, share / 100):.0f} ms" for share in (50, 95, 99))
    print(f"answers  {len(found.answered) / seconds:.1f}/s", *parts)
    waits = [wait for _, wait in found.health]
    parts = (f"p{share} {1000 * part(waits, share / 100):.0f} ms" for share in (50, 99))
    print("healthz ", *parts, dict(collections.Counter(status for status, _ in found.health)))
    before, warm, after = memory
    print(f"memory   {before:.0f} MB before, {warm:.0f} MB after the warm-up, {after:.0f} MB at the end")


def bars(found: Measured, memory: list[float]) -> Iterator[tuple[str, bool]]:
    """Each bar, and whether it holds."""
    yield "errors", {status for status, _ in found.asked} <= {200, 429, 503} and not found.untold
    yield f"answers p95 < {ANSWER_P95:g} s", part(found.answered, 0.95) < ANSWER_P95
    healthy = {status for status, _ in found.health} == {200}
    yield (
        f"healthz p99 < {1000 * HEALTH_P99:.0f} ms",
        healthy and part([wait for _, wait in found.health], 0.99) < HEALTH_P99,
    )
    if memory[1] == memory[1]:  # without --pid it is not a number
        yield f"memory flat within {GROWTH:.0%}", memory[2] < memory[1] * (1 + GROWTH)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("questions", type=Path, help="one question a line")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=0, help="seconds of asking before anything is measured")
    parser.add_argument(
        "--impatient", type=float, default=0, help="seconds after which who was turned away comes again"
    )
    parser.add_argument("--key", default="")
    parser.add_argument("--pid", type=int)
    chosen = parser.parse_args()
    chosen.asked = [line for line in chosen.questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    sys.exit(0 if asyncio.run(run(chosen)) else 1)
