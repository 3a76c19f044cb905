"""Streams that go on elsewhere, requests that go out as one, declared degradations."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import roocode
from conftest import HELLO
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer, Script
from roocode.types import ChatCompletion


def two(server: MockServer) -> list[dict[str, Any]]:
    """Two providers of one model."""
    provider = {"kind": "openai", "base_url": f"{server.url}/v1", "api_key": "test", "models": ["m"]}
    return [{"name": name, **provider} for name in ("a", "b")]


def cut(words: list[str], after: int) -> Script:
    return {"stream": {"chunks": words}, "fault": {"kind": "cut", "after_chunks": after}, "times": 1}


def test_a_stream_that_breaks_goes_on_elsewhere(server: MockServer) -> None:
    server.set_scripts([cut(["Once", " upon", " x"], 2), {"stream": {"chunks": [" a", " time"]}}])
    with Roocode(providers=two(server)) as client:
        stream = client.chat.completions.create(
            model="m", messages=HELLO, stream=True, stream_recovery="continue"
        )
        chunks = list(stream)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Once upon a time"
        marked = [chunk.continuation for chunk in chunks if chunk.continuation is not None]
        assert [(mark.target, mark.by, mark.after_characters) for mark in marked] == [
            ("b/m", "instruction", 9)
        ]
        route = chunks[-1].route
        assert route is not None
        assert [(attempt.target, attempt.cause) for attempt in route.attempts] == [
            ("a/m", "first"),
            ("b/m", "continuation"),
        ]
        usages = [attempt.usage for attempt in route.attempts]
        assert [usage is not None and usage.estimated for usage in usages] == [True, False]
        final = stream.get_final_completion()
        assert final.choices[0].message.content == "Once upon a time"
        assert final.usage == chunks[-1].usage


def test_where_nobody_goes_on_the_error_says_why(server: MockServer) -> None:
    failing: Script = {"fault": {"kind": "status", "status": 400}}
    server.set_scripts([cut(["Once", " upon", " x"], 2), failing])
    with Roocode(providers=two(server), resilience={"stream_recovery": "continue"}) as client:
        stream = client.chat.completions.create(model="m", messages=HELLO, stream=True)
        with pytest.raises(roocode.StreamInterruptedError, match="could not be continued") as caught:
            list(stream)
        assert caught.value.partial is not None
        assert caught.value.partial.choices[0].message.content == "Once upon"


def test_identical_requests_go_out_as_one(server: MockServer) -> None:
    server.set_scripts([{"latency_ms": 200, "reply": {"content": "here"}}])

    async def ask() -> list[ChatCompletion]:
        async with AsyncRoocode(providers=two(server)) as client:
            return await asyncio.gather(
                *(client.chat.completions.create(model="m", messages=HELLO, coalesce=True) for _ in range(3))
            )

    for reply in asyncio.run(ask()):
        assert reply.route is not None
        assert reply.route.coalesced is not None
        assert reply.route.coalesced.callers == 3
    assert server.counters["requests"] == 1


def test_a_degradation_says_so_and_may_be_refused(server: MockServer) -> None:
    routes = {"r": {"targets": [{"target": "a/m", "degraded": True}, "b/m"]}}
    server.set_scripts([{"fault": {"kind": "status", "status": 401}, "times": 1}])
    with Roocode(providers=two(server), routes=routes) as client:
        reply = client.chat.completions.create(model="r", messages=HELLO)
        assert reply.route is not None
        assert (reply.route.target, reply.route.degraded) == ("a/m", True)
