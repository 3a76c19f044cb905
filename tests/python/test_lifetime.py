"""Loops, threads, cancelling, memory: nothing leaks and nothing hangs."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import resource
import selectors
import sys
import threading
import time
import weakref
from collections.abc import Callable

import pytest

import roocode
from conftest import HELLO, PACED, SLOW, providers, times, until
from roocode import AsyncRoocode, Roocode, _native
from roocode.testing import MockServer


def stopped(server: MockServer) -> bool:
    return until(lambda: server.counters["active_requests"] == 0)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def ask(client: AsyncRoocode, **fields: object) -> str | None:
    reply = await client.chat.completions.create(model="mock/m", messages=HELLO, **fields)
    return reply.choices[0].message.content


def test_create_is_a_coroutine_function(async_client: AsyncRoocode) -> None:
    assert asyncio.iscoroutinefunction(async_client.chat.completions.create)

    async def main() -> None:
        task = asyncio.create_task(async_client.chat.completions.create(model="mock/m", messages=HELLO))
        assert (await task).choices

    asyncio.run(main())


def test_many_at_once(async_client: AsyncRoocode) -> None:
    async def main() -> list[str | None]:
        return list(await asyncio.gather(*(ask(async_client) for _ in range(200))))

    assert asyncio.run(main()) == ["You said: Hello"] * 200


def test_cancel(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts(SLOW)

    async def main() -> None:
        task = asyncio.create_task(ask(async_client))
        assert await asyncio.to_thread(until, lambda: server.counters["active_requests"] == 1)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    start = time.monotonic()
    asyncio.run(main())
    assert stopped(server)
    assert time.monotonic() - start < 5
    assert server.requests[-1]["outcome"] == "client_left"


def test_cancel_before_the_first_step(async_client: AsyncRoocode, server: MockServer) -> None:
    async def main() -> None:
        task = asyncio.create_task(ask(async_client))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert server.requests == []


def test_wait_for(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts(SLOW)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(ask(async_client), 0.1)
        assert await asyncio.wait_for(asyncio.to_thread(stopped, server), 5)

    asyncio.run(main())


def test_shield_and_wait(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"latency_ms": 100})

    async def main() -> None:
        task = asyncio.ensure_future(ask(async_client))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), 0.01)
        assert await task
        done, pending = await asyncio.wait(
            [asyncio.create_task(ask(async_client)) for _ in range(3)], return_when=asyncio.FIRST_COMPLETED
        )
        assert done
        for task in pending:
            task.cancel()

    asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.11 has task groups")
def test_task_group(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts(SLOW)

    async def fail() -> None:
        await asyncio.sleep(0.1)
        raise LookupError

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(ask(async_client))
            group.create_task(fail())

    with pytest.raises(BaseExceptionGroup) as caught:  # noqa: F821
        asyncio.run(main())
    assert caught.group_contains(LookupError)
    assert stopped(server)


def test_context_variables_are_kept(async_client: AsyncRoocode) -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name")

    async def one(value: str) -> None:
        name.set(value)
        await ask(async_client)
        assert name.get() == value

    async def main() -> None:
        await asyncio.gather(*(one(str(number)) for number in range(20)))

    asyncio.run(main())


def test_an_error_reaches_its_task(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"fault": {"kind": "status", "status": 403}})

    async def main() -> None:
        results = await asyncio.gather(*(ask(async_client) for _ in range(5)), return_exceptions=True)
        assert [type(result) for result in results] == [roocode.PermissionDeniedError] * 5

    asyncio.run(main())


def test_keyboard_interrupt_in_a_callback_ends_the_loop(async_client: AsyncRoocode) -> None:
    async def interrupted() -> None:
        await ask(async_client)
        raise KeyboardInterrupt

    async def main() -> None:
        others = [asyncio.create_task(ask(async_client)) for _ in range(5)]
        await asyncio.gather(interrupted(), *others)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())


def test_loops_one_after_another_leave_nothing(async_client: AsyncRoocode) -> None:
    asyncio.run(ask(async_client))
    gc.collect()
    before = descriptors()
    for _ in range(times(50, 1_000)):
        assert asyncio.run(ask(async_client)) == "You said: Hello"
    gc.collect()
    assert descriptors() <= before + 2
    assert _native._hub_count() <= 2


def test_a_closed_loop_that_is_kept_gives_its_descriptor_back(async_client: AsyncRoocode) -> None:
    asyncio.run(ask(async_client))
    kept = []
    before = descriptors()
    for _ in range(20):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(ask(async_client))
        loop.close()
        kept.append(loop)
    assert descriptors() <= before + 2


def test_loops_in_threads(async_client: AsyncRoocode) -> None:
    results: list[str | None] = []

    def work() -> None:
        async def main() -> None:
            for _ in range(10):
                results.append(await ask(async_client))

        asyncio.run(main())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["You said: Hello"] * 60


def test_loop_closed_while_pending(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts(SLOW)
    loop = asyncio.new_event_loop()
    task = loop.create_task(ask(async_client))
    loop.run_until_complete(asyncio.sleep(0.1))
    assert server.counters["active_requests"] == 1
    task._log_destroy_pending = False
    loop.close()
    gone = weakref.ref(task)
    del task, loop
    gc.collect()
    assert gone() is None
    assert stopped(server)
    server.set_scripts([])
    assert asyncio.run(ask(async_client)) == "You said: Hello"


def test_loop_closed_with_a_reply_on_its_way(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts({"latency_ms": 100})
    loop = asyncio.new_event_loop()
    task = loop.create_task(ask(async_client))
    loop.run_until_complete(asyncio.sleep(0.05))
    task._log_destroy_pending = False
    loop.close()
    time.sleep(0.2)
    del task, loop
    gc.collect()
    assert asyncio.run(ask(async_client)) == "You said: Hello"


def test_a_dropped_call_stops_its_request(async_client: AsyncRoocode, server: MockServer) -> None:
    server.set_scripts(SLOW)

    async def main() -> None:
        waiter = async_client._native.create_async("chat", {"model": "mock/m", "messages": HELLO}, False)
        assert await asyncio.to_thread(until, lambda: server.counters["active_requests"] == 1)
        del waiter
        assert await asyncio.to_thread(stopped, server)

    asyncio.run(main())


class BlindLoop(asyncio.SelectorEventLoop):
    """A loop that watches no descriptors for us, as Windows' default one."""

    def add_reader(self, *_: object) -> None:
        raise NotImplementedError


