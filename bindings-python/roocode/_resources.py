"""What a client can be asked: one resource for each operation, plain and for `await`.

Their parameters are generated (`_create.py`); their methods only hand them to the native core.
"""

from __future__ import annotations

from ._native import (
    CALL_DOCUMENT,
    CREATE_DOCUMENT,
    EMBEDDINGS_DOCUMENT,
    MODELS_DOCUMENT,
    RERANK_DOCUMENT,
    TEXT_COMPLETIONS_DOCUMENT,
    TOKENS_DOCUMENT,
    NativeClient,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._create import (
        AsyncCallsSignature,
        AsyncCompletionsSignature,
        AsyncEmbeddingsSignature,
        AsyncModelsSignature,
        AsyncRawCallsSignature,
        AsyncRawCompletionsSignature,
        AsyncRawEmbeddingsSignature,
        AsyncRawRerankSignature,
        AsyncRawTextCompletionsSignature,
        AsyncRawTokensSignature,
        AsyncRerankSignature,
        AsyncTextCompletionsSignature,
        AsyncTokensSignature,
        CallsSignature,
        CompletionsSignature,
        EmbeddingsSignature,
        ModelsSignature,
        RawCallsSignature,
        RawCompletionsSignature,
        RawEmbeddingsSignature,
        RawRerankSignature,
        RawTextCompletionsSignature,
        RawTokensSignature,
        RerankSignature,
        TextCompletionsSignature,
        TokensSignature,
    )
else:
    AsyncCompletionsSignature = AsyncRawCompletionsSignature = object
    CompletionsSignature = RawCompletionsSignature = object
    AsyncEmbeddingsSignature = AsyncRawEmbeddingsSignature = object
    EmbeddingsSignature = RawEmbeddingsSignature = object
    AsyncRerankSignature = AsyncRawRerankSignature = object
    RerankSignature = RawRerankSignature = object
    ModelsSignature = AsyncModelsSignature = object
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
        count = _asks(
            "RawTokensResource", "count_tokens", TOKENS_DOCUMENT, raw=True, name="count"
        )


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
        count = _asks_async(
            "AsyncRawTokensResource", "count_tokens", TOKENS_DOCUMENT, raw=True, name="count"
        )


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
        create = _asks(
            "RawTextCompletionsResource", "completions", TEXT_COMPLETIONS_DOCUMENT, raw=True
        )


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
