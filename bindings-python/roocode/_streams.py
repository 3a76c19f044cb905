"""Streamed replies."""

from __future__ import annotations

from ._native import AsyncStream, ChatStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator
    from typing import Any

    from typing_extensions import Self

    from .types import (
        ChatCompletion,
        ChatCompletionChunk,
        Completion,
        MessageEvent,
        MessageReply,
        ModelResponse,
        ResponseEvent,
    )

__all__ = [
    "AsyncChatStream",
    "AsyncCompletionStream",
    "AsyncMessageStream",
    "AsyncResponseStream",
    "ChatStream",
    "CompletionStream",
    "MessageStream",
    "ResponseStream",
]


class _AsyncStream(AsyncStream):
    __slots__ = ()

    async def close(self) -> None:
        """Closes the connection. What was not read is lost."""
        self._close()

    async def aclose(self) -> None:
        """The same as `close`."""
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._close()

    async def _read(self) -> None:
        # No loop over the stream: to give up on this is no reason to close it.
        ended = False
        while not ended:
            try:
                await self.__anext__()
            except StopAsyncIteration:
                ended = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncChatStream(_AsyncStream):
    """A streamed reply: `async for chunk in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]: ...
        def __anext__(self) -> Awaitable[ChatCompletionChunk]: ...

    async def get_final_completion(self) -> ChatCompletion:
        """Reads the rest and gives the sum of all chunks: the reply as a whole."""
        await self._read()
        completion: ChatCompletion = self._sum()
        return completion


class AsyncResponseStream(_AsyncStream):
    """A streamed response: `async for event in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __aiter__(self) -> AsyncIterator[ResponseEvent]: ...
        def __anext__(self) -> Awaitable[ResponseEvent]: ...

    async def get_final_response(self) -> ModelResponse:
        """Reads the rest and gives the response as a whole."""
        await self._read()
        response: ModelResponse = self._sum()
        return response


class AsyncCompletionStream(_AsyncStream):
    """A streamed completion of a text: `async for piece in stream`. Leaving it closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __aiter__(self) -> AsyncIterator[Completion]: ...
        def __anext__(self) -> Awaitable[Completion]: ...

    async def get_final_completion(self) -> Completion:
        """Reads the rest and gives the sum of all pieces: the completion as a whole."""
        await self._read()
        completion: Completion = self._sum()
        return completion


class AsyncMessageStream(_AsyncStream):
    """A streamed message: `async for event in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __aiter__(self) -> AsyncIterator[MessageEvent]: ...
        def __anext__(self) -> Awaitable[MessageEvent]: ...

    async def get_final_message(self) -> MessageReply:
        """Reads the rest and gives the message as a whole."""
        await self._read()
        message: MessageReply = self._sum()
        return message


class _Stream:
    """The walk over a chat's stream, over another kind of items."""

    __slots__ = ("__weakref__", "_stream")

    def __init__(self, stream: ChatStream) -> None:
        self._stream: Any = stream

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stream)

    def __next__(self) -> Any:
        return next(self._stream)

    def close(self) -> None:
        """Closes the connection. What was not read is lost."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stream.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ResponseStream(_Stream):
    """A streamed response: `for event in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[ResponseEvent]: ...
        def __next__(self) -> ResponseEvent: ...

    def get_final_response(self) -> ModelResponse:
        """Reads the rest and gives the response as a whole."""
        response: ModelResponse = self._stream.get_final_completion()
        return response


class CompletionStream(_Stream):
    """A streamed completion of a text: `for piece in stream`. Leaving it closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Completion]: ...
        def __next__(self) -> Completion: ...

    def get_final_completion(self) -> Completion:
        """Reads the rest and gives the sum of all pieces: the completion as a whole."""
        completion: Completion = self._stream.get_final_completion()
        return completion


class MessageStream(_Stream):
    """A streamed message: `for event in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[MessageEvent]: ...
        def __next__(self) -> MessageEvent: ...

    def get_final_message(self) -> MessageReply:
        """Reads the rest and gives the message as a whole."""
        message: MessageReply = self._stream.get_final_completion()
        return message
