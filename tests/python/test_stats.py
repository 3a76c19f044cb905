"""What a client tells of its targets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import HELLO
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer
from roocode.types import TargetStats

REPLY: dict[str, Any] = {"content": "here", "usage": {"prompt_tokens": 3, "completion_tokens": 2}}


@pytest.fixture
def two() -> Iterator[list[dict[str, Any]]]:
    """Two providers of one model, the first of which always says 429."""
    busy: Any = {"fault": {"kind": "status", "status": 429, "headers": {"retry-after": "7"}}}
    with MockServer([busy]) as first, MockServer([{"reply": REPLY}]) as second:
        yield [
            {
                "name": name,
                "kind": "custom",
                "base_url": server.url + "/v1",
                "api_key": "k",
                "models": ["m"],
            }
            for name, server in (("a<b>", first), ("b", second))
        ]


def check(stats: list[TargetStats]) -> None:
    a, b = stats
    assert isinstance(a, TargetStats)
    assert (a.target, a.requests, a.successes, a.errors, a.in_flight) == (
        "a<b>/m",
        1,
        0,
        {"RateLimitError": 1},
        0,
    )
    assert a.breaker == "closed"
    assert a.unavailable_for_s is not None and 0 < a.unavailable_for_s <= 7
    assert (b.target, b.requests, b.success_rate, b.input_tokens, b.output_tokens) == ("b/m", 2, 1.0, 6, 4)
    assert b.total_s is not None and b.total_s.count == 2 and b.total_s.p50 > 0
    assert b.unavailable_for_s is None and b.limits_left == []


def test_of_a_client(two: list[dict[str, Any]]) -> None:
    with Roocode(providers=two) as client:
        assert client.stats() == []
        client.chat.completions.create(model="m", messages=HELLO)
        with_other_options = client.with_options(max_retries=0)
        with_other_options.chat.completions.create(model="m", messages=HELLO)
        check(client.stats())
        check(with_other_options.stats())


def test_of_an_async_client(two: list[dict[str, Any]]) -> None:
    async def main() -> None:
        async with AsyncRoocode(providers=two) as client:
            for _ in range(2):
                await client.chat.completions.create(model="m", messages=HELLO)
            check(client.stats())

    asyncio.run(main())


def test_in_a_notebook_a_table(two: list[dict[str, Any]]) -> None:
    with Roocode(providers=two) as client:
        client.chat.completions.create(model="m", messages=HELLO)
        html = client.stats()._repr_html_()
    assert html.count("<tr>") == 3
    assert "<td>a&lt;b&gt;/m</td>" in html and "<td>1 RateLimitError</td>" in html
    assert "closed, left alone for" in html and "<td>1 (100.0%)</td>" in html
