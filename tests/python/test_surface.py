"""The surface: clients, options, raw responses, the default client, cheap import."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

import roocode
from conftest import HELLO, providers, run_script
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer


def test_create(client: Roocode, server: MockServer) -> None:
    reply = client.chat.completions.create(model="mock/m", messages=HELLO, temperature=0.5, novel_field=1)
    assert reply.choices[0].message.content == "You said: Hello"
    assert reply.request_id
    assert reply.route is not None
    assert reply.route.provider == "mock"
    body = server.requests[-1]["body"]
    assert body == {"model": "m", "messages": HELLO, "temperature": 0.5, "novel_field": 1}


def test_extras(client: Roocode, server: MockServer) -> None:
    client.chat.completions.create(
        model="mock/m",
        messages=HELLO,
        extra_headers={"x-mine": "1"},
        extra_query={"q": "2"},
        extra_body={"mine": {"a": 3}},
    )
    request = server.requests[-1]
    assert request["headers"]["x-mine"] == "1"
    assert request["query"]["q"] == "2"
    assert request["body"]["mine"] == {"a": 3}


def test_raw_response(client: Roocode) -> None:
    raw = client.chat.completions.with_raw_response.create(model="mock/m", messages=HELLO)
    assert raw.status_code == 200
    assert raw.headers["Content-Type"] == raw.headers["content-type"] == "application/json"
    assert raw.request_id == raw.headers["x-request-id"]
    assert raw.json()["choices"][0]["message"]["content"] == "You said: Hello"
    assert raw.text.encode() == raw.content
    assert raw.parse().choices[0].message.content == "You said: Hello"
    assert "x-nothing" not in raw.headers
    assert len(raw.headers) == len(list(raw.headers))
    stream = client.chat.completions.with_raw_response.create(model="mock/m", messages=HELLO, stream=True)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.content == b""
    assert len(list(stream.parse())) > 1


def test_async_raw_response(async_client: AsyncRoocode) -> None:
    async def main() -> None:
        create = async_client.chat.completions.with_raw_response.create
        raw = await create(model="mock/m", messages=HELLO)
        assert raw.parse().choices[0].message.content == "You said: Hello"
        stream = await create(model="mock/m", messages=HELLO, stream=True)
        assert stream.status_code == 200
        assert len([chunk async for chunk in stream.parse()]) > 1

    asyncio.run(main())


def test_with_options(client: Roocode, server: MockServer) -> None:
    other = client.with_options(default_headers={"x-mine": "1"}, timeout=5)
    other.chat.completions.create(model="mock/m", messages=HELLO)
    client.chat.completions.create(model="mock/m", messages=HELLO)
    assert server.requests[0]["headers"]["x-mine"] == "1"
    assert "x-mine" not in server.requests[1]["headers"]
    # A request may open a connection before the last one's is handed back; with a pool
    # of its own each of these would open one.
    for _ in range(12):
        client.with_options(timeout=5).chat.completions.create(model="mock/m", messages=HELLO)
    assert server.counters["connections"] <= 6
    with pytest.raises(roocode.ConfigurationError):
        client.with_options(providers=[])


def test_providers(client: Roocode) -> None:
    (provider,) = client.providers.list()
    assert (provider["name"], provider["kind"], provider["ready"]) == ("mock", "custom", True)
    # A kind of the caller's own: its wire's operations, which nobody has seen work.
    assert provider["capabilities"]["chat"]["evidence"] == []
    (claude,) = (kind for kind in client.providers.kinds() if kind["kind"] == "anthropic")
    chat = claude["capabilities"]["chat"]
    assert chat["evidence"] == ["recording", "schema"]
    assert "recording" in chat["features"]["vision"] and "n" not in chat["features"]
    assert "rerank" not in claude["capabilities"]


def test_closed_clients_say_so(server: MockServer) -> None:
    with Roocode(providers=providers(server)) as client:
        assert not client.is_closed
    assert client.is_closed
    assert repr(client) == "<Roocode (closed)>"

    async def main() -> None:
        async with AsyncRoocode(providers=providers(server)) as client:
            await client.chat.completions.create(model="mock/m", messages=HELLO)
        with pytest.raises(roocode.ConfigurationError, match="closed"):
            await client.chat.completions.create(model="mock/m", messages=HELLO)

    asyncio.run(main())


def test_module_level(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from roocode import _default

    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/v1")
    monkeypatch.setattr(_default, "_client", None)
    reply = roocode.chat.completions.create(model="openai/m", messages=HELLO)
    assert reply.choices[0].message.content == "You said: Hello"
    first = _default.client()
    assert _default.client() is first
    first.close()
    assert _default.client() is not first
    assert any(provider["name"] == "openai" for provider in roocode.providers.list())


def test_sync_inside_a_running_loop(client: Roocode) -> None:
    async def main() -> None:
        assert client.chat.completions.create(model="mock/m", messages=HELLO).choices
        assert len(list(client.chat.completions.create(model="mock/m", messages=HELLO, stream=True))) > 1

    asyncio.run(main())


def test_threads(client: Roocode, server: MockServer) -> None:
    def work() -> None:
        for _ in range(20):
            assert client.chat.completions.create(model="mock/m", messages=HELLO).choices

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.counters["requests"] == 160


def test_names() -> None:
    assert set(roocode.__all__) <= set(dir(roocode))
    for name in roocode.__all__:
        if name not in ("chat", "providers"):
            assert getattr(roocode, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = roocode.nothing


def test_import_is_cheap() -> None:
    script = """if True:
        import resource, sys, time
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        import roocode
        roocode.Roocode
        took = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        heavy = {"asyncio", "typing", "json", "dataclasses", "roocode.types"} & set(sys.modules)
        print(used, sorted(heavy))
    """
    done = run_script(script)
    assert done.returncode == 0, done.stderr
    used, heavy = done.stdout.split(maxsplit=1)
    assert int(used) < 20 * 1024
    assert heavy.strip() == "[]"


def test_worker_threads() -> None:
    script = """if True:
        import roocode
        roocode.set_worker_threads(2)
        from roocode.testing import MockServer
        with MockServer() as server:
            client = roocode.Roocode(provider="custom", base_url=server.url + "/v1", api_key="k")
            client.chat.completions.create(model="custom/m", messages=[{"role": "user", "content": "x"}])
        for count in (0, 2):
            try:
                roocode.set_worker_threads(count)
            except (roocode.ConfigurationError, RuntimeError) as error:
                print(type(error).__name__)
    """
    done = run_script(script)
    assert (done.returncode, done.stdout) == (0, "ConfigurationError\nRuntimeError\n"), done.stderr


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs /proc")
def test_worker_threads_of_the_environment(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    script = """if True:
        import sys, time
        from pathlib import Path
        import roocode
        client = roocode.Roocode(provider="custom", base_url=sys.argv[1] + "/v1", api_key="k")
        try:
            client.chat.completions.create(model="custom/m", messages=[{"role": "user", "content": "x"}])
            # A thread names itself when it first runs: on a busy machine after the request.
            for _ in range(500):
                names = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
                if names.count("roocode\\n") >= 3:
                    break
                time.sleep(0.01)
            print(names.count("roocode\\n"))
        except roocode.ConfigurationError as error:
            print(error)
    """
    monkeypatch.setenv("ROOCODE_WORKER_THREADS", "3")
    assert run_script(script, server.url).stdout == "3\n"
    monkeypatch.setenv("ROOCODE_WORKER_THREADS", "many")
    assert "ROOCODE_WORKER_THREADS: allowed: 1 to 256" in run_script(script, server.url).stdout