def test_a_loop_without_add_reader(async_client: AsyncRoocode, server: MockServer) -> None:
    loop = BlindLoop(selectors.DefaultSelector())
    threads = threading.active_count()
    try:

        async def main() -> None:
            for _ in range(20):
                assert await ask(async_client) == "You said: Hello"
            assert set(await asyncio.gather(*(ask(async_client) for _ in range(50)))) == {"You said: Hello"}
            stream = await async_client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
            assert [chunk async for chunk in stream]
            server.set_scripts(SLOW)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(ask(async_client), 0.1)

        loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    del loop
    gc.collect()
    assert until(lambda: threading.active_count() <= threads)


def test_uvloop(async_client: AsyncRoocode) -> None:
    uvloop = pytest.importorskip("uvloop")
    loop = uvloop.new_event_loop()
    assert loop.run_until_complete(ask(async_client)) == "You said: Hello"
    loop.close()


def memory() -> int:
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def check_flat(work: Callable[[], None]) -> None:
    """Sixteen rounds of `work`: once warm, no more memory from one to the next.

    What a round leaves resident wanders by a mebibyte or so: the slope of that over
    twelve rounds is some 0.06 a round, a fifth of what is held to be a leak.
    """
    figures = []
    for _ in range(16):
        work()
        figures.append(memory() / 2**20)
    warm = figures[4:]
    middle, mean = (len(warm) - 1) / 2, sum(warm) / len(warm)
    above = sum((at - middle) * (each - mean) for at, each in enumerate(warm))
    growth = above / sum((at - middle) ** 2 for at in range(len(warm)))
    shown = f"resident MiB after each round: {figures}; growth {growth:.2f} a round"
    print(shown)
    assert growth < 0.3, shown


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_memory_is_flat_over_calls(client: Roocode, server: MockServer) -> None:
    with MockServer(log_limit=0) as server:
        client = Roocode(providers=providers(server))
        asynchronous = AsyncRoocode(providers=providers(server))

        async def many(count: int) -> None:
            for _ in range(count // 50):
                await asyncio.gather(*(ask(asynchronous) for _ in range(50)))

        def work(count: int) -> None:
            for _ in range(count // 2):
                client.chat.completions.create(model="mock/m", messages=HELLO)
            asyncio.run(many(count // 2))

        check_flat(lambda: work(times(400, 1_250)))


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_memory_is_flat_over_abandoned_streams(server: MockServer) -> None:
    with MockServer(PACED, log_limit=0) as server:
        client = Roocode(providers=providers(server))
        asynchronous = AsyncRoocode(providers=providers(server))

        async def abandon(count: int) -> None:
            for _ in range(count):
                stream = await asynchronous.chat.completions.create(
                    model="mock/m", messages=HELLO, stream=True
                )
                async for _chunk in stream:
                    break
                del stream

        def work(count: int) -> None:
            for _ in range(count // 2):
                stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
                next(stream)
                del stream
            asyncio.run(abandon(count // 2))

        work(20)
        open_before = descriptors()
        check_flat(lambda: work(times(40, 125)))
        assert until(lambda: server.counters["active_requests"] == 0)
        assert until(lambda: descriptors() <= open_before + 5)
