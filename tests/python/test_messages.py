"""Messages, over real connections to mock providers: native, over chat, streamed, broken off."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, MessageStream, Roocode
from roocode.testing import MockServer
from roocode.types import MessageBlock, MessageReply

LOOK: dict[str, Any] = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
CALLS = {"reasoning": "hm", "tool_calls": [{"id": "call_1", "name": "look", "arguments": {"at": "sky"}}]}
HELLO: dict[str, Any] = {"max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
BOTH = pytest.mark.parametrize("provider", ["anthropic", "openai"])


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def options(server: MockServer) -> dict[str, Any]:
    key = {"api_key": "key-of-it"}
    return {
        "providers": [
            {"kind": "anthropic", "base_url": server.url + "/v1", **key},
            {"kind": "openai", "base_url": server.url + "/v1", **key},
            {"kind": "gemini", "base_url": server.url + "/v1beta", **key},
        ],
        "routes": {"mixed": {"targets": ["anthropic/m", "openai/m"]}},
        "max_retries": 0,
    }


@pytest.fixture
def client(server: MockServer) -> Iterator[Roocode]:
    with Roocode(**options(server)) as client:
        yield client


@BOTH
def test_plain(client: Roocode, server: MockServer, provider: str) -> None:
    message = client.messages.create(model=f"{provider}/m", system="Be brief.", **HELLO)
    assert isinstance(message, MessageReply)
    assert message.type == "message" and message.role == "assistant"
    [block] = message.content
    assert isinstance(block, MessageBlock)
    assert block.type == "text" and block.text == "You said: Hello"
    assert message.stop_reason == "end_turn"
    assert message.usage and message.usage.output_tokens == 3
    assert message.route and message.route.target == f"{provider}/m"
    assert message.request_id
    assert pickle.loads(pickle.dumps(message)) == message
    path = "/v1/messages" if provider == "anthropic" else "/v1/chat/completions"
    assert server.requests[-1]["path"] == path


@BOTH
def test_stream(client: Roocode, provider: str) -> None:
    asked: dict[str, Any] = {"model": f"{provider}/m", "stream": True, **HELLO}
    stream = client.messages.create(**asked)
    assert isinstance(stream, MessageStream)
    events = list(stream)
    said = [event.delta.text for event in events if event.type == "content_block_delta" and event.delta]
    assert "".join(part or "" for part in said) == "You said: Hello"
    assert [event.type for event in events][:2] == ["message_start", "content_block_start"]
    last = events[-1]
    assert last.type == "message_stop" and last.message
    assert last.message.content[0].text == "You said: Hello"
    assert last.message.route and last.message.route.target == f"{provider}/m"
    assert stream.get_final_message() == last.message
    with client.messages.create(**asked) as stream:
        assert next(stream).type == "message_start"
    with client.messages.create(**asked) as stream:
        assert stream.get_final_message().stop_reason == "end_turn"


def test_async(server: MockServer) -> None:
    async def main() -> None:
        async with AsyncRoocode(**options(server)) as client:
            message = await client.messages.create(model="openai/m", **HELLO)
            assert message.content[0].text == "You said: Hello"
            stream = await client.messages.create(model="anthropic/m", stream=True, **HELLO)
            types = [event.type async for event in stream]
            assert types[0] == "message_start" and types[-1] == "message_stop"
            assert (await stream.get_final_message()).content[0].text == "You said: Hello"
            raw = await client.messages.with_raw_response.create(model="anthropic/m", **HELLO)
            assert raw.parse().content[0].text == raw.json()["content"][0]["text"]

    asyncio.run(main())


@pytest.mark.parametrize("streamed", [False, True])
def test_a_loop_of_tools_keeps_what_the_provider_signed(
    client: Roocode, server: MockServer, streamed: bool
) -> None:
    server.set_scripts([{"reply": CALLS, "times": 1}, {"reply": {"content": "Blue."}}])
    question: dict[str, Any] = {"role": "user", "content": "What colour?"}
    asked: dict[str, Any] = {"model": "gemini/m", "max_tokens": 100, "messages": [question], "tools": [LOOK]}
    if streamed:
        message = client.messages.create(**asked, stream=True).get_final_message()
    else:
        message = client.messages.create(**asked)
    assert message.stop_reason == "tool_use"
    call = next(block for block in message.content if block.type == "tool_use")
    assert call.input == {"at": "sky"}
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "blue"}
    said = {"role": "assistant", "content": message.content}
    asked["messages"] = [question, said, {"role": "user", "content": [result]}]
    assert client.messages.create(**asked).content[0].text == "Blue."
    turn = server.requests[-1]["body"]["contents"][1]
    assert "ignature" in str(turn) and "sky" in str(turn)


def test_failover_and_what_only_the_wire_has(client: Roocode, server: MockServer) -> None:
    server.set_scripts([{"fault": {"kind": "status", "status": 529}, "times": 1}, {}])
    message = client.messages.create(model="mixed", **HELLO)
    assert message.route and message.route.target == "openai/m"
    search: dict[str, Any] = {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}
    with pytest.raises(roocode.NoTargetAvailableError) as caught:
        client.messages.create(model="openai/m", **HELLO, **search)
    assert caught.value.param == "tools[0].type"
    dropped = client.messages.create(model="openai/m", unsupported="drop", **HELLO, **search)
    assert dropped.route and dropped.route.translation[0].param == "tools[0].type"
    explained = client.explain(operation="messages", model="mixed", **HELLO, **search)
    assert "Anthropic's Messages themselves" in str(explained)


def test_a_broken_stream_says_what_was_received(client: Roocode, server: MockServer) -> None:
    server.set_scripts([{"reply": {"content": "one two three"}, "fault": {"kind": "cut", "after_chunks": 2}}])
    for model in ("openai/m", "anthropic/m"):
        with pytest.raises(roocode.StreamInterruptedError) as caught:
            list(client.messages.create(model=model, stream=True, **HELLO))
        partial = caught.value.partial_message
        assert isinstance(partial, MessageReply)
        text = partial.content[0].text
        assert text and "one two three".startswith(text)


def test_wrong_input(client: Roocode) -> None:
    with pytest.raises(roocode.BadRequestError) as caught:
        client.messages.create(model="openai/m", max_tokens=1, messages=[3])  # type: ignore[call-overload]
    assert caught.value.param == "messages[0]"
    with pytest.raises(roocode.BadRequestError) as caught:
        client.messages.create(model="openai/m", messages=[])  # type: ignore[call-overload]
    assert caught.value.param == "max_tokens"
    assert "system" in inspect.signature(client.messages.create).parameters
