"""A panic in native code is an error of its own call; the client and the loop go on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import roocode
from conftest import HELLO, SLOW, until
from roocode import AsyncRoocode, Roocode, _native, _raw
from roocode.testing import MockServer

# Compiled out of what is published.
faults = pytest.mark.skipif(not hasattr(_native, "_panic_next"), reason="built without the feature `faults`")


class Raising(Mapping[str, Any]):
    """An argument that raises when it is read."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __getitem__(self, name: str) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        raise self.error

    def __len__(self) -> int:
        return 1


@pytest.fixture
def panic(client: Roocode) -> BaseException:
    """What pyo3 makes of a panic; where Python raises it into native code, that panics again."""
    with pytest.raises(LookupError):
        client.chat.completions.create(model="mock/m", messages=HELLO, extra_body=Raising(LookupError()))
    (kind,) = (each for each in BaseException.__subclasses__() if each.__name__ == "PanicException")
    return kind("as the test asks")


def check(error: BaseException | None) -> None:
    assert type(error) is roocode.InternalError
    assert "panicked" in str(error)
    assert error.source in ("as the test asks", "as a test asks")


def works(client: Roocode) -> bool:
    return (
        client.chat.completions.create(model="mock/m", messages=HELLO).choices[0].message.content is not None
    )


async def ask(client: AsyncRoocode, **fields: object) -> Any:
    return await client.chat.completions.create(model="mock/m", messages=HELLO, **fields)


def test_in_a_method(client: Roocode, async_client: AsyncRoocode, panic: BaseException) -> None:
    given = {"model": "mock/m", "messages": HELLO, "extra_body": Raising(panic)}
    with pytest.raises(roocode.InternalError) as caught:
        client.chat.completions.create(**given)
    check(caught.value)
    with pytest.raises(roocode.InternalError):
        client.with_options(default_headers=Raising(panic))
    with pytest.raises(roocode.InternalError):
        Roocode(default_headers=Raising(panic))
    with pytest.raises(roocode.InternalError):
        roocode.types.ChatMessage(content=Raising(panic))
    with pytest.raises(roocode.InternalError):
        MockServer({"reply": Raising(panic)})
    assert works(client)

    async def main() -> None:
        results = await asyncio.gather(
            ask(async_client, extra_body=Raising(panic)), ask(async_client), return_exceptions=True
        )
        check(results[0])
        assert results[1].choices

    asyncio.run(main())


def test_while_a_reply_is_handed_over(
    client: Roocode, async_client: AsyncRoocode, panic: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise panic

    monkeypatch.setattr(_raw, "RawResponse", raises)
    for stream in (False, True):
        with pytest.raises(roocode.InternalError) as caught:
            client.chat.completions.with_raw_response.create(model="mock/m", messages=HELLO, stream=stream)
        check(caught.value)

        async def main(stream: bool = stream) -> None:
            create = async_client.chat.completions.with_raw_response.create
            results = await asyncio.gather(
                create(model="mock/m", messages=HELLO, stream=stream),
                ask(async_client),
                return_exceptions=True,
            )
            check(results[0])
            assert results[1].choices

        asyncio.run(main())
    assert works(client)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers of the system")
def test_in_a_signal_handler(client: Roocode, server: MockServer, panic: BaseException) -> None:
    def raises(*_: object) -> None:
        raise panic

    server.set_scripts(SLOW)
    before = signal.signal(signal.SIGALRM, raises)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(roocode.InternalError) as caught:
            works(client)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    check(caught.value)
    assert until(lambda: server.counters["active_requests"] == 0)
    server.set_scripts([])
    assert works(client)


@faults
@pytest.mark.parametrize("stream", [False, True])
def test_in_a_call(client: Roocode, stream: bool) -> None:
    _native._panic_next()
    with pytest.raises(roocode.InternalError) as caught:
        reply = client.chat.completions.create(model="mock/m", messages=HELLO, stream=stream)
        list(reply)
    check(caught.value)
    if stream:
        assert list(reply) == []
        with pytest.raises(roocode.InternalError):
            reply.get_final_completion()
    assert works(client)


@faults
@pytest.mark.parametrize("stream", [False, True])
def test_in_a_task_of_the_runtime(async_client: AsyncRoocode, server: MockServer, stream: bool) -> None:
    async def read() -> Any:
        reply = await ask(async_client, stream=stream)
        return [chunk async for chunk in reply] if stream else reply

    async def main() -> None:
        _native._panic_next()
        # A task that nobody wakes would wait for ever.
        results = await asyncio.wait_for(asyncio.gather(read(), read(), return_exceptions=True), 10)
        failed = [result for result in results if isinstance(result, BaseException)]
        assert len(failed) == 1
        check(failed[0])
        assert await read()

    asyncio.run(main())
    assert until(lambda: server.counters["active_requests"] == 0)
