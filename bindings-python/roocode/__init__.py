"""One API for every AI provider.

    from roocode import Roocode

    client = Roocode()
    reply = client.chat.completions.create(
        model="openai/gpt-4o-mini",
        messages=[{"role": "user", "content": "Hello"}],
    )
    print(reply.choices[0].message.content)

Everything is imported when it is first used, so that `import roocode` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import errors, types
    from ._client import AsyncRoocode, Roocode
    from ._inventory import Providers, Routes
    from ._media import Audio, ImagesResource, ModerationsResource
    from ._native import set_worker_threads
    from ._raw import RawResponse
    from ._resources import (
        BatchesResource,
        Chat,
        EmbeddingsResource,
        Messages,
        Models,
        RerankResource,
        Responses,
        TextCompletionsResource,
        TokensResource,
    )
    from ._routing import propensities, replay
    from ._streams import (
        AsyncChatStream,
        AsyncCompletionStream,
        AsyncMessageStream,
        AsyncResponseStream,
        ChatStream,
        CompletionStream,
        MessageStream,
        ResponseStream,
    )
    from .errors import (
        APIConnectionError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        BudgetExceededError,
        ConfigurationError,
        ContentPolicyError,
        ContextWindowExceededError,
        InternalError,
        InternalServerError,
        NoTargetAvailableError,
        NotFoundError,
        OverloadedError,
        PermissionDeniedError,
        QuotaExceededError,
        RateLimitError,
        RequestCancelledError,
        ResponseDecodeError,
        RoocodeError,
        StreamInterruptedError,
    )

    call = Roocode().call
    """`call` of the default client."""
    chat: Chat
    """`chat` of the default client, which is made from the environment when first used."""
    embeddings: EmbeddingsResource
    """`embeddings` of the default client."""
    rerank: RerankResource
    """`rerank` of the default client."""
    models: Models
    """`models` of the default client."""
    responses: Responses
    """`responses` of the default client."""
    messages: Messages
    """`messages` of the default client."""
    tokens: TokensResource
    """`tokens` of the default client."""
    completions: TextCompletionsResource
    """`completions` of the default client."""
    batches: BatchesResource
    """`batches` of the default client."""
    images: ImagesResource
    """`images` of the default client."""
    audio: Audio
    """`audio` of the default client."""
    moderations: ModerationsResource
    """`moderations` of the default client."""
    providers: Providers
    """`providers` of the default client."""

    routes: Routes
    """`routes` of the default client."""

_HOMES = {
    "Roocode": "_client",
    "AsyncRoocode": "_client",
    "RawResponse": "_raw",
    "ChatStream": "_streams",
    "AsyncChatStream": "_streams",
    "ResponseStream": "_streams",
    "AsyncResponseStream": "_streams",
    "MessageStream": "_streams",
    "AsyncMessageStream": "_streams",
    "CompletionStream": "_streams",
    "AsyncCompletionStream": "_streams",
    "replay": "_routing",
    "propensities": "_routing",
    "set_worker_threads": "_native",
}
_MODULES = ("errors", "testing", "types")
_OF_THE_DEFAULT_CLIENT = (
    "batches",
    "audio",
    "call",
    "chat",
    "completions",
    "embeddings",
    "images",
    "messages",
    "models",
    "moderations",
    "providers",
    "rerank",
    "responses",
    "routes",
    "tokens",
)

__all__ = [
    "APIConnectionError",
    "APITimeoutError",
    "AsyncChatStream",
    "AsyncCompletionStream",
    "AsyncMessageStream",
    "AsyncResponseStream",
    "AsyncRoocode",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExceededError",
    "ChatStream",
    "CompletionStream",
    "ConfigurationError",
    "ContentPolicyError",
    "ContextWindowExceededError",
    "InternalError",
    "InternalServerError",
    "MessageStream",
    "NoTargetAvailableError",
    "NotFoundError",
    "OverloadedError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "RawResponse",
    "RequestCancelledError",
    "ResponseDecodeError",
    "ResponseStream",
    "Roocode",
    "RoocodeError",
    "StreamInterruptedError",
    "audio",
    "batches",
    "call",
    "chat",
    "completions",
    "embeddings",
    "errors",
    "images",
    "messages",
    "models",
    "moderations",
    "propensities",
    "providers",
    "replay",
    "rerank",
    "responses",
    "routes",
    "set_worker_threads",
    "tokens",
    "types",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _OF_THE_DEFAULT_CLIENT:
        # Not kept here: closing the default client makes the next use a new one.
        return getattr(import_module("._default", __name__).client(), name)
    if name in _MODULES:
        return import_module("." + name, __name__)
    home = _HOMES.get(name)
    if home is None and name in __all__:
        home = "errors"
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("." + home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
