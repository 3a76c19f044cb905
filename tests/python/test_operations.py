"""Embeddings, rerank and lists of models, over real connections to mock providers."""

from __future__ import annotations

import asyncio
import base64
import inspect
import pickle
import struct
from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer
from roocode.types import Completion

TEXTS = [f"text number {number}" for number in range(200)]
DOCUMENTS: list[Any] = ["a red rose", {"text": "blue sky"}, "red sky at night"]


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer([], models=["one", "two"]) as server:
        yield server


def providers(server: MockServer) -> list[dict[str, Any]]:
    key = {"api_key": "key-of-it"}
    return [
        {"kind": "openai", "base_url": server.url + "/v1", **key},
        {"kind": "anthropic", "base_url": server.url + "/v1", **key},
        {"kind": "gemini", "base_url": server.url + "/v1beta", **key},
        {"kind": "cohere", "base_url": server.url + "/v2", **key},
    ]


@pytest.fixture
def client(server: MockServer) -> Iterator[Roocode]:
    routes = {
        "vectors": {"targets": ["anthropic/m", "openai/m", "gemini/m"]},
        "ranks": {"targets": ["cohere/m"]},
    }
    with Roocode(providers=providers(server), routes=routes) as client:
        yield client


def test_embeddings(client: Roocode, server: MockServer) -> None:
    reply = client.embeddings.create(model="openai/m", input=["one two", "three"], dimensions=4)
    assert [each.index for each in reply.data] == [0, 1]
    vector = reply.data[0].embedding
    assert isinstance(vector, list) and len(vector) == 4
    assert reply.usage and reply.usage.prompt_tokens == 3
    assert reply.route and reply.route.target == "openai/m"
    assert server.requests[-1]["path"] == "/v1/embeddings"
    coded = client.embeddings.create(
        model="openai/m", input="one two", dimensions=4, encoding_format="base64"
    )
    text = coded.data[0].embedding
    assert isinstance(text, str)
    assert list(struct.unpack("<4f", base64.b64decode(text))) == vector
    assert pickle.loads(pickle.dumps(reply)) == reply


def test_token_ids(client: Roocode, server: MockServer) -> None:
    client.embeddings.create(model="openai/m", input=[[1, 2], [3]])
    assert server.requests[-1]["body"]["input"] == [[1, 2], [3]]
    with pytest.raises(roocode.BadRequestError) as raised:
        client.embeddings.create(model="openai/m", input=["a", 1])  # type: ignore[list-item]
    assert raised.value.param == "input"


def test_a_long_list_goes_out_in_parts(client: Roocode, server: MockServer) -> None:
    reply = client.embeddings.create(model="cohere/m", input=TEXTS, input_type="document")
    assert [each.index for each in reply.data] == list(range(200))
    assert sorted(len(each["body"]["texts"]) for each in server.requests) == [8, 96, 96]
    assert reply.usage and reply.usage.prompt_tokens == 600
    alone = client.embeddings.create(model="cohere/m", input=TEXTS[150], input_type="document")
    assert alone.data[0].embedding == reply.data[150].embedding


def test_a_target_without_embeddings_is_left_out(client: Roocode) -> None:
    trace = client.explain(operation="embeddings", model="vectors", input="a")
    assert [each.why for each in trace.candidates] == ["it does not support embeddings", None, None]
    reply = client.embeddings.create(model="vectors", input="a")
    assert reply.route and reply.route.target == "openai/m"
    with pytest.raises(roocode.NoTargetAvailableError, match="does not support embeddings"):
        client.embeddings.create(model="anthropic/m", input="a")


def test_rerank(client: Roocode, server: MockServer) -> None:
    reply = client.rerank.create(
        model="ranks", query="red sky", documents=DOCUMENTS, top_n=2, return_documents=True
    )
    assert [each.index for each in reply.results] == [2, 0]
    assert reply.results[0].document == {"text": "red sky at night"}
    assert reply.results[0].relevance_score == 1.0
    assert reply.route and reply.route.target == "cohere/m"
    assert server.requests[-1]["body"]["documents"] == ["a red rose", "blue sky", "red sky at night"]
    raw = client.rerank.with_raw_response.create(model="cohere/m", query="q", documents=["a"])
    assert raw.status_code == 200 and len(raw.parse().results) == 1


