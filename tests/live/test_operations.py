"""Responses, vectors, rankings and counts of llama.cpp's own server; `tests/live/run` starts it."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, Roocode

LLAMA = os.environ.get("ROOCODE_LIVE_LLAMA", "")
EMBED = os.environ.get("ROOCODE_LIVE_LLAMA_EMBED", "")
RERANK = os.environ.get("ROOCODE_LIVE_LLAMA_RERANK", "")
if not (LLAMA and EMBED and RERANK):
    pytest.skip("no live servers: use tests/live/run", allow_module_level=True)

PROVIDERS: list[dict[str, Any]] = [
    {"name": "own", "kind": "llamacpp", "base_url": LLAMA + "/v1"},
    {"name": "chat", "kind": "custom", "base_url": LLAMA + "/v1"},
    {"name": "anthropic", "kind": "anthropic", "base_url": LLAMA + "/v1", "api_key": "any"},
    {"name": "vectors", "kind": "llamacpp", "base_url": EMBED + "/v1"},
    {"name": "ranks", "kind": "llamacpp", "base_url": RERANK + "/v1"},
]
# Native, over OpenAI's chat, and over Anthropic's messages.
WIRES = pytest.mark.parametrize("wire", ["own", "chat", "anthropic"])
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string", "enum": ["Rome"]}}}
PARAMETERS |= {"required": ["city"], "additionalProperties": False}


def client() -> Roocode:
    return Roocode(providers=PROVIDERS, timeout=30, max_retries=0)


@WIRES
def test_a_response_plain_and_streamed(wire: str) -> None:
    with client() as one:
        asked: dict[str, Any] = {
            "model": f"{wire}/any",
            "input": "hello",
            "max_output_tokens": 24,
            "temperature": 0,
        }
        reply = one.responses.create(**asked)
        assert reply.output_text
        assert reply.usage is not None and reply.usage.output_tokens > 0
        assert reply.route is not None and [attempt.status for attempt in reply.route.attempts] == [200]
        events = list(one.responses.create(**asked, stream=True))
        texts = [event.delta for event in events if event.type == "response.output_text.delta"]
        assert "".join(texts) == events[-1].response.output_text == reply.output_text
        assert events[-1].type in ("response.completed", "response.incomplete")


@WIRES
def test_a_tool_of_a_response_and_its_answer(wire: str) -> None:
    tool: Any = {"type": "function", "name": "weather", "parameters": PARAMETERS, "strict": True}
    with client() as one:
        turn: list[Any] = [{"role": "user", "content": "weather"}]
        first = one.responses.create(
            model=f"{wire}/any", input=turn, tools=[tool], tool_choice="required", max_output_tokens=200
        )
        calls = [item for item in first.output if item.type == "function_call"]
        assert calls and calls[0].name == "weather"
        turn += [
            *first.output,
            {"type": "function_call_output", "call_id": calls[0].call_id, "output": "sunny"},
        ]
        second = one.responses.create(model=f"{wire}/any", input=turn, tools=[tool], max_output_tokens=16)
        assert second.status in ("completed", "incomplete")


@WIRES
def test_a_message_plain_and_streamed(wire: str) -> None:
    with client() as one:
        asked: dict[str, Any] = {"model": f"{wire}/any", "max_tokens": 24, "temperature": 0}
        asked["messages"] = [{"role": "user", "content": "hello"}]
        reply = one.messages.create(**asked)
        text = "".join(block.text for block in reply.content if block.type == "text")
        assert text and reply.role == "assistant"
        assert reply.stop_reason in ("end_turn", "max_tokens")
        assert reply.usage.input_tokens > 0 and reply.usage.output_tokens > 0
        assert reply.route is not None and [attempt.status for attempt in reply.route.attempts] == [200]
        events = list(one.messages.create(**asked, stream=True))
        assert (events[0].type, events[-1].type) == ("message_start", "message_stop")
        deltas = [event.delta for event in events if event.type == "content_block_delta"]
        assert "".join(delta.text for delta in deltas if delta.type == "text_delta") == text


@WIRES
def test_a_tool_of_a_message_and_its_result(wire: str) -> None:
    tool: Any = {"name": "weather", "input_schema": PARAMETERS}
    with client() as one:
        turns: list[Any] = [{"role": "user", "content": "weather"}]
        asked: dict[str, Any] = {"model": f"{wire}/any", "tools": [tool], "messages": turns}
        first = one.messages.create(**asked, max_tokens=200, tool_choice={"type": "any"})
        calls = [block for block in first.content if block.type == "tool_use"]
        assert calls and calls[0].name == "weather" and first.stop_reason == "tool_use"
        result = {"type": "tool_result", "tool_use_id": calls[0].id, "content": "sunny"}
        turns += [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
        assert one.messages.create(**asked, max_tokens=16).stop_reason in (
            "end_turn",
            "max_tokens",
            "tool_use",
        )


def test_a_streamed_completion_of_a_text() -> None:
    with client() as one:
        asked: dict[str, Any] = {"model": "own/any", "prompt": "hello", "max_tokens": 8, "temperature": 0}
        plain = one.completions.create(**asked)
        pieces = list(one.completions.create(**asked, stream=True))
        assert "".join(piece.choices[0].text for piece in pieces if piece.choices) == plain.choices[0].text


def test_vectors() -> None:
    with client() as one:
        both = one.embeddings.create(model="vectors/any", input=["one two", "three"])
        assert [vector.index for vector in both.data] == [0, 1]
        assert both.usage is not None and both.usage.prompt_tokens > 2
        alone = one.embeddings.create(model="vectors/any", input="three")
        assert len(alone.data[0].embedding) == len(both.data[0].embedding) > 8
        assert alone.data[0].embedding == pytest.approx(both.data[1].embedding, abs=1e-4)
        coded = one.embeddings.create(model="vectors/any", input="three", encoding_format="base64")
        assert isinstance(coded.data[0].embedding, str)


def test_rankings() -> None:
    with client() as one:
        documents = ["Rome is in Italy", "a cat", "Paris is in France"]
        ranking = one.rerank.create(model="ranks/any", query="Italy", documents=documents, top_n=2)
        assert len(ranking.results) == 2
        assert {result.index for result in ranking.results} <= {0, 1, 2}
        scores = [result.relevance_score for result in ranking.results]
        assert scores == sorted(scores, reverse=True)


def test_a_count_is_the_servers_where_it_counts() -> None:
    with client() as one:
        messages: list[Any] = [{"role": "user", "content": "hello"}]
        counted = one.tokens.count(model="anthropic/any", messages=messages)
        reply = one.chat.completions.create(model="anthropic/any", messages=messages, max_completion_tokens=1)
        assert not counted.estimated
        assert reply.usage is not None and counted.input_tokens == reply.usage.prompt_tokens


def test_a_completion_of_a_text() -> None:
    with client() as one:
        reply = one.completions.create(model="own/any", prompt="hello", max_tokens=8, temperature=0)
        assert reply.choices[0].text and reply.usage is not None and reply.usage.completion_tokens == 8
        assert reply.choices[0].finish_reason == "length"


def test_models_are_listed() -> None:
    with client() as one:
        assert any(model.id.startswith("own/") for model in one.models.list(provider="own").data)


def test_what_a_server_has_not_is_told() -> None:
    with client() as one, pytest.raises(roocode.RoocodeError):
        one.embeddings.create(model="own/any", input="x")


def test_async() -> None:
    async def run() -> tuple[str, int]:
        async with AsyncRoocode(providers=PROVIDERS, timeout=30, max_retries=0) as one:
            reply = await one.responses.create(model="chat/any", input="hello", max_output_tokens=8)
            vectors = await one.embeddings.create(model="vectors/any", input=["a", "b"])
            return reply.output_text, len(vectors.data)

    text, count = asyncio.run(run())
    assert text and count == 2
