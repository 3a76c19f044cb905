"""Exit, signals, fork: in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import HELLO, PACED, SLOW, providers, run_script, times, until
from roocode import Roocode
from roocode.testing import MockServer

BEGIN = """if True:
    import asyncio, gc, os, signal, sys, threading, time
    import roocode
    url = sys.argv[1]
    PROVIDERS = [{"name": "mock", "kind": "custom", "base_url": url + "/v1", "api_key": "k"}]
    ASK = {"model": "mock/m", "messages": [{"role": "user", "content": "Hello"}]}
    client = roocode.Roocode(providers=PROVIDERS, max_retries=0)
    later = roocode.AsyncRoocode(providers=PROVIDERS, max_retries=0)
    create, acreate = client.chat.completions.create, later.chat.completions.create
"""

ENDINGS = {
    "one request": "create(**ASK)",
    "one request, awaited": "asyncio.run(acreate(**ASK))",
    "a stream half read": "stream = create(**ASK, stream=True); next(stream)",
    "a stream half read, awaited": """
    async def main():
        global stream
        stream = await acreate(**ASK, stream=True)
        await stream.__anext__()
    asyncio.run(main())""",
    "a call pending": """
    async def main():
        global task
        task = asyncio.create_task(acreate(**ASK, stream=True))
        await asyncio.sleep(0.01)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    task._log_destroy_pending = False""",
    "a thread in a call": """
    threading.Thread(target=lambda: [create(**ASK) for _ in range(10**9)], daemon=True).start()
    time.sleep(0.05)""",
    "a thread in a loop": """
    async def main():
        while True:
            await asyncio.gather(*(acreate(**ASK) for _ in range(10)))
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    time.sleep(0.05)""",
}


def script(body: str) -> str:
    return BEGIN + "    " + body.strip() + "\n"


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_interpreter_ends_well(server: MockServer, ending: str) -> None:
    if ending.startswith("a stream") or ending == "a call pending":
        server.set_scripts(PACED)
    runs = times(6, 200)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: run_script(script(ENDINGS[ending]), server.url), range(runs)))
    failed = [(result.returncode, result.stderr) for result in results if result.returncode or result.stderr]
    assert failed == []
    assert until(lambda: server.counters["active_requests"] == 0)


@pytest.mark.parametrize("streamed", [False, True])
def test_ctrl_c_stops_a_sync_call(server: MockServer, streamed: bool) -> None:
    server.set_scripts({"stream": {"chunks": 2, "chunk_interval_ms": 30_000}} if streamed else SLOW)
    body = """
    print("ready", flush=True)
    try:
        list(create(**ASK, stream=True)) if STREAMED else create(**ASK)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        gc.collect()
        # The client goes on working.
        print(create(**{**ASK, "model": "mock/quick"}, timeout=5).model, flush=True)
    """.replace("STREAMED", str(streamed))
    server.set_scripts(
        [
            {"when": {"model": "quick"}},
            {"stream": {"chunks": 2, "chunk_interval_ms": 30_000}} if streamed else SLOW,
        ]
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script(body), server.url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert until(lambda: server.counters["active_requests"] == 1)
    time.sleep(0.1)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    assert time.monotonic() - start < 5
    assert process.stdout.readline() == "quick\n"
    process.stdout.close()
    assert process.wait(10) == 0
    assert server.counters["clients_left"] == 1


FORKS = """
    create(**ASK)
    asyncio.run(acreate(**ASK))
    stream = create(**ASK, stream=True)
    next(stream)
    def child():
        assert create(**ASK).choices
        assert client.with_options(timeout=5).chat.completions.create(**ASK).choices
        async def main():
            assert (await acreate(**ASK)).choices
            assert [chunk async for chunk in await acreate(**ASK, stream=True)]
        asyncio.run(main())
        try:
            list(stream)
        except roocode.APIConnectionError as error:
            assert "fork" in str(error)
        else:
            raise AssertionError
        gc.collect()
    for _ in range(RUNS):
        pid = os.fork()
        if pid == 0:
            try:
                child()
            except BaseException:
                import traceback
                traceback.print_exc()
                os._exit(1)
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert create(**ASK).choices
    assert len(list(stream)) > 2
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_after_use(server: MockServer) -> None:
    done = run_script(script(FORKS.replace("RUNS", str(times(5, 100)))), server.url, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_before_use(server: MockServer) -> None:
    body = """
    pid = os.fork()
    for _ in range(3):
        assert create(**ASK).choices
        asyncio.run(acreate(**ASK))
    if pid:
        assert os.waitpid(pid, 0)[1] == 0
    """
    done = run_script(script(body), server.url)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_in_a_running_call(server: MockServer) -> None:
    """Another thread is in the middle of a call when the process forks."""
    body = """
    def work():
        for _ in range(200):
            create(**ASK)
    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            assert create(**ASK, timeout=10).choices
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
    thread.join()
    """
    done = run_script(script(body), server.url)
    assert done.returncode == 0, done.stderr


def answer(url: str) -> str | None:
    client = Roocode(providers=[{"name": "mock", "kind": "custom", "base_url": url + "/v1", "api_key": "k"}])
    return client.chat.completions.create(model="mock/m", messages=HELLO).choices[0].message.content


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_multiprocessing(server: MockServer, method: str) -> None:
    used = Roocode(providers=providers(server))
    used.chat.completions.create(model="mock/m", messages=HELLO)
    context: Any = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        assert pool.map(answer, [server.url] * 4) == ["You said: Hello"] * 4


def test_the_mock_server_survives_a_fork_and_an_exit() -> None:
    body = """if True:
        import os
        from roocode.testing import MockServer
        server = MockServer()
        pid = os.fork()
        if pid:
            assert os.waitpid(pid, 0)[1] == 0
    """
    done = run_script(body)
    assert (done.returncode, done.stderr) == (0, "")
