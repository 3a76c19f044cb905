"""Responses, over real connections to mock providers: native, over chat, streamed, broken off."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, ResponseStream, Roocode
from roocode.testing import MockServer
from roocode.types import ModelResponse, ResponseItem

LOOK: dict[str, Any] = {
    "type": "function",
    "name": "look",
    "parameters": {"type": "object", "properties": {}},
}
CALLS = {"reasoning": "hm", "tool_calls": [{"id": "call_1", "name": "look", "arguments": {"at": "sky"}}]}


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def options(server: MockServer) -> dict[str, Any]:
    key = {"api_key": "key-of-it"}
    return {
        "providers": [
            {"kind": "openai", "base_url": server.url + "/v1", **key},
            {"kind": "anthropic", "base_url": server.url + "/v1", **key},
        ],
        "routes": {"mixed": {"targets": ["openai/m", "anthropic/m"]}},
        "max_retries": 0,
    }


@pytest.fixture
def client(server: MockServer) -> Iterator[Roocode]:
    with Roocode(**options(server)) as client:
        yield client


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_plain(client: Roocode, server: MockServer, provider: str) -> None:
    response = client.responses.create(model=f"{provider}/m", input="Hello", instructions="Be brief.")
    assert isinstance(response, ModelResponse)
    assert response.output_text == "You said: Hello"
    assert response.status == "completed" and response.object == "response"
    [message] = response.output
    assert isinstance(message, ResponseItem)
    assert message.content and message.content[0].text == "You said: Hello"
    assert response.usage and response.usage.output_tokens == 3
    assert response.route and response.route.target == f"{provider}/m"
    assert response.request_id
    assert pickle.loads(pickle.dumps(response)) == response
    path = "/v1/responses" if provider == "openai" else "/v1/messages"
    assert server.requests[-1]["path"] == path


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_stream(client: Roocode, provider: str) -> None:
    stream = client.responses.create(model=f"{provider}/m", input="Hello", stream=True)
    assert isinstance(stream, ResponseStream)
    events = list(stream)
    said = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(part or "" for part in said) == "You said: Hello"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    last = events[-1]
    assert last.type == "response.completed" and last.response
    assert last.response.output_text == "You said: Hello"
    assert last.response.route and last.response.route.target == f"{provider}/m"
    assert stream.get_final_response() == last.response
    with client.responses.create(model=f"{provider}/m", input="Hello", stream=True) as stream:
        assert next(stream).type == "response.created"
    with client.responses.create(model=f"{provider}/m", input="Hello", stream=True) as stream:
        assert stream.get_final_response().output_text == "You said: Hello"


def test_async(server: MockServer) -> None:
    async def main() -> None:
        async with AsyncRoocode(**options(server)) as client:
            response = await client.responses.create(model="anthropic/m", input="Hello")
            assert response.output_text == "You said: Hello"
            stream = await client.responses.create(model="openai/m", input="Hello", stream=True)
            types = [event.type async for event in stream]
            assert types[0] == "response.created" and types[-1] == "response.completed"
            assert (await stream.get_final_response()).output_text == "You said: Hello"
            raw = await client.responses.with_raw_response.create(model="openai/m", input="Hello")
            assert raw.parse().output_text == raw.json()["output"][0]["content"][0]["text"]

    asyncio.run(main())


@pytest.mark.parametrize("streamed", [False, True])
def test_a_loop_of_tools_keeps_what_the_provider_signed(
    client: Roocode, server: MockServer, streamed: bool
) -> None:
    server.set_scripts([{"reply": CALLS, "times": 1}, {"reply": {"content": "Blue."}}])
    question: dict[str, Any] = {"role": "user", "content": "What colour?"}
    asked: dict[str, Any] = {"model": "anthropic/m", "input": [question], "tools": [LOOK]}
    if streamed:
        response = client.responses.create(**asked, stream=True).get_final_response()
    else:
        response = client.responses.create(**asked)
    call = next(item for item in response.output if item.type == "function_call")
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "blue"}
    asked["input"] = [question, *response.output, result]
    assert client.responses.create(**asked).output_text == "Blue."
    turn = server.requests[-1]["body"]["messages"][1]["content"]
    assert [block["type"] for block in turn] == ["thinking", "tool_use"]
    assert turn[0]["signature"] and turn[1]["input"] == {"at": "sky"}


def test_failover_and_what_only_the_api_has(client: Roocode, server: MockServer) -> None:
    server.set_scripts([{"fault": {"kind": "status", "status": 503}, "times": 1}, {}])
    response = client.responses.create(model="mixed", input="Hello")
    assert response.route and response.route.target == "anthropic/m"
    with pytest.raises(roocode.NoTargetAvailableError) as caught:
        client.responses.create(model="anthropic/m", input="Hello", previous_response_id="resp_1")
    assert caught.value.param == "previous_response_id"
    dropped = client.responses.create(
        model="anthropic/m", input="Hello", previous_response_id="resp_1", unsupported="drop"
    )
    assert dropped.route and dropped.route.translation[0].param == "previous_response_id"
    explained = client.explain(operation="responses", model="mixed", input="Hello", previous_response_id="r")
    assert "Responses API itself" in str(explained)


def test_a_broken_stream_says_what_was_received(client: Roocode, server: MockServer) -> None:
    server.set_scripts([{"reply": {"content": "one two three"}, "fault": {"kind": "cut", "after_chunks": 2}}])
    for model in ("openai/m", "anthropic/m"):
        with pytest.raises(roocode.StreamInterruptedError) as caught:
            list(client.responses.create(model=model, input="Hello", stream=True))
        partial = caught.value.partial_response
        assert isinstance(partial, ModelResponse)
        assert partial.output_text and "one two three".startswith(partial.output_text)


def test_wrong_input(client: Roocode) -> None:
    with pytest.raises(roocode.BadRequestError) as caught:
        client.responses.create(model="openai/m", input=[3])  # type: ignore[call-overload]
    assert caught.value.param == "input[0]"
    assert "instructions" in inspect.signature(client.responses.create).parameters
