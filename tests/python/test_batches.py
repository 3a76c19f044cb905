"""Batches, over real connections to mock providers."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer
from roocode.types import Batch

REQUESTS: list[Any] = [
    {"messages": [{"role": "user", "content": text}], "max_tokens": 9} for text in ("one", "two")
]


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer([]) as server:
        yield server


def providers(server: MockServer) -> list[dict[str, Any]]:
    key = {"api_key": "key-of-it"}
    return [{"kind": kind, "base_url": server.url + "/v1", **key} for kind in ("openai", "anthropic")]


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"])
def test_a_batch_from_its_making_to_its_results(server: MockServer, model: str) -> None:
    with Roocode(providers=providers(server)) as client:
        batch = client.batches.create(model=model, requests=REQUESTS, metadata={"night": "1"})
        assert isinstance(batch, Batch) and not batch.ended
        assert batch.id.startswith(model.split("/")[0] + "/") and batch.request_counts.total == 2
        seen: list[Batch] = []
        ended = client.batches.wait(batch.id, on_progress=seen.append)
        assert ended.status == "completed" and seen == [ended]
        results = client.batches.results(batch.id)
        said = [each.completion.choices[0].message.content for each in results.data if each.completion]
        assert said == ["You said: one", "You said: two"]
        assert [each.custom_id for each in results.data] == ["request-0", "request-1"]
        assert results.usage and results.usage.prompt_tokens == 2
        assert results.cost and results.data[0].cost
        assert results.cost.total_usd > results.data[0].cost.total_usd > 0
        assert pickle.loads(pickle.dumps(results)) == results
        assert client.batches.cancel(batch.id).status == "cancelled"
        listed = client.batches.list(provider=batch.provider, limit=5)
        assert [each.id for each in listed.data] == [batch.id]


def test_what_is_wrong_is_named(server: MockServer) -> None:
    with Roocode(providers=providers(server)) as client:
        for fields, param in [
            ({"requests": []}, "requests"),
            ({"requests": [{"messages": []}]}, "requests[0].messages"),
        ]:
            with pytest.raises(roocode.BadRequestError) as raised:
                client.batches.create(model="openai/m", **fields)  # type: ignore[arg-type]
            assert raised.value.param == param
        with pytest.raises(roocode.BadRequestError) as raised:
            client.batches.retrieve("batch_1")
        assert raised.value.param == "id"
    assert server.requests == []


def test_async(server: MockServer) -> None:
    async def run() -> None:
        async with AsyncRoocode(providers=providers(server)) as client:
            batch = await client.batches.create(model="anthropic/claude-sonnet-4-5", requests=REQUESTS)
            async for seen in client.batches.watch(batch.id):
                assert seen.ended
            assert (await client.batches.wait(batch.id)).ended
            assert len((await client.batches.results(batch.id)).data) == 2

    asyncio.run(run())


def test_a_cancelled_task_ends_the_wait(server: MockServer) -> None:
    going_on = {"id": "batch_1", "object": "batch", "status": "in_progress", "request_counts": {"total": 1}}
    server.set_scripts([{"reply": {"body": going_on}, "when": {"path": "/v1/batches/batch_1"}}])

    async def run() -> None:
        async with AsyncRoocode(providers=providers(server)) as client:
            with pytest.raises((asyncio.TimeoutError, TimeoutError)):
                await asyncio.wait_for(client.batches.wait("openai/batch_1"), 0.3)

    asyncio.run(run())
    assert len(server.requests) == 1
