"""Streams: chunks, the sum, the end, closing, back-pressure."""

from __future__ import annotations

import asyncio
import gc
import threading
import time

import pytest

import roocode
from conftest import HELLO, PACED, times, until
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer


def left(server: MockServer) -> bool:
    return until(lambda: server.counters["active_requests"] == 0)


def test_chunks_and_sum(client: Roocode) -> None:
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    # To look whether it can be walked is not to leave it.
    assert iter(stream)
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "You said: Hello"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    for _ in range(3):
        assert next(stream, None) is None
    plain = client.chat.completions.create(model="mock/m", messages=HELLO)
    final = stream.get_final_completion()
    assert final == stream.get_final_completion()
    assert final.choices[0].message.content == plain.choices[0].message.content
    assert final.usage == plain.usage
    assert final.route is not None
    assert final.request_id


def test_sum_without_reading(client: Roocode) -> None:
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    assert stream.get_final_completion().choices[0].message.content == "You said: Hello"


@pytest.mark.parametrize("how", ["break", "close", "with", "drop"])
def test_leaving_early_closes_the_connection(client: Roocode, server: MockServer, how: str) -> None:
    server.set_scripts(PACED)
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    start = time.monotonic()
    if how == "with":
        with stream:
            next(stream)
    elif how == "close":
        next(stream)
        stream.close()
    else:
        for _ in stream:
            break
        del stream
        gc.collect()
    assert left(server)
    assert time.monotonic() - start < 5
    assert server.requests[-1]["outcome"] == "client_left"


def test_closed_stream(client: Roocode, server: MockServer) -> None:
    server.set_scripts(PACED)
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    stream.close()
    stream.close()
    assert list(stream) == []
    with pytest.raises(roocode.RequestCancelledError):
        stream.get_final_completion()


def test_closing_from_another_thread(client: Roocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 2, "chunk_interval_ms": 30_000}})
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    timer = threading.Timer(0.1, stream.close)
    timer.start()
    start = time.monotonic()
    assert len(list(stream)) <= 2
    assert time.monotonic() - start < 5
    assert left(server)
    timer.join()


def test_two_readers_at_once(client: Roocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 2, "chunk_interval_ms": 500}})
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    time.sleep(0.1)
    with pytest.raises(ValueError, match="another thread"):
        next(stream)
    reader.join()


def test_async_chunks_and_sum(async_client: AsyncRoocode) -> None:
    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        chunks = [chunk async for chunk in stream]
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "You said: Hello"
        for _ in range(3):
            with pytest.raises(StopAsyncIteration):
                await stream.__anext__()
        final = await stream.get_final_completion()
        assert final.choices[0].message.content == "You said: Hello"

    asyncio.run(main())


@pytest.mark.parametrize("how", ["break", "close", "with", "cancel"])
def test_leaving_early_async(async_client: AsyncRoocode, server: MockServer, how: str) -> None:
    server.set_scripts(PACED)

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        if how == "with":
            async with stream:
                await stream.__anext__()
        elif how == "close":
            await stream.__anext__()
            await stream.close()
            assert [chunk async for chunk in stream] == []
        elif how == "cancel":

            async def read() -> None:
                nonlocal stream
                mine, stream = stream, None
                async for _ in mine:
                    pass

            task = asyncio.create_task(read())
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            # Its exception's traceback holds its variables, before Python 3.11.
            del task
        else:
            async for _ in stream:
                break
            del stream
        gc.collect()
        assert await asyncio.to_thread(left, server)

    asyncio.run(main())
    assert server.requests[-1]["outcome"] == "client_left"


def test_closing_wakes_who_waits(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 2, "chunk_interval_ms": 30_000}})

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)

        async def read() -> int:
            return len([chunk async for chunk in stream])

        task = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        await stream.aclose()
        assert await asyncio.wait_for(task, 2) <= 2

    asyncio.run(main())


def test_a_timeout_loses_no_chunk(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 10, "chunk_interval_ms": 30}})

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        text, timeouts = "", 0
        while True:
            try:
                chunk = await asyncio.wait_for(stream.__anext__(), 0.01)
            except asyncio.TimeoutError:
                timeouts += 1
                continue
            except StopAsyncIteration:
                break
            text += chunk.choices[0].delta.content or ""
        assert timeouts > 3
        assert (await stream.get_final_completion()).choices[0].message.content == text

    asyncio.run(main())


def test_two_async_readers_share_the_chunks(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 40, "chunk_interval_ms": 1}})

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)

        async def read() -> list[str]:
            return [chunk.choices[0].delta.content or "" async for chunk in stream]

        parts = await asyncio.wait_for(asyncio.gather(read(), read()), 10)
        final = (await stream.get_final_completion()).choices[0].message.content or ""
        assert sorted("".join(parts[0] + parts[1])) == sorted(final)

    asyncio.run(main())


def test_broken_stream_async(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"reply": {"content": "one two three"}, "fault": {"kind": "cut", "after_chunks": 2}})

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        received = ""
        with pytest.raises(roocode.StreamInterruptedError) as caught:
            async for chunk in stream:
                received += chunk.choices[0].delta.content or ""
        assert caught.value.partial is not None
        assert caught.value.partial.choices[0].message.content == received != ""
        assert [chunk async for chunk in stream] == []
        with pytest.raises(roocode.StreamInterruptedError):
            await stream.get_final_completion()

    asyncio.run(main())


def test_a_slow_reader_slows_the_provider(
    async_client: AsyncRoocode, client: Roocode, server: MockServer
) -> None:
    """What is read ahead is bounded: the server cannot send all of a long stream."""
    server.set_scripts({"reply": {"content": "x" * 40_000_000}, "stream": {"chunks": 1_000}})

    def ends_unread() -> bool:
        return until(lambda: server.counters["active_requests"] == 0, 2)

    async def main() -> None:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        await stream.__anext__()
        assert not await asyncio.to_thread(ends_unread)
        # Read on, it ends.
        final = await stream.get_final_completion()
        assert len(final.choices[0].message.content or "") == 40_000_000

    asyncio.run(main())
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    next(stream)
    assert not ends_unread()
    stream.close()


def test_long_streams_lose_nothing(async_client: AsyncRoocode, client: Roocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": times(3_000, 50_000)}})
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert text == stream.get_final_completion().choices[0].message.content

    async def main() -> str:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(main()) == text


def test_many_async_streams(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"stream": {"chunks": 20, "chunk_interval_ms": 2}})

    async def one() -> str:
        stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def main() -> list[str]:
        return list(await asyncio.gather(*(one() for _ in range(50))))

    texts = asyncio.run(main())
    assert len(set(texts)) == 1