def test_models(client: Roocode, server: MockServer) -> None:
    listed = client.models.list()
    kinds = ("openai", "anthropic", "gemini", "cohere")
    ids = [f"{kind}/{model}" for kind in kinds for model in ("one", "two")]
    assert [each.id for each in listed.data] == ids
    first = listed.providers[0]
    assert (first.provider, first.models, first.error) == ("openai", 2, None)
    assert all(each["method"] == "GET" for each in server.requests)
    alone = client.models.list(provider="gemini", timeout=5)
    assert [(each.model, each.name) for each in alone.data] == [("one", "one"), ("two", "two")]
    reply = client.chat.completions.create(model=ids[0], messages=[{"role": "user", "content": "Hello"}])
    assert reply.choices[0].message.content == "You said: Hello"


def test_a_provider_that_fails_is_told_of() -> None:
    with MockServer([], api_key="other-key") as refusing, MockServer([], models=["m"]) as server:
        both = [
            {"name": name, "kind": "custom", "base_url": each.url + "/v1", "api_key": "key-of-it"}
            for name, each in (("refusing", refusing), ("good", server))
        ]
        with Roocode(providers=both) as client:
            listed = client.models.list()
            assert [each.id for each in listed.data] == ["good/m"]
            error = listed.providers[0].error
            assert error and error.status == 401 and "key-of-it" not in repr(listed)
            with pytest.raises(roocode.AuthenticationError):
                client.models.list(provider="refusing")


def test_tokens(client: Roocode, server: MockServer) -> None:
    messages = [{"role": "user", "content": "How many are these?"}]
    count = client.tokens.count(model="anthropic/claude-sonnet-4-5", messages=messages, temperature=0.5)
    assert (count.input_tokens, count.estimated, count.method) == (4, False, "provider")
    assert count.route and count.route.target == "anthropic/claude-sonnet-4-5"
    assert server.requests[-1]["path"] == "/v1/messages/count_tokens"
    assert set(server.requests[-1]["body"]) == {"model", "messages"}
    count = client.tokens.count(model="openai/m", messages=messages)
    assert (count.input_tokens, count.estimated, count.method) == (4, False, "provider")
    assert server.requests[-1]["path"] == "/v1/responses/input_tokens"
    asked = len(server.requests)
    other = Roocode(provider="groq", base_url=server.url + "/v1", api_key="key-of-it")
    estimate = other.tokens.count(model="groq/m", messages=messages)
    assert (estimate.input_tokens, estimate.estimated, estimate.method) == (9, True, "estimate")
    assert len(server.requests) == asked
    assert pickle.loads(pickle.dumps(estimate)) == estimate
    with pytest.raises(roocode.NoTargetAvailableError):
        other.tokens.count(model="groq/m", messages=messages, method="provider")
    with pytest.raises(roocode.BadRequestError) as raised:
        client.tokens.count(model="openai/m", messages=messages, vocabulary="/nowhere/at.all")
    assert raised.value.param == "vocabulary"
    shown = client.explain(operation="count_tokens", model="openai/m", messages=messages)
    assert shown.request.operation == "count_tokens"


def test_completions(client: Roocode, server: MockServer) -> None:
    reply = client.completions.create(model="openai/m", prompt="The sky is", max_tokens=9, novel=1)
    assert reply.object == "text_completion"
    assert "The sky is" in reply.choices[0].text and reply.choices[0].finish_reason == "stop"
    assert reply.usage and reply.usage.prompt_tokens == 3
    assert server.requests[-1]["path"] == "/v1/completions"
    assert server.requests[-1]["body"] == {"model": "m", "prompt": "The sky is", "max_tokens": 9, "novel": 1}
    assert pickle.loads(pickle.dumps(reply)) == reply
    with pytest.raises(roocode.NoTargetAvailableError):
        client.completions.create(model="anthropic/m", prompt="a")


