"""What type checkers must know of the package. Checked, never run."""

from __future__ import annotations

from typing import Literal

from typing_extensions import assert_type

import roocode
from roocode import (
    AsyncChatStream,
    AsyncMessageStream,
    AsyncResponseStream,
    AsyncRoocode,
    ChatStream,
    CompletionStream,
    MessageStream,
    RateLimitError,
    RawResponse,
    ResponseStream,
    Roocode,
)
from roocode.types import (
    BreakerState,
    ChatCompletion,
    ChatCompletionChunk,
    Completion,
    CompletionChoice,
    Embeddings,
    ListedModel,
    MessageBlock,
    MessageEvent,
    MessageParam,
    MessageReply,
    ModelResponse,
    OrderCandidate,
    OrderRequest,
    Percentiles,
    RerankResult,
    ResponseEvent,
    ResponseItem,
    ServiceReply,
    ToolCall,
    Usage,
)


def responses(client: Roocode) -> None:
    response = client.responses.create(model="m", input="hi", tools=[{"type": "web_search"}])
    assert_type(response, ModelResponse)
    assert_type(response.output, list[ResponseItem])
    assert_type(response.output_text, str)
    again = client.responses.create(
        input=[*response.output, {"role": "user", "content": "go on"}], stream=True
    )
    assert_type(again, ResponseStream)
    for event in again:
        assert_type(event, ResponseEvent)
    assert_type(again.get_final_response(), ModelResponse)


async def responses_async(client: AsyncRoocode) -> None:
    stream = await client.responses.create(input="hi", stream=True)
    assert_type(stream, AsyncResponseStream)
    async for event in stream:
        assert_type(event, ResponseEvent)
    assert_type(await client.responses.create(input="hi"), ModelResponse)


def messages(client: Roocode) -> None:
    message = client.messages.create(
        model="m",
        max_tokens=9,
        messages=[{"role": "user", "content": "hi"}],
        tools=[{"type": "web_search_20250305", "name": "web_search"}],
    )
    assert_type(message, MessageReply)
    assert_type(message.content, list[MessageBlock])
    assert_type(message.stop_reason, str | None)
    again = client.messages.create(
        max_tokens=9,
        messages=[
            {"role": "assistant", "content": message.content},
            {"role": "user", "content": [{"type": "text", "text": "go on"}]},
        ],
        system=[{"type": "text", "text": "Be brief."}],
        thinking={"type": "enabled", "budget_tokens": 1024},
        stream=True,
    )
    assert_type(again, MessageStream)
    for event in again:
        assert_type(event, MessageEvent)
    assert_type(again.get_final_message(), MessageReply)


async def messages_async(client: AsyncRoocode) -> None:
    stream = await client.messages.create(
        max_tokens=9, messages=[{"role": "user", "content": "hi"}], stream=True
    )
    assert_type(stream, AsyncMessageStream)
    async for event in stream:
        assert_type(event, MessageEvent)


