"""Plays the rows of matrix.json from Python, and tells what was seen of each.

Nothing here knows what ought to be seen: README.md says what a row means.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import random
import sys
from itertools import groupby, pairwise
from typing import Any

import roocode
from roocode import AsyncRoocode
from roocode.testing import MockServer

HERE = pathlib.Path(__file__).parent
MATRIX: dict[str, Any] = json.loads((HERE / "matrix.json").read_text())
WHOLE = "".join(MATRIX["reply"])
MESSAGES: list[Any] = [{"role": "user", "content": "Count."}]
# Each has up to two servers of a thread each.
AT_ONCE = 24
# A port that refuses is opened again well before the first retry, which waits half a second or more.
REFUSING_S = 0.25


def start_server(scripts: list[Any], refusing: bool, **options: Any) -> MockServer:
    """A server; one that refuses has a port that no connection and no other server is given meanwhile."""
    if not refusing:
        return MockServer(scripts, **options)
    while True:
        try:
            return MockServer(scripts, port=random.randrange(15_000, 30_000), refusing=True, **options)
        except roocode.ConfigurationError as taken:
            if taken.param != "port":
                raise


def start_servers(row: dict[str, Any]) -> dict[str, MockServer]:
    mode, fault = MATRIX["modes"][row["mode"]], MATRIX["faults"][row["fault"]]
    well: dict[str, Any] = {"stream": {"chunks": MATRIX["reply"]}}
    servers = {}
    for name in mode["targets"]:
        scripts = [well]
        if name == "a" and (failing := fault.get(row["call"])):
            once = {"times": 1} if mode["a_fails"] == "once" else {}
            scripts = [{**well, "fault": failing, **once}, well]
            if "well_first" in mode:
                scripts.insert(0, {**well, "times": mode["well_first"]})
        servers[name] = start_server(scripts, name == "a" and fault.get("refusing", False))
    return servers


async def play(row: dict[str, Any]) -> dict[str, Any]:
    """What was seen of a row: its `requests`, `calls` and `state`, and whatever is never right."""
    mode, fault = MATRIX["modes"][row["mode"]], MATRIX["faults"][row["fault"]]
    servers = start_servers(row)
    client = AsyncRoocode(
        providers=[
            {"name": name, "kind": "custom", "base_url": f"{server.url}/v1", "api_key": "k", "models": ["m"]}
            for name, server in servers.items()
        ],
        max_retries=MATRIX["max_retries"],
        timeout={**MATRIX["timeout"], **fault.get("timeout", {})},
        resilience=mode.get("resilience"),
    )
    calls: list[dict[str, Any]] = []
    wrong: list[str] = []
    opening = None
    if fault.get("refusing") and mode["a_fails"] == "once":
        opening = asyncio.create_task(open_later(servers["a"]))
    for _ in range(sum(call["times"] for call in row["calls"])):
        seen, attempts = await ask(client, row["call"] == "stream", wrong)
        calls.append(seen)
        for before, attempt in pairwise(attempts):
            if attempt.cause == "retry" and (before.waited_s or 0) < fault.get("hint_s", 0):
                wrong.append(f"waited only {before.waited_s} s")
    stats = {each.target.removesuffix("/m"): each for each in client.stats()}
    result: dict[str, Any] = {
        "requests": {name: server.counters["requests"] for name, server in servers.items()},
        "calls": [{"times": len(list(same)), **seen} for seen, same in groupby(calls)],
    }
    if "state" in row:
        result["state"] = {name: state(stats[name]) for name in row["state"]}
    wrong += [f"{each.in_flight} left in flight at {name}" for name, each in stats.items() if each.in_flight]
    if opening is not None:
        await opening
    await client.close()
    for server in servers.values():
        server.stop()
    return {**result, "wrong": wrong} if wrong else result


async def open_later(server: MockServer) -> None:
    await asyncio.sleep(REFUSING_S)
    server.set_refusing(False)


def state(stats: Any) -> str:
    if stats.breaker == "closed" and stats.unavailable_for_s is not None:
        return "cooling down"
    return str(stats.breaker)


async def ask(client: AsyncRoocode, stream: bool, wrong: list[str]) -> tuple[dict[str, Any], list[Any]]:
    """How one call ended, and the attempts of its trace."""
    text, route = "", None
    try:
        if stream:
            async for chunk in await client.chat.completions.create(
                model="m", messages=MESSAGES, stream=True
            ):
                text += chunk.choices[0].delta.content or ""
                route = chunk.route or route
        else:
            reply = await client.chat.completions.create(model="m", messages=MESSAGES)
            text, route = reply.choices[0].message.content or "", reply.route
        seen = {"ends": "reply"}
        if text != WHOLE:
            wrong.append(f"the reply is {text!r}")
    except roocode.RoocodeError as error:
        seen, route = {"ends": type(error).__name__}, error.route
        if error.limit is not None:
            seen["limit"] = error.limit
        if error.partial is not None:
            partial = error.partial.choices[0].message.content or ""
            seen["partial"] = partial
            if not WHOLE.startswith(partial) or partial == WHOLE:
                wrong.append(f"`partial` is {partial!r}")
            if partial != text:
                wrong.append(f"`partial` is {partial!r} where the stream gave {text!r}")
        if error.attempts != len(route.attempts if route else ()):
            wrong.append(f"`attempts` is {error.attempts}, and the trace has others")
    attempts = list(route.attempts) if route else []
    return {**seen, "attempts": [told(attempt) for attempt in attempts]}, attempts


def told(attempt: Any) -> str:
    parts = [attempt.target.removesuffix("/m"), attempt.cause, attempt.outcome]
    return " ".join(parts + ([attempt.error.kind] if attempt.error else []))


def meet(expected: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """What was seen, with an expected `partial` that ends in "…" where the seen one begins so.

    Calls that differ in nothing but how far they came are equal ones.
    """
    calls: list[dict[str, Any]] = []
    for call in seen["calls"]:
        if calls and {**begun(calls[-1], call), "times": 0} == {**calls[-1], "times": 0}:
            calls[-1]["times"] += call["times"]
        else:
            wanted = expected["calls"][len(calls) : len(calls) + 1]
            calls.append({**begun(wanted[0] if wanted else {}, call)})
    return {**seen, "calls": calls}


def begun(wanted: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    want = wanted.get("partial", "")
    begins = want.endswith("…") and call.get("partial", "").startswith(want[:-1])
    return {**call, "partial": want} if begins else call


async def play_all() -> list[dict[str, Any]]:
    room = asyncio.Semaphore(AT_ONCE)

    async def in_turn(row: dict[str, Any]) -> dict[str, Any]:
        async with room:
            return await play(row)

    return await asyncio.gather(*map(in_turn, MATRIX["rows"]))


if __name__ == "__main__":
    json.dump(asyncio.run(play_all()), sys.stdout)