def test_a_tool_of_any_name_and_a_document_of_text(client: Roocode, server: MockServer) -> None:
    tool: Any = {"type": "function", "function": {"name": "weather.get"}}
    text: Any = {"type": "file", "file": {"file_data": "data:text/plain,Hello", "filename": "a.txt"}}
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": [text]}], "tools": [tool]}
    client.chat.completions.create(model="cohere/command-a-03-2025", **asked)
    body = server.requests[-1]["body"]
    sent = body["tools"][0]["function"]["name"]
    assert sent.startswith("weather_get_") and body["documents"][0]["data"]["text"] == "Hello"
    server.set_scripts([{"reply": {"tool_calls": [{"name": sent, "arguments": {}}]}}])
    reply = client.chat.completions.create(model="cohere/command-a-03-2025", **asked)
    assert reply.choices[0].message.tool_calls
    assert reply.choices[0].message.tool_calls[0].function.name == "weather.get"
    stream = client.chat.completions.create(model="cohere/command-a-03-2025", **asked, stream=True)
    message = stream.get_final_completion().choices[0].message
    assert message.tool_calls and message.tool_calls[0].function.name == "weather.get"


def test_streamed_completions(client: Roocode, server: MockServer) -> None:
    asked: dict[str, Any] = {"model": "openai/m", "prompt": "The sky is"}
    stream = client.completions.create(**asked, stream=True)
    assert isinstance(stream, roocode.CompletionStream) and repr(stream) == "<CompletionStream>"
    pieces = list(stream)
    assert len(pieces) > 2 and all(isinstance(piece, Completion) for piece in pieces)
    assert "".join(piece.choices[0].text for piece in pieces) == "You said: The sky is"
    assert pieces[-1].usage and pieces[-1].route and pieces[-1].route.target == "openai/m"
    whole = stream.get_final_completion()
    assert isinstance(whole, Completion) and whole.choices[0].text == "You said: The sky is"
    assert whole.usage == pieces[-1].usage
    assert server.requests[-1]["body"]["stream"] is True
    with client.completions.with_raw_response.create(**asked, stream=True).parse() as raw:
        assert next(raw).object == "text_completion"
    server.set_scripts([{"fault": {"kind": "cut", "after_chunks": 2}}])
    with pytest.raises(roocode.StreamInterruptedError) as raised:
        list(client.completions.create(**asked, stream=True))
    assert isinstance(raised.value.partial_completion, Completion) and raised.value.partial is None


def test_async(server: MockServer) -> None:
    async def run() -> None:
        async with AsyncRoocode(providers=providers(server)) as client:
            embeddings, ranking, models = await asyncio.gather(
                client.embeddings.create(model="openai/m", input="a b"),
                client.rerank.create(model="cohere/m", query="a", documents=["b", "a"]),
                client.models.list(),
            )
            count, text = await asyncio.gather(
                client.tokens.count(model="gemini/m", messages=[{"role": "user", "content": "a b"}]),
                client.completions.create(model="openai/m", prompt="a"),
            )
            assert (count.input_tokens, count.estimated) == (2, False)
            assert text.choices[0].text
            stream = await client.completions.create(model="openai/m", prompt="a", stream=True)
            assert isinstance(stream, roocode.AsyncCompletionStream)
            assert "".join([piece.choices[0].text async for piece in stream]) == text.choices[0].text
            assert (await stream.get_final_completion()).choices == text.choices
            assert len(embeddings.data) == 1
            assert [each.index for each in ranking.results] == [1, 0]
            assert len(models.data) == 8
            raw = await client.embeddings.with_raw_response.create(model="gemini/m", input="a")
            assert raw.parse().route and raw.status_code == 200

    asyncio.run(run())


def test_signatures() -> None:
    with Roocode(providers=[{"kind": "openai", "api_key": "key-of-it"}]) as client:
        embeddings = inspect.signature(client.embeddings.create).parameters
        assert {"input", "model", "dimensions", "encoding_format", "routing"} <= set(embeddings)
        assert {"query", "documents", "top_n"} <= set(inspect.signature(client.rerank.create).parameters)
        assert "provider" in inspect.signature(client.models.list).parameters
        counted = set(inspect.signature(client.tokens.count).parameters)
        assert {"messages", "tools", "method", "vocabulary"} <= counted and "temperature" not in counted
        assert {"prompt", "suffix"} <= set(inspect.signature(client.completions.create).parameters)
        assert "every active provider" in (client.models.list.__doc__ or "")
