"""The Python package against servers that are not ours; `tests/live/run` starts them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, Roocode

LLAMA = os.environ.get("ROOCODE_LIVE_LLAMA", "")
KEYED = os.environ.get("ROOCODE_LIVE_LLAMA_KEYED", "")
AIMOCK = os.environ.get("ROOCODE_LIVE_AIMOCK", "")
COMMAND = os.environ.get("ROOCODE_LIVE_LLAMA_COMMAND", "")
if not (LLAMA and KEYED and AIMOCK and COMMAND):
    pytest.skip("no live servers: use tests/live/run", allow_module_level=True)

KEYS = {"access_key_id": "any", "secret_access_key": "any"}
PROVIDERS: list[dict[str, Any]] = [
    {"name": "llamacpp", "kind": "llamacpp", "base_url": LLAMA + "/v1"},
    {"name": "custom", "kind": "custom", "base_url": LLAMA + "/v1"},
    {"name": "anthropic", "kind": "anthropic", "base_url": LLAMA + "/v1", "api_key": "any"},
    {"name": "gemini", "kind": "gemini", "base_url": AIMOCK + "/v1beta", "api_key": "any"},
    {"name": "bedrock", "kind": "bedrock", "base_url": AIMOCK, "region": "eu-west-1", "auth": {"aws": KEYS}},
]
LLAMAS = pytest.mark.parametrize("wire", ["llamacpp", "custom", "anthropic"])
WIRES = pytest.mark.parametrize("wire", ["llamacpp", "custom", "anthropic", "gemini", "bedrock"])
HELLO: list[Any] = [{"role": "user", "content": "hello"}]
WEATHER: list[Any] = [{"role": "user", "content": "weather"}]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def closed(**properties: Any) -> dict[str, Any]:
    """The schema of an object with these properties, all of them, and no others."""
    rest = {"required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": properties, **rest}


WHERE = closed(city={"type": "string", "enum": ["Paris", "Rome"]}, days={"type": "integer"})
TOOLS: list[Any] = [{"type": "function", "function": {"name": "weather", "parameters": WHERE}}]
ANSWER = closed(ok={"type": "boolean"}, color={"type": "string", "enum": ["red", "blue"]})
FORMAT: Any = {"type": "json_schema", "json_schema": {"name": "answer", "schema": ANSWER}}


def ask(wire: str, messages: list[Any] = HELLO, **rest: Any) -> Any:
    create = Roocode(providers=PROVIDERS, timeout=30, max_retries=0).chat.completions.create
    return create(model=f"{wire}/any", messages=messages, max_completion_tokens=400, **rest)


@WIRES
def test_plain(wire: str) -> None:
    reply = ask(wire)
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 10
    assert [attempt.status for attempt in reply.route.attempts] == [200]
    assert (reply.route.provider, reply.route.target) == (wire, f"{wire}/any")
    if wire in ("llamacpp", "custom"):
        assert reply.timings["predicted_n"] == reply.usage.completion_tokens


@WIRES
def test_stream_says_what_the_plain_call_says(wire: str) -> None:
    plain = ask(wire, temperature=0)
    chunks = list(ask(wire, temperature=0, stream=True))
    text = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert len([piece for piece in text if piece]) > 1
    assert "".join(text) == plain.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == plain.choices[0].finish_reason
    assert chunks[-1].usage.total_tokens == plain.usage.total_tokens
    assert chunks[-1].route.target == f"{wire}/any"


@WIRES
def test_async(wire: str) -> None:
    async def run() -> str:
        client = AsyncRoocode(providers=PROVIDERS, max_retries=0)
        stream = await client.chat.completions.create(
            model=f"{wire}/any", messages=HELLO, stream=True, max_completion_tokens=50
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(run())


@WIRES
@pytest.mark.parametrize("stream", [False, True])
def test_a_turn_with_tools(wire: str, stream: bool) -> None:
    reply = ask(wire, WEATHER, tools=TOOLS, tool_choice="required", stream=stream)
    reply = reply.get_final_completion() if stream else reply
    assert reply.choices[0].finish_reason == "tool_calls"
    message = reply.choices[0].message
    assert len({call.id for call in message.tool_calls}) == len(message.tool_calls) >= 1
    for call in message.tool_calls:
        arguments = json.loads(call.function.arguments)
        assert call.function.name == "weather"
        assert arguments["city"] in ("Paris", "Rome")
        assert isinstance(arguments["days"], int)
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls]
    last = ask(wire, [*WEATHER, message, *results], tools=TOOLS)
    assert last.choices[0].message.content
    assert last.choices[0].finish_reason == "stop"


@LLAMAS
def test_json_of_a_schema(wire: str) -> None:
    answer = json.loads(ask(wire, response_format=FORMAT).choices[0].message.content)
    assert set(answer) == {"ok", "color"}
    assert isinstance(answer["ok"], bool)
    assert answer["color"] in ("red", "blue")


@pytest.mark.parametrize("wire", ["llamacpp", "custom"])
def test_two_answers(wire: str) -> None:
    assert [choice.index for choice in ask(wire, n=2).choices] == [0, 1]


@LLAMAS
@pytest.mark.parametrize("stream", [False, True])
def test_too_long(wire: str, stream: bool) -> None:
    with pytest.raises(roocode.ContextWindowExceededError) as raised:
        ask(wire, [{"role": "user", "content": "word " * 9000}], stream=stream)
    assert (raised.value.status, raised.value.type) == (400, "exceed_context_size_error")
    assert raised.value.body["error"]["n_ctx"] == 2048


@LLAMAS
def test_an_image_it_cannot_see(wire: str) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    with pytest.raises(roocode.InternalServerError, match="image input is not supported") as raised:
        ask(wire, [{"role": "user", "content": [{"type": "text", "text": "see"}, image]}])
    assert (raised.value.status, raised.value.attempts) == (500, 1)


@LLAMAS
@pytest.mark.parametrize("stream", [False, True])
def test_keys(wire: str, stream: bool) -> None:
    def say(key: str) -> Any:
        client = Roocode(provider=wire, base_url=KEYED + "/v1", api_key=key)
        return client.chat.completions.create(model="any", messages=HELLO, stream=stream, max_tokens=20)

    with pytest.raises(roocode.AuthenticationError) as raised:
        say("wrong-key")
    assert (raised.value.status, raised.value.attempts) == (401, 1)
    assert "wrong-key" not in repr(raised.value) + str(raised.value)
    reply = say("right-key")
    assert (reply.get_final_completion() if stream else reply).choices[0].message.content


@pytest.mark.parametrize("stream", [False, True])
def test_rate_limit(stream: bool) -> None:
    with pytest.raises(roocode.RateLimitError, match="exhausted") as raised:
        ask("gemini", [{"role": "user", "content": "too fast"}], stream=stream)
    assert (raised.value.status, raised.value.retry_after, raised.value.attempts) == (429, 1.0, 1)
    assert raised.value.request_id


@contextmanager
def own_server() -> Iterator[tuple[int, str]]:
    with subprocess.Popen(
        ["bash", "-c", f"exec {COMMAND}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            first = next(line for line in process.stdout if line.startswith("listening "))
            yield process.pid, first.split()[1]
        finally:
            process.kill()


@LLAMAS
def test_killed_in_a_stream(wire: str) -> None:
    # The server's Anthropic side does not know `ignore_eos`; its tool calls are long enough.
    calling = {"tools": TOOLS, "tool_choice": "required"}
    long: Any = calling if wire == "anthropic" else {"extra_body": {"ignore_eos": True}}
    with own_server() as (pid, url):
        client = Roocode(provider=wire, base_url=url + "/v1", api_key="any", max_retries=0)
        request: Any = {"model": "any", "messages": HELLO, "max_completion_tokens": 20_000, **long}
        text = ""
        with pytest.raises(roocode.StreamInterruptedError) as raised:
            for chunk in client.chat.completions.create(stream=True, **request):
                delta = chunk.choices[0].delta
                calls = delta.tool_calls or []
                if not text:
                    os.kill(pid, signal.SIGKILL)
                text += (delta.content or "") + "".join(call.function.arguments or "" for call in calls)
        partial = raised.value.partial
        assert partial is not None
        message = partial.choices[0].message
        calls = message.tool_calls or []
        assert text
        assert text == (message.content or "") + "".join(call.function.arguments for call in calls)
        assert partial.choices[0].finish_reason is None
        with pytest.raises(roocode.APIConnectionError) as refused:
            client.chat.completions.create(**request)
        assert (type(refused.value), refused.value.attempts) == (roocode.APIConnectionError, 1)
