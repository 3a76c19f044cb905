"""Sends the scenario's requests at their times, and writes down how each ended. Standard library only."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import scenario


async def run(ask: Callable[[], Awaitable[object]], join: Callable[[], object]) -> None:
    """Asks once for each client, all together, so that imports and connections are not measured; prints
    `ready`, reads the start (on the machine's monotonic clock), and prints one line of JSON: for each request
    when it was sent, how many seconds it took, and the class of its error, if any."""
    await asyncio.gather(*(ask() for _ in range(scenario.CLIENTS)))
    print("ready", flush=True)
    start = float(await asyncio.to_thread(sys.stdin.readline))
    ended: list[tuple[float, float, str | None]] = []

    async def one(at: float) -> None:
        error = None
        try:
            await ask()
        except Exception as failure:  # whatever it is, it is what the caller gets
            error = type(failure).__name__
        # From the time it was due: a contender that is late is slow.
        ended.append((at, time.monotonic() - start - at, error))

    tasks: list[asyncio.Task[None]] = []
    joined = False
    for at in scenario.arrivals():
        if at >= scenario.JOINS and not joined:
            joined = True
            join()
        await asyncio.sleep(max(0.0, start + at - time.monotonic()))
        tasks.append(asyncio.create_task(one(at)))
    await asyncio.gather(*tasks)
    print(json.dumps(ended), flush=True)
