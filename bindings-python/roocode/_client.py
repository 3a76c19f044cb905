"""The clients: their options, and the connections behind them. Everything is decided by the native core."""

from __future__ import annotations

from ._inventory import Providers, Routes
from ._media import (
    AsyncAudio,
    AsyncImagesResource,
    AsyncModerationsResource,
    Audio,
    ImagesResource,
    ModerationsResource,
)
from ._native import NativeClient
from ._resources import (
    AsyncBatchesResource,
    AsyncCalls,
    AsyncChat,
    AsyncEmbeddingsResource,
    AsyncMessages,
    AsyncModels,
    AsyncRerankResource,
    AsyncResponses,
    AsyncTextCompletionsResource,
    AsyncTokensResource,
    BatchesResource,
    Calls,
    Chat,
    EmbeddingsResource,
    Messages,
    Models,
    RerankResource,
    Responses,
    TextCompletionsResource,
    TokensResource,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, ClassVar

    from typing_extensions import Self

    from ._stats import StatsTable
    from .types import Replay, RoutingTrace


class _Client:
    """What both clients share: the options, and the connections behind them."""

    _chat: ClassVar[type]
    _embeddings: ClassVar[type]
    _rerank: ClassVar[type]
    _models: ClassVar[type]
    _responses: ClassVar[type]
    _messages: ClassVar[type]
    _tokens: ClassVar[type]
    _completions: ClassVar[type]
    _batches: ClassVar[type]
    _images: ClassVar[type]
    _audio: ClassVar[type]
    _moderations: ClassVar[type]
    chat: Any
    embeddings: Any
    rerank: Any
    models: Any
    responses: Any
    messages: Any
    tokens: Any
    completions: Any
    batches: Any
    images: Any
    audio: Any
    moderations: Any

    def __init__(
        self,
        *,
        providers: Sequence[Mapping[str, Any]] | None = None,
        provider: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | Mapping[str, float | None] | None = None,
        max_retries: int | None = None,
        unsupported: str | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        proxy: str | None = None,
        routes: Mapping[str, Mapping[str, Any]] | None = None,
        default_route: str | None = None,
        resilience: Mapping[str, Any] | None = None,
        **config: Any,
    ) -> None:
        """Every option is optional: without any, the providers whose keys are in
        the environment can be asked.

        `providers`: a list of providers, each with `kind`, and `name`, `api_key`, `base_url`, …
        `provider`, `api_key`, `base_url`: one provider, in short.
        `timeout`: seconds, or limits by name: `connect`, `first_byte`, `idle`, `total`.
        `max_retries`: how often a failed exchange is tried again.
        `unsupported`: "error" or "drop", for parameters that a target cannot honour.
        `default_headers`, `default_query`: sent with every request.
        `routes`: named sets of targets, each with `targets` and a `strategy`; a request
        names one as its `model`. The strategy may be a function of your own: see
        "Routing" in the README.
        `default_route`: the route of requests that name no model.
        `resilience`: how failures are treated: `retry`, `breaker`, `cooldown`, `hedge`, `queue`,
        `adaptive_concurrency`, …
        `proxy`: such as "http://host:8080"; else the usual environment variables say.
        """
        given = {
            "providers": providers,
            "provider": provider,
            "api_key": api_key,
            "base_url": base_url,
            "timeout": timeout,
            "max_retries": max_retries,
            "unsupported": unsupported,
            "default_headers": default_headers,
            "default_query": default_query,
            "proxy": proxy,
            "routes": routes,
            "default_route": default_route,
            "resilience": resilience,
            **config,
        }
        self._begin(NativeClient({name: value for name, value in given.items() if value is not None}))

    def _begin(self, native: NativeClient) -> None:
        self._native = native
        self._closed = False
        self.chat = self._chat(native)
        self.embeddings = self._embeddings(native)
        self.rerank = self._rerank(native)
        self.models = self._models(native)
        self.responses = self._responses(native)
        self.messages = self._messages(native)
        self.tokens = self._tokens(native)
        self.completions = self._completions(native)
        self.batches = self._batches(native)
        self.images = self._images(native)
        self.audio = self._audio(native)
        self.moderations = self._moderations(native)
        self.providers = Providers(native)
        self.routes = Routes(native)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def with_options(self, **options: Any) -> Self:
        """A client with other options that shares this one's connections."""
        given = {name: value for name, value in options.items() if value is not None}
        client = object.__new__(type(self))
        client._begin(self._native.with_options(given))
        return client

    def explain(self, **fields: Any) -> RoutingTrace:
        """How the target of a request would be chosen now, without sending it.

        The fields are those of `chat.completions.create`, or of the `operation` that they
        name: `completions`, `responses`, `messages`, `embeddings`, `images`, …, or one that a
        provider declares, with its `input`. The result says of every target of the route why it is left
        out, and in which order the others come.
        """
        return self._native.explain(fields)

    def report_reward(
        self,
        reward: float,
        *,
        reply: object = None,
        route: str | None = None,
        target: str | None = None,
        id: str | None = None,
    ) -> None:
        """Tells how good a reply was, from 0 to 1; the strategy `bandit` learns from it.

        Either `reply` (a reply of a route, the last chunk of its stream, or its trace), or
        `route` and `target` (`provider/model`), with the trace's `id` where it is known.
        Sends nothing, and may come at any time after the reply: it counts from now on. A
        second report of the same reply takes the place of the first, as far as that is
        among the latest 4,096 of the route; a report without an id always counts. A route
        of another strategy keeps the rewards too. A reply whose request a rule or a split
        sent on counts for the route that served it. Clients that share connections share them.

        Raises BadRequestError for a reward outside 0 to 1, a route that is not there, a
        target that is none of it, and a reply that no route served, because a rule or a
        split led straight to a target; `param` names the place.
        """
        given = {"reward": reward, "reply": reply, "route": route, "target": target, "id": id}
        self._native.report_reward(given)

    def replay(self, trace: object) -> Replay:
        """The same as `roocode.replay`."""
        from ._routing import replay

        return replay(trace)

    def stats(self) -> StatsTable:
        """What was seen of every target that was asked, by name.

        Clients that share connections share it. Data frames take it as it is, through Arrow:
        `polars.DataFrame(client.stats())`.
        """
        from ._stats import StatsTable

        return StatsTable(self._native.stats())

    def _close(self) -> None:
        self._closed = True
        self._native.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{' (closed)' if self._closed else ''}>"


class Roocode(_Client, Calls):
    """Asks AI providers, and waits for the answer.

    May be used by several threads at once, in a running event loop (a notebook)
    as well, and after a fork.
    """

    _chat = Chat
    _embeddings = EmbeddingsResource
    _rerank = RerankResource
    _models = Models
    _responses = Responses
    _messages = Messages
    _tokens = TokensResource
    _completions = TextCompletionsResource
    _batches = BatchesResource
    _images = ImagesResource
    _audio = Audio
    _moderations = ModerationsResource
    chat: Chat
    embeddings: EmbeddingsResource
    rerank: RerankResource
    models: Models
    responses: Responses
    messages: Messages
    tokens: TokensResource
    completions: TextCompletionsResource
    batches: BatchesResource
    images: ImagesResource
    audio: Audio
    moderations: ModerationsResource

    def close(self) -> None:
        """Ends the client: later calls are errors."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()


class AsyncRoocode(_Client, AsyncCalls):
    """Asks AI providers, for `await`. May be used by several event loops at once."""

    _chat = AsyncChat
    _embeddings = AsyncEmbeddingsResource
    _rerank = AsyncRerankResource
    _models = AsyncModels
    _responses = AsyncResponses
    _messages = AsyncMessages
    _tokens = AsyncTokensResource
    _completions = AsyncTextCompletionsResource
    _batches = AsyncBatchesResource
    _images = AsyncImagesResource
    _audio = AsyncAudio
    _moderations = AsyncModerationsResource
    chat: AsyncChat
    embeddings: AsyncEmbeddingsResource
    rerank: AsyncRerankResource
    models: AsyncModels
    responses: AsyncResponses
    messages: AsyncMessages
    tokens: AsyncTokensResource
    completions: AsyncTextCompletionsResource
    batches: AsyncBatchesResource
    images: AsyncImagesResource
    audio: AsyncAudio
    moderations: AsyncModerationsResource

    async def close(self) -> None:
        """Ends the client: later calls are errors."""
        self._close()

    async def aclose(self) -> None:
        """The same as `close`."""
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._close()