def operations(client: Roocode) -> None:
    embeddings = client.embeddings.create(model="m", input=["a"], dimensions=8, encoding_format="float")
    assert_type(embeddings, Embeddings)
    assert_type(embeddings.data[0].embedding, list[float] | str)
    assert_type(client.embeddings.with_raw_response.create(input=[[1]]), RawResponse[Embeddings])
    assert_type(client.rerank.create(query="q", documents=["a", {"text": "b"}]).results, list[RerankResult])
    count = client.tokens.count(model="m", messages=[{"role": "user", "content": "q"}], method="estimate")
    assert_type(count.input_tokens, int)
    assert_type(client.completions.create(prompt=["a", "b"], n=2).choices, list[CompletionChoice])
    texts = client.completions.create(prompt="a", stream=True)
    assert_type(texts, CompletionStream)
    assert_type(texts.get_final_completion(), Completion)
    for piece in texts:
        assert_type(piece, Completion)
    models = client.models.list(provider="openai")
    assert_type(models.data, list[ListedModel])
    sent = client.call("sms.send", {"to": "+1"}, idempotency_key="k", max_retries=0)
    assert_type(sent, ServiceReply)
    assert_type(sent.status, int)
    assert_type(client.with_raw_response.call("sms.send"), RawResponse[ServiceReply])
    client.call(input={})  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.call("sms.send", novel=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.models.list(model="m")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.embeddings.create(model="m")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


async def operations_async(client: AsyncRoocode) -> None:
    assert_type(await client.embeddings.create(input="a"), Embeddings)
    assert_type((await client.models.list()).data, list[ListedModel])
    assert_type(await client.call("sms.send", {}), ServiceReply)


def plain(client: Roocode, messages: list[MessageParam], flag: bool) -> None:
    reply = client.chat.completions.create(model="m", messages=messages, temperature=0.5, timeout=3)
    assert_type(reply, ChatCompletion)
    message = reply.choices[0].message
    assert_type(message.content, str | None)
    assert_type(message.tool_calls, list[ToolCall] | None)
    assert_type(reply.usage, Usage | None)
    messages_with_reply = [*messages, message]
    client.chat.completions.create(model="m", messages=messages_with_reply)
    client.chat.completions.create(
        model="m",
        messages=[
            {"role": "system", "content": "s"},
            {"role": "user", "content": [{"type": "text", "text": "t"}]},
            message,
            {"role": "tool", "tool_call_id": "1", "content": "r"},
        ],
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        tool_choice="auto",
        response_format={"type": "json_object"},
        timeout={"connect": 1.0, "idle": None},
        extra_headers={"a": "b"},
    )
    stream = client.chat.completions.create(model="m", messages=messages, stream=True)
    assert_type(stream, ChatStream)
    with stream:
        for chunk in stream:
            assert_type(chunk, ChatCompletionChunk)
            assert_type(chunk.choices[0].delta.content, str | None)
    assert_type(stream.get_final_completion(), ChatCompletion)
    either = client.chat.completions.create(model="m", messages=messages, stream=flag)
    assert_type(either, ChatCompletion | ChatStream)
    raw = client.chat.completions.with_raw_response.create(model="m", messages=messages)
    assert_type(raw, RawResponse[ChatCompletion])
    assert_type(raw.parse(), ChatCompletion)
    assert_type(raw.headers["a"], str)
    assert_type(client.with_options(timeout=1), Roocode)
    for target in client.stats():
        assert_type(target.errors, dict[str, int])
        assert_type(target.breaker, BreakerState)
        assert_type(target.total_s, Percentiles | None)
    assert_type(client.stats()[0].requests, int)
    assert_type([target.cost for target in client.stats()[:1]], list[float])


async def awaited(client: AsyncRoocode, messages: list[MessageParam]) -> None:
    assert_type(await client.chat.completions.create(model="m", messages=messages), ChatCompletion)
    stream = await client.chat.completions.create(model="m", messages=messages, stream=True)
    assert_type(stream, AsyncChatStream)
    async with stream:
        async for chunk in stream:
            assert_type(chunk, ChatCompletionChunk)
    assert_type(await stream.get_final_completion(), ChatCompletion)


class Mine(Roocode):
    pass


class MineAsync(AsyncRoocode):
    pass


async def derived(client: Mine, asynchronous: MineAsync) -> None:
    assert_type(client.with_options(timeout=5), Mine)
    assert_type(client.chat.completions.create(model="m", messages=[]), ChatCompletion)
    with client as same:
        assert_type(same, Mine)
    assert_type(asynchronous.with_options(timeout=5), MineAsync)
    async with asynchronous as also:
        assert_type(also, MineAsync)


def errors(error: RateLimitError) -> None:
    assert_type(error.status, int | None)
    assert_type(error.status_code, int | None)
    assert_type(error.retry_after, float | None)
    assert_type(error.limit, Literal["connect", "first_byte", "idle", "total"] | None)
    assert_type(error.partial, ChatCompletion | None)


def routed(reply: ChatCompletion) -> None:
    def order(candidates: list[OrderCandidate], request: OrderRequest) -> list[OrderCandidate]:
        assert_type(request.input_tokens, int)
        return sorted(candidates, key=lambda candidate: candidate.in_flight or 0)

    client = Roocode(routes={"r": {"targets": ["a/m"], "strategy": order}})
    client.report_reward(1, reply=reply)
    client.report_reward(0.5, route="r", target="a/m")
    assert_type(roocode.replay(reply).same, bool)
    assert_type(roocode.propensities(reply)[0][0].propensity, float)


def wrong(client: Roocode) -> None:
    client.chat.completions.create(model="m")  # type: ignore[call-overload]  # pyright: ignore
    client.chat.completions.create(model=1, messages=[])  # type: ignore[call-overload]  # pyright: ignore
    client.chat.completions.create(
        model="m",
        messages=[{"role": "nobody", "content": ""}],  # type: ignore[list-item]  # pyright: ignore
    )


assert_type(
    roocode.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello"}]),
    ChatCompletion,
)
