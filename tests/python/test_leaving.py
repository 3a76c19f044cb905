"""Who leaves a call or a stream closes its connection at once, as the server sees it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import roocode
from conftest import HELLO, times
from provider import Provider
from roocode import AsyncChatStream, AsyncRoocode, ChatStream, Roocode


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


# A stream that flows, and one that has nothing to say when it is left.
models = pytest.mark.parametrize("model", ["mock/flowing", "mock/quiet"])


def broken_loop(stream: ChatStream) -> float:
    for _ in stream:
        break
    return time.monotonic()


def raising_loop(stream: ChatStream) -> float:
    with contextlib.suppress(LookupError):
        for _ in stream:
            raise LookupError
    return time.monotonic()


def closed(stream: ChatStream) -> float:
    next(stream)
    stream.close()
    return time.monotonic()


def context(stream: ChatStream) -> float:
    with stream:
        next(stream)
    return time.monotonic()


def closed_by_another_thread(stream: ChatStream) -> float:
    left = 0.0

    def close() -> None:
        nonlocal left
        time.sleep(0.1)
        left = time.monotonic()
        stream.close()

    thread = threading.Thread(target=close)
    thread.start()
    list(stream)
    thread.join()
    return left


@models
@pytest.mark.parametrize("leave", [broken_loop, raising_loop, closed, context, closed_by_another_thread])
def test_a_stream(provider: Provider, model: str, leave: Callable[[ChatStream], float]) -> None:
    client = Roocode(providers=provider.providers, max_retries=0)
    # It is held: that its loop was left is enough.
    stream = client.chat.completions.create(model=model, messages=HELLO, stream=True)
    provider.check_left(leave(stream))


@models
def test_a_dropped_stream(provider: Provider, model: str) -> None:
    client = Roocode(providers=provider.providers, max_retries=0)
    stream = client.chat.completions.create(model=model, messages=HELLO, stream=True)
    next(stream)
    left = time.monotonic()
    del stream
    provider.check_left(left)


async def async_broken_loop(stream: AsyncChatStream) -> float:
    async for _ in stream:
        break
    return time.monotonic()


async def async_closed(stream: AsyncChatStream) -> float:
    await stream.__anext__()
    left = time.monotonic()
    await stream.close()
    return left


async def async_context(stream: AsyncChatStream) -> float:
    async with stream:
        await stream.__anext__()
    return time.monotonic()


async def forever(stream: AsyncIterator[Any] | Any) -> None:
    async for _ in stream:
        pass
    await asyncio.sleep(60)


async def async_cancelled(stream: AsyncChatStream) -> float:
    task = asyncio.create_task(forever(stream))
    await asyncio.sleep(0.1)
    left = time.monotonic()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    return left


async def async_timed_out(stream: AsyncChatStream) -> float:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(forever(stream), 0.1)
    return time.monotonic()


@models
@pytest.mark.parametrize(
    "leave", [async_broken_loop, async_closed, async_context, async_cancelled, async_timed_out]
)
def test_an_async_stream(provider: Provider, model: str, leave: Callable[[AsyncChatStream], Any]) -> None:
    async def main() -> None:
        client = AsyncRoocode(providers=provider.providers, max_retries=0)
        stream = await client.chat.completions.create(model=model, messages=HELLO, stream=True)
        left = await leave(stream)
        await asyncio.to_thread(provider.check_left, left)
        assert stream

    asyncio.run(main())


async def ask(provider: Provider) -> Any:
    client = AsyncRoocode(providers=provider.providers, max_retries=0)
    return await client.chat.completions.create(model="mock/m", messages=HELLO)


def test_a_cancelled_task(provider: Provider) -> None:
    async def main() -> None:
        task = asyncio.create_task(ask(provider))
        await asyncio.to_thread(provider.wait_for_requests, 1)
        left = time.monotonic()
        task.cancel()
        await asyncio.to_thread(provider.check_left, left)

    asyncio.run(main())


def test_wait_for(provider: Provider) -> None:
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(ask(provider), 0.1)
        await asyncio.to_thread(provider.check_left, time.monotonic())

    asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.11 has task groups")
def test_a_task_group(provider: Provider) -> None:
    left = 0.0

    async def fail() -> None:
        nonlocal left
        await asyncio.to_thread(provider.wait_for_requests, 3)
        left = time.monotonic()
        raise LookupError

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(ask(provider))
            group.create_task(fail())

    with pytest.raises(BaseExceptionGroup):  # noqa: F821
        asyncio.run(main())
    provider.check_left(left, 3)


CTRL_C = """if True:
    import asyncio, sys, time
    import roocode
    PROVIDERS = [{"name": "mock", "kind": "custom", "base_url": sys.argv[1] + "/v1", "api_key": "k"}]
    ASK = {"model": "mock/quiet", "messages": [{"role": "user", "content": "Hello"}]}
    create = roocode.Roocode(providers=PROVIDERS, max_retries=0).chat.completions.create
    acreate = roocode.AsyncRoocode(providers=PROVIDERS, max_retries=0).chat.completions.create

    async def read():
        stream = await acreate(**ASK, stream=True)
        async for _ in stream:
            pass

    try:
        BODY
    except KeyboardInterrupt:
        # The process goes on.
        time.sleep(1)
"""

WAITING = {
    "a call": "create(**ASK)",
    "a stream": "stream = create(**ASK, stream=True); [0 for _ in stream]",
    "an awaited call": "asyncio.run(acreate(**ASK))",
    "an awaited stream": "asyncio.run(read())",
}


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("waiting", WAITING)
def test_ctrl_c(provider: Provider, waiting: str) -> None:
    runs = times(3, 20)
    for run in range(runs):
        script = CTRL_C.replace("BODY", WAITING[waiting])
        with subprocess.Popen([sys.executable, "-c", script, provider.url]) as process:
            provider.wait_for_requests(run + 1)
            # Not always at the same distance from the last look for signals.
            time.sleep(0.1 + run / runs * 0.05)
            left = time.monotonic()
            process.send_signal(signal.SIGINT)
            provider.check_left(left, run + 1)
        assert process.returncode == 0


def test_a_loop_that_was_left_is_not_gone_on_with(provider: Provider) -> None:
    """What would come is lost: an end without an error would hide it."""
    stream = Roocode(providers=provider.providers).chat.completions.create(
        model="mock/m", messages=HELLO, stream=True
    )
    # This is no loop, and neither is it its end.
    assert next(stream)
    for _ in stream:
        break
    with pytest.raises(roocode.RequestCancelledError, match="was left"):
        iter(stream)
    with pytest.raises(roocode.RequestCancelledError, match="was left"):
        next(stream)
    with pytest.raises(roocode.RequestCancelledError):
        stream.get_final_completion()

    async def main() -> None:
        client = AsyncRoocode(providers=provider.providers)
        stream = await client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        assert await stream.__anext__()
        async for _ in stream:
            break
        with pytest.raises(roocode.RequestCancelledError, match="was left"):
            aiter(stream)
        with pytest.raises(roocode.RequestCancelledError):
            await stream.get_final_completion()

    asyncio.run(main())


def test_a_loop_within_another_does_not_end_it(provider: Provider) -> None:
    stream = Roocode(providers=provider.providers).chat.completions.create(
        model="mock/m", messages=HELLO, stream=True
    )
    count = 0
    for _ in stream:
        for _ in stream:
            break
        count += 1
        if count == 3:
            break
    assert count == 3
