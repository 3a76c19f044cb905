"""Streamed replies."""

from __future__ import annotations

from ._native import AsyncStream, ChatStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import ChatCompletion

__all__ = ["AsyncChatStream", "ChatStream"]


class AsyncChatStream(AsyncStream):
    """A streamed reply: `async for chunk in stream`. Leaving the loop closes the connection."""

    __slots__ = ()

    async def close(self) -> None:
        """Closes the connection. What was not read is lost."""
        self._close()

    async def aclose(self) -> None:
        """The same as `close`."""
        self._close()

    async def __aenter__(self) -> AsyncChatStream:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._close()

    async def get_final_completion(self) -> ChatCompletion:
        """Reads the rest and gives the sum of all chunks: the reply as a whole."""
        # No loop over the stream: to give up on this is no reason to close it.
        ended = False
        while not ended:
            try:
                await self.__anext__()
            except StopAsyncIteration:
                ended = True
        return self._sum()

    def __repr__(self) -> str:
        return "<AsyncChatStream>"
