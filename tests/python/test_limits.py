"""What bounds requests and leaves targets alone."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from conftest import HELLO, run_script, until
from roocode import AsyncRoocode, NoTargetAvailableError, Roocode
from roocode.testing import MockServer
from roocode.types import Shortage


def provider(server: MockServer, name: str = "a", **more: Any) -> dict[str, Any]:
    url = server.url + "/v1"
    return {"name": name, "kind": "custom", "base_url": url, "api_key": "k", "models": ["m"], **more}


def test_who_waits_goes_by_priority_and_is_told_when_the_line_is_full() -> None:
    with MockServer([{"latency_ms": 50}]) as server:

        async def main() -> None:
            client = AsyncRoocode(
                providers=[provider(server, quota={"concurrency": 1})],
                resilience={"queue": {"most_waiting": 3}},
            )

            async def ask(priority: int) -> tuple[int, float]:
                routing: Any = {"priority": priority, "tenant": "t"}
                reply = await client.chat.completions.create(
                    model="m", messages=HELLO, user=str(priority), routing=routing
                )
                assert reply.route is not None
                return priority, reply.route.queued_ms or 0.0

            first = asyncio.create_task(ask(0))
            await asyncio.to_thread(until, lambda: server.counters["active_requests"] == 1)
            waiting = [asyncio.create_task(ask(priority)) for priority in (-1, 1, 2)]
            await asyncio.sleep(0.01)
            with pytest.raises(NoTargetAvailableError, match="most_waiting"):
                await ask(3)
            done = [await first, *(await asyncio.gather(*waiting))]
            queued = dict(done)
            assert queued[0] == 0 < queued[2] < queued[1] < queued[-1]
            await client.close()

        asyncio.run(main())


def test_adaptive_concurrency_is_shown_in_stats() -> None:
    with MockServer([{"fault": {"kind": "status", "status": 503}, "times": 1}, {}]) as server:
        adaptive = {"initial": 8, "decrease": 0.5}
        with Roocode(providers=[provider(server, adaptive_concurrency=adaptive)], max_retries=1) as client:
            assert client.chat.completions.create(model="m", messages=HELLO).choices
            assert client.stats()[0].concurrency_limit == 4


def test_a_provider_whose_checks_fail_is_left_out() -> None:
    check = {"path": "/health", "interval": 0.05, "timeout": 0.05, "unhealthy_after": 1}
    with (
        MockServer() as ill,
        MockServer() as well,
        Roocode(providers=[provider(ill, health_check=check), provider(well, "b")]) as client,
    ):
        first = client.chat.completions.create(model="m", messages=HELLO)
        assert first.route is not None and first.route.target == "a/m"

        def unhealthy() -> bool:
            health = client.stats()[0].health_check
            return health is not None and not health.healthy

        assert until(unhealthy)
        health = client.stats()[0].health_check
        assert health is not None and health.last_failure is not None and "404" in health.last_failure
        route = client.chat.completions.create(model="m", messages=HELLO).route
        assert route is not None and route.target == "b/m" and route.routing is not None
        short = route.routing.candidates[0].short
        assert isinstance(short, Shortage) and short.filter == "unhealthy"


CHECKED = """
import os, sys, time
from roocode import Roocode
check = {"path": "/models", "interval": 0.02, "timeout": 0.02}
provider = {"name": "a", "kind": "custom", "base_url": sys.argv[1] + "/v1", "api_key": "k"}
provider["health_check"] = check
client = Roocode(providers=[provider])
def checks():
    client.chat.completions.create(model="a/m", messages=[{"role": "user", "content": "Hello"}])
    before = client.stats()[0].health_check.checks
    end = time.monotonic() + 10
    while client.stats()[0].health_check.checks < before + 3:
        assert time.monotonic() < end, client.stats()
        time.sleep(0.01)
checks()
FORK
"""


def test_checks_keep_no_process_alive(server: MockServer) -> None:
    done = run_script(CHECKED.replace("FORK", ""), server.url, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_made_by_fork_checks_too(server: MockServer) -> None:
    fork = """
pid = os.fork()
checks()
if pid:
    assert os.waitpid(pid, 0)[1] == 0
"""
    done = run_script(CHECKED.replace("FORK", fork), server.url, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
