"""What a client can be asked: one resource for each operation, plain and for `await`.

Their parameters are generated (`_create.py`); their methods only hand them to the native core.
"""

from __future__ import annotations

from ._native import (
    BATCHES_DOCUMENT,
    CALL_DOCUMENT,
    CREATE_DOCUMENT,
    EMBEDDINGS_DOCUMENT,
    MESSAGES_DOCUMENT,
    MODELS_DOCUMENT,
    RERANK_DOCUMENT,
    RESPONSES_DOCUMENT,
    TEXT_COMPLETIONS_DOCUMENT,
    TOKENS_DOCUMENT,
    NativeClient,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any

    from ._create import (
        AsyncBatchesSignature,
        AsyncCallsSignature,
        AsyncCompletionsSignature,
        AsyncEmbeddingsSignature,
        AsyncMessagesSignature,
        AsyncModelsSignature,
        AsyncRawCallsSignature,
        AsyncRawCompletionsSignature,
        AsyncRawEmbeddingsSignature,
        AsyncRawMessagesSignature,
        AsyncRawRerankSignature,
        AsyncRawResponsesSignature,
        AsyncRawTextCompletionsSignature,
        AsyncRawTokensSignature,
        AsyncRerankSignature,
        AsyncResponsesSignature,
        AsyncTextCompletionsSignature,
        AsyncTokensSignature,
        BatchesSignature,
        CallsSignature,
        CompletionsSignature,
        EmbeddingsSignature,
        MessagesSignature,
        ModelsSignature,
        RawCallsSignature,
        RawCompletionsSignature,
        RawEmbeddingsSignature,
        RawMessagesSignature,
        RawRerankSignature,
        RawResponsesSignature,
        RawTextCompletionsSignature,
        RawTokensSignature,
        RerankSignature,
        ResponsesSignature,
        TextCompletionsSignature,
        TokensSignature,
    )
    from .types import Batch, BatchList, BatchResults
else:
    AsyncCompletionsSignature = AsyncRawCompletionsSignature = object
    CompletionsSignature = RawCompletionsSignature = object
    AsyncEmbeddingsSignature = AsyncRawEmbeddingsSignature = object
    EmbeddingsSignature = RawEmbeddingsSignature = object
    AsyncRerankSignature = AsyncRawRerankSignature = object
    RerankSignature = RawRerankSignature = object
    AsyncResponsesSignature = AsyncRawResponsesSignature = object
    ResponsesSignature = RawResponsesSignature = object
    MessagesSignature = RawMessagesSignature = object
    AsyncMessagesSignature = AsyncRawMessagesSignature = object
    ModelsSignature = AsyncModelsSignature = object
    BatchesSignature = AsyncBatchesSignature = object
    AsyncTokensSignature = AsyncRawTokensSignature = object
    TokensSignature = RawTokensSignature = object
    AsyncTextCompletionsSignature = AsyncRawTextCompletionsSignature = object
    TextCompletionsSignature = RawTextCompletionsSignature = object
    AsyncCallsSignature = AsyncRawCallsSignature = object
    CallsSignature = RawCallsSignature = object


class _Signature:
    """Where `inspect` finds the parameters of a method, which are imported when it looks."""

    __slots__ = ("_method", "_name")

    def __init__(self, name: str, method: str) -> None:
        self._name = name
        self._method = method

    @property
    def __wrapped__(self) -> object:
        from . import _create

        return getattr(getattr(_create, self._name), self._method)


class _Resource:
    __slots__ = ("_native",)

    def __init__(self, native: NativeClient) -> None:
        self._native = native


def _signed(method: Any, owner: str, name: str, document: str) -> Any:
    """Gives a method its name, the parameters of a generated one, and a word on each."""
    method.__name__, method.__qualname__ = name, f"{owner}.{name}"
    method.__wrapped__ = _Signature(owner.replace("Resource", "") + "Signature", name)
    method.__doc__ = document
    return method


def _asks(owner: str, operation: str, document: str, raw: bool = False, name: str = "create") -> Any:
    """The method of the class `owner` that asks for an operation and waits."""

    def ask(self: _Resource, **fields: Any) -> Any:
        return self._native.create(operation, fields, raw)

    return _signed(ask, owner, name, document)


def _asks_async(owner: str, operation: str, document: str, raw: bool = False, name: str = "create") -> Any:
    """The same for `await`."""

    async def ask(self: _Resource, **fields: Any) -> Any:
        return await self._native.create_async(operation, fields, raw)

    return _signed(ask, owner, name, document)


class RawCompletions(_Resource, RawCompletionsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawCompletions", "chat", CREATE_DOCUMENT, raw=True)


class Completions(_Resource, CompletionsSignature):
    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("Completions", "chat", CREATE_DOCUMENT)

    @property
    def with_raw_response(self) -> RawCompletions:
        return RawCompletions(self._native)


class AsyncRawCompletions(_Resource, AsyncRawCompletionsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawCompletions", "chat", CREATE_DOCUMENT, raw=True)


class AsyncCompletions(_Resource, AsyncCompletionsSignature):
    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncCompletions", "chat", CREATE_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawCompletions:
        return AsyncRawCompletions(self._native)


class Chat(_Resource):
    __slots__ = ("completions",)

    def __init__(self, native: NativeClient) -> None:
        super().__init__(native)
        self.completions = Completions(native)


class AsyncChat(_Resource):
    __slots__ = ("completions",)

    def __init__(self, native: NativeClient) -> None:
        super().__init__(native)
        self.completions = AsyncCompletions(native)


class RawEmbeddingsResource(_Resource, RawEmbeddingsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawEmbeddingsResource", "embeddings", EMBEDDINGS_DOCUMENT, raw=True)


class EmbeddingsResource(_Resource, EmbeddingsSignature):
    """Texts to vectors."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("EmbeddingsResource", "embeddings", EMBEDDINGS_DOCUMENT)

    @property
    def with_raw_response(self) -> RawEmbeddingsResource:
        return RawEmbeddingsResource(self._native)


class AsyncRawEmbeddingsResource(_Resource, AsyncRawEmbeddingsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawEmbeddingsResource", "embeddings", EMBEDDINGS_DOCUMENT, raw=True)


class AsyncEmbeddingsResource(_Resource, AsyncEmbeddingsSignature):
    """Texts to vectors."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncEmbeddingsResource", "embeddings", EMBEDDINGS_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawEmbeddingsResource:
        return AsyncRawEmbeddingsResource(self._native)


class RawRerankResource(_Resource, RawRerankSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawRerankResource", "rerank", RERANK_DOCUMENT, raw=True)


class RerankResource(_Resource, RerankSignature):
    """Documents by relevance."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RerankResource", "rerank", RERANK_DOCUMENT)

    @property
    def with_raw_response(self) -> RawRerankResource:
        return RawRerankResource(self._native)


class AsyncRawRerankResource(_Resource, AsyncRawRerankSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawRerankResource", "rerank", RERANK_DOCUMENT, raw=True)


class AsyncRerankResource(_Resource, AsyncRerankSignature):
    """Documents by relevance."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRerankResource", "rerank", RERANK_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawRerankResource:
        return AsyncRawRerankResource(self._native)


class RawTokensResource(_Resource, RawTokensSignature):
    """`count` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        count = _asks("RawTokensResource", "count_tokens", TOKENS_DOCUMENT, raw=True, name="count")


class TokensResource(_Resource, TokensSignature):
    """How much a request is, before it is sent."""

    __slots__ = ()

    if not TYPE_CHECKING:
        count = _asks("TokensResource", "count_tokens", TOKENS_DOCUMENT, name="count")

    @property
    def with_raw_response(self) -> RawTokensResource:
        return RawTokensResource(self._native)


class AsyncRawTokensResource(_Resource, AsyncRawTokensSignature):
    """`count` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        count = _asks_async("AsyncRawTokensResource", "count_tokens", TOKENS_DOCUMENT, raw=True, name="count")


class AsyncTokensResource(_Resource, AsyncTokensSignature):
    """How much a request is, before it is sent."""

    __slots__ = ()

    if not TYPE_CHECKING:
        count = _asks_async("AsyncTokensResource", "count_tokens", TOKENS_DOCUMENT, name="count")

    @property
    def with_raw_response(self) -> AsyncRawTokensResource:
        return AsyncRawTokensResource(self._native)


class RawTextCompletionsResource(_Resource, RawTextCompletionsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawTextCompletionsResource", "completions", TEXT_COMPLETIONS_DOCUMENT, raw=True)


class TextCompletionsResource(_Resource, TextCompletionsSignature):
    """What follows a text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("TextCompletionsResource", "completions", TEXT_COMPLETIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> RawTextCompletionsResource:
        return RawTextCompletionsResource(self._native)


class AsyncRawTextCompletionsResource(_Resource, AsyncRawTextCompletionsSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async(
            "AsyncRawTextCompletionsResource", "completions", TEXT_COMPLETIONS_DOCUMENT, raw=True
        )


class AsyncTextCompletionsResource(_Resource, AsyncTextCompletionsSignature):
    """What follows a text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncTextCompletionsResource", "completions", TEXT_COMPLETIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawTextCompletionsResource:
        return AsyncRawTextCompletionsResource(self._native)


class RawResponses(_Resource, RawResponsesSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawResponses", "responses", RESPONSES_DOCUMENT, raw=True)


class Responses(_Resource, ResponsesSignature):
    """OpenAI's Responses API, at every provider that chats."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("Responses", "responses", RESPONSES_DOCUMENT)

    @property
    def with_raw_response(self) -> RawResponses:
        return RawResponses(self._native)


class AsyncRawResponses(_Resource, AsyncRawResponsesSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawResponses", "responses", RESPONSES_DOCUMENT, raw=True)


class AsyncResponses(_Resource, AsyncResponsesSignature):
    """OpenAI's Responses API, at every provider that chats."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncResponses", "responses", RESPONSES_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawResponses:
        return AsyncRawResponses(self._native)


class RawMessages(_Resource, RawMessagesSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawMessages", "messages", MESSAGES_DOCUMENT, raw=True)


class Messages(_Resource, MessagesSignature):
    """Anthropic's Messages, at every provider that chats."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("Messages", "messages", MESSAGES_DOCUMENT)

    @property
    def with_raw_response(self) -> RawMessages:
        return RawMessages(self._native)


class AsyncRawMessages(_Resource, AsyncRawMessagesSignature):
    """`create` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawMessages", "messages", MESSAGES_DOCUMENT, raw=True)


class AsyncMessages(_Resource, AsyncMessagesSignature):
    """Anthropic's Messages, at every provider that chats."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncMessages", "messages", MESSAGES_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawMessages:
        return AsyncRawMessages(self._native)


class BatchesResource(_Resource, BatchesSignature):
    """Many chats handed in at once, answered within a day at a lower price."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("BatchesResource", "batches", BATCHES_DOCUMENT)

    def _ask(self, action: str, fields: dict[str, Any]) -> Any:
        return self._native.create("batches", {"action": action, **fields}, False)

    def retrieve(self, id: str, **options: Any) -> Batch:
        """How far a batch has come. `id` as `create` gave it; options as of `create`."""
        batch: Batch = self._ask("retrieve", {"id": id, **options})
        return batch

    def cancel(self, id: str, **options: Any) -> Batch:
        """Ends a batch early: what is answered until then has results."""
        batch: Batch = self._ask("cancel", {"id": id, **options})
        return batch

    def list(self, *, limit: int | None = None, after: str | None = None, **options: Any) -> BatchList:
        """The batches of a provider, the newest first: of the one that `provider` names, which may be
        left out where only one has batches. `after`: the `next` of the page before.
        """
        batches: BatchList = self._ask("list", {"limit": limit, "after": after, **options})
        return batches

    def results(self, id: str, **options: Any) -> BatchResults:
        """The completions and errors of a batch that has ended, with what they took and cost."""
        results: BatchResults = self._ask("results", {"id": id, **options})
        return results

    def watch(self, id: str, **options: Any) -> Iterator[Batch]:
        """Looks at a batch until it has ended: at once, after 2 s, and then at most every minute.
        Leave the loop to stop.
        """
        poll = 0
        while True:
            batch: Batch = self._ask("retrieve", {"id": id, "poll": poll, **options})
            yield batch
            if batch.ended:
                return
            poll += 1

    def wait(self, id: str, *, on_progress: Callable[[Batch], object] | None = None, **options: Any) -> Batch:
        """Waits until a batch has ended. `on_progress` is told of each look at it."""
        for batch in self.watch(id, **options):
            if on_progress is not None:
                on_progress(batch)
            if batch.ended:
                return batch
        raise AssertionError("a batch is looked at until it has ended")


class AsyncBatchesResource(_Resource, AsyncBatchesSignature):
    """Many chats handed in at once, answered within a day at a lower price."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncBatchesResource", "batches", BATCHES_DOCUMENT)

    async def _ask(self, action: str, fields: dict[str, Any]) -> Any:
        return await self._native.create_async("batches", {"action": action, **fields}, False)

    async def retrieve(self, id: str, **options: Any) -> Batch:
        """How far a batch has come. `id` as `create` gave it; options as of `create`."""
        batch: Batch = await self._ask("retrieve", {"id": id, **options})
        return batch

    async def cancel(self, id: str, **options: Any) -> Batch:
        """Ends a batch early: what is answered until then has results."""
        batch: Batch = await self._ask("cancel", {"id": id, **options})
        return batch

    async def list(self, *, limit: int | None = None, after: str | None = None, **options: Any) -> BatchList:
        """The batches of a provider, the newest first: of the one that `provider` names, which may be
        left out where only one has batches. `after`: the `next` of the page before.
        """
        batches: BatchList = await self._ask("list", {"limit": limit, "after": after, **options})
        return batches

    async def results(self, id: str, **options: Any) -> BatchResults:
        """The completions and errors of a batch that has ended, with what they took and cost."""
        results: BatchResults = await self._ask("results", {"id": id, **options})
        return results

    async def watch(self, id: str, **options: Any) -> AsyncIterator[Batch]:
        """Looks at a batch until it has ended: at once, after 2 s, and then at most every minute.
        Leave the loop to stop.
        """
        poll = 0
        while True:
            batch: Batch = await self._ask("retrieve", {"id": id, "poll": poll, **options})
            yield batch
            if batch.ended:
                return
            poll += 1

    async def wait(
        self, id: str, *, on_progress: Callable[[Batch], object] | None = None, **options: Any
    ) -> Batch:
        """Waits until a batch has ended. `on_progress` is told of each look at it."""
        async for batch in self.watch(id, **options):
            if on_progress is not None:
                on_progress(batch)
            if batch.ended:
                return batch
        raise AssertionError("a batch is looked at until it has ended")


class Models(_Resource, ModelsSignature):
    """The models that can be asked for."""

    __slots__ = ()

    if not TYPE_CHECKING:
        list = _asks("Models", "models", MODELS_DOCUMENT, name="list")


class AsyncModels(_Resource, AsyncModelsSignature):
    """The models that can be asked for."""

    __slots__ = ()

    if not TYPE_CHECKING:
        list = _asks_async("AsyncModels", "models", MODELS_DOCUMENT, name="list")


def _asked(operation: str, input: Any, options: dict[str, Any]) -> dict[str, Any]:
    return {"operation": operation, "input": {} if input is None else input, **options}


def _calls(owner: str, raw: bool = False) -> Any:
    """The method of the class `owner` that asks for an operation of a service, and waits."""

    def call(self: Any, operation: str, input: Any = None, **options: Any) -> Any:
        return self._native.create("service", _asked(operation, input, options), raw)

    return _signed_call(call, owner)


def _calls_async(owner: str, raw: bool = False) -> Any:
    """The same for `await`."""

    async def call(self: Any, operation: str, input: Any = None, **options: Any) -> Any:
        return await self._native.create_async("service", _asked(operation, input, options), raw)

    return _signed_call(call, owner)


def _signed_call(method: Any, owner: str) -> Any:
    method.__name__, method.__qualname__ = "call", f"{owner}.call"
    method.__wrapped__ = _Signature("CallsSignature", "call")
    method.__doc__ = CALL_DOCUMENT
    return method


class RawCalls(_Resource, RawCallsSignature):
    """`call` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        call = _calls("RawCalls", raw=True)


class Calls(CallsSignature):
    """What a client can be asked for by name: the operations that its providers declare."""

    __slots__ = ()
    _native: NativeClient

    if not TYPE_CHECKING:
        call = _calls("Roocode")

    @property
    def with_raw_response(self) -> RawCalls:
        return RawCalls(self._native)


class AsyncRawCalls(_Resource, AsyncRawCallsSignature):
    """`call` gives the HTTP response with the reply in it."""

    __slots__ = ()

    if not TYPE_CHECKING:
        call = _calls_async("AsyncRawCalls", raw=True)


class AsyncCalls(AsyncCallsSignature):
    """What a client can be asked for by name: the operations that its providers declare."""

    __slots__ = ()
    _native: NativeClient

    if not TYPE_CHECKING:
        call = _calls_async("AsyncRoocode")

    @property
    def with_raw_response(self) -> AsyncRawCalls:
        return AsyncRawCalls(self._native)
