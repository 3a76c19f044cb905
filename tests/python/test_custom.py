"""Functions of the caller's that order a route's targets."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import roocode
from conftest import HELLO, run_script, until
from roocode import AsyncRoocode, ConfigurationError, Roocode
from roocode.testing import MockServer
from roocode.types import OrderCandidate, OrderRequest, RoutingTrace

KEY = "sk-a-long-secret-key"


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer([{"reply": {"content": "x"}}]) as server:
        yield server


def config(server: MockServer, strategy: Any) -> dict[str, Any]:
    provider = {"kind": "custom", "base_url": server.url + "/v1", "api_key": KEY}
    targets = ["a/m", {"target": "b/m", "weight": 2, "quality": 0.5}, "c/m"]
    return {
        "providers": [{**provider, "name": name, "tags": [name]} for name in ("a", "b", "c")],
        "routes": {"r": {"targets": targets, "strategy": strategy}},
    }


def ask(client: Roocode, **more: Any) -> tuple[str | None, RoutingTrace]:
    route = client.chat.completions.create(model="r", messages=HELLO, **more).route
    assert route is not None and route.routing is not None
    return route.target, route.routing


def why(trace: RoutingTrace) -> str | None:
    step = trace.steps[0]
    return step.why if step.step == "order_failed" else None


def test_it_sees_the_targets_and_the_request(server: MockServer) -> None:
    seen: list[tuple[list[OrderCandidate], OrderRequest]] = []

    def best(candidates: list[OrderCandidate], request: OrderRequest) -> list[OrderCandidate]:
        seen.append((candidates, request))
        return sorted(candidates, key=lambda candidate: candidate.quality or 0, reverse=True)

    with Roocode(**config(server, best)) as client:
        target, trace = ask(client, routing={"task": "sum"})
        assert target == "b/m" and why(trace) is None
        assert roocode.replay(trace).same
        assert len(seen) == 1, "once for each decision"
        candidates, request = seen[0]
        assert [each.name for each in candidates] == ["a/m", "b/m", "c/m"]
        assert isinstance(candidates[1], OrderCandidate)
        assert (candidates[1].weight, candidates[1].facts.tags, candidates[1].in_flight) == (2, ["b"], 0)
        assert candidates[1].available and candidates[1].expected_cost_usd is None
        assert (request.model, request.routing.task) == ("r", "sum")
        assert KEY not in repr(seen)
        # An explanation asks too; where there is no choice nobody is asked.
        explained = client.explain(model="r", messages=HELLO)
        assert explained.steps[0].target == 1 and len(seen) == 2
        assert ask(client, routing={"tags": ["c"]})[0] == "c/m"
        assert len(seen) == 2


def raises(candidates: Any, request: Any) -> Any:
    raise ValueError(f"no {KEY} today")


async def waits(candidates: Any, request: Any) -> Any:
    return "b/m"


class Odd(BaseException):
    def __str__(self) -> str:
        raise RuntimeError


def throws(candidates: Any, request: Any) -> Any:
    raise Odd


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raises, "ValueError: no *** today"),
        (throws, "Odd"),
        (waits, "async"),
        (lambda candidates, request: "x/m", "`x/m`, which is none of the targets"),
        (lambda candidates, request: ["b/m", "b/m"], "`b/m` twice"),
        (lambda candidates, request: [], "no target"),
        (lambda candidates, request: None, "returned NoneType"),
        (lambda candidates, request: [1], "returned int"),
        (lambda: "b/m", "TypeError"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_fails_falls_back_and_says_so(server: MockServer, function: Any, said: str) -> None:
    strategy = {"type": "custom", "function": function, "then": "round_robin"}
    with Roocode(**config(server, strategy)) as client:
        for wanted in ("a/m", "b/m", "c/m"):
            target, trace = ask(client)
            assert target == wanted
            reason = why(trace)
            assert reason is not None and said in reason and KEY not in reason
            assert roocode.replay(trace).same


def test_one_that_hangs_is_left_behind(server: MockServer) -> None:
    release = threading.Event()

    def hang(candidates: Any, request: Any) -> str:
        release.wait(30)
        return "b/m"

    strategy = {"type": "custom", "function": hang, "timeout_seconds": 0.05}
    with Roocode(**config(server, strategy)) as client:
        # More than there are threads for it.
        for _ in range(20):
            target, trace = ask(client)
            assert target == "a/m"
            assert "within 0.05 s" in (why(trace) or "")
        busy = [thread for thread in threading.enumerate() if thread.name == "roocode-order"]
        assert len(busy) <= 16
        release.set()
        assert until(lambda: ask(client)[0] == "b/m"), "its threads came back"


def test_many_at_once_from_async(server: MockServer) -> None:
    def slow(candidates: Any, request: Any) -> str:
        time.sleep(0.002)
        return "c/m"

    async def main() -> None:
        async with AsyncRoocode(**config(server, slow)) as client:
            turns = 0

            async def turn() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            turning = asyncio.create_task(turn())
            replies = await asyncio.gather(
                *(client.chat.completions.create(model="r", messages=HELLO) for _ in range(50))
            )
            turning.cancel()
            assert {reply.route.target for reply in replies if reply.route} == {"c/m"}
            assert turns > 10, "the loop went on"
            stream = await client.chat.completions.create(model="r", messages=HELLO, stream=True)
            chunks = [chunk async for chunk in stream]
            assert chunks[-1].route is not None and chunks[-1].route.target == "c/m"

    asyncio.run(main())


def test_it_may_use_its_client(server: MockServer) -> None:
    client: Roocode

    def by_use(candidates: list[OrderCandidate], request: OrderRequest) -> list[str]:
        used = {stats.target: stats.requests for stats in client.stats()}
        client.chat.completions.create(model="c/m", messages=HELLO)
        return sorted((each.name for each in candidates), key=lambda name: used.get(name, 0))

    with Roocode(**config(server, by_use)) as client:
        assert [ask(client)[0] for _ in range(3)] == ["a/m", "b/m", "a/m"]


def test_configurations_that_cannot_be(server: MockServer) -> None:
    function: Callable[..., str] = lambda candidates, request: "a/m"  # noqa: E731
    for strategy, place in (
        ("custom", "routes.r.strategy"),
        ({"type": "cheapest", "function": function}, "routes.r.strategy"),
        ({"type": "custom", "function": 3}, "routes.r.strategy.function"),
        ({"type": "custom", "function": function, "then": function}, "routes.r.strategy.then"),
        (
            {"type": "custom", "function": function, "timeout_seconds": -1},
            "routes.r.strategy.timeout_seconds",
        ),
    ):
        with pytest.raises(ConfigurationError) as caught:
            Roocode(**config(server, strategy))
        assert caught.value.param == place, caught.value
    with Roocode(**config(server, {"type": "cheapest", "then": function})) as client:
        assert ask(client)[0] == "a/m"


def test_routes_change_with_their_functions(server: MockServer) -> None:
    with Roocode(**config(server, "priority")) as client:
        alive = []
        for name in ("b/m", "c/m"):

            def order(candidates: Any, request: Any, name: str = name) -> str:
                return name

            alive.append(weakref.ref(order))
            route = {"targets": ["a/m", "b/m", "c/m"], "strategy": {"type": "custom", "function": order}}
            client.with_options(max_retries=0).routes.set("r", route)
            assert ask(client)[0] == name
        with pytest.raises(ConfigurationError):
            client.routes.set("r", {"targets": ["a/m"], "strategy": "custom"})
        assert ask(client)[0] == "c/m"
        client.routes.set("outer", {"targets": ["r", {"target": "a/m", "priority": 2}]})
        explained = client.explain(model="outer", messages=HELLO)
        assert explained.steps[0].target == 2 and roocode.replay(explained).same
        reply = client.chat.completions.create(model="outer", messages=HELLO)
        assert reply.route and reply.route.target == "c/m" and roocode.replay(reply).same
        client.routes.remove("outer")
        client.routes.set("r", {"targets": ["a/m", "b/m"]})
        assert ask(client)[0] == "a/m"
        del order, route
        assert until(lambda: gc.collect() >= 0 and all(one() is None for one in alive))


def test_a_client_that_its_function_holds_is_collected(server: MockServer) -> None:
    class Holder:
        client: Roocode

        def order(self, candidates: Any, request: Any) -> str:
            return "b/m"

    holder = Holder()
    holder.client = Roocode(**config(server, holder.order))
    assert ask(holder.client)[0] == "b/m"
    alive = weakref.ref(holder)
    del holder
    assert until(lambda: gc.collect() >= 0 and alive() is None)


SCRIPT = """
import os, sys, time
from roocode import Roocode
from roocode.testing import MockServer
server = MockServer([{"reply": {"content": "x"}}])
provider = {"kind": "custom", "base_url": server.url + "/v1", "api_key": "k"}
def order(candidates, request):
    if "hang" in sys.argv:
        time.sleep(60)
    return "b/m"
client = Roocode(
    providers=[{**provider, "name": name} for name in "ab"],
    routes={"r": {"targets": ["a/m", "b/m"],
                  "strategy": {"type": "custom", "function": order, "timeout_seconds": 0.2}}},
)
def ask():
    hello = [{"role": "user", "content": "hi"}]
    return client.chat.completions.create(model="r", messages=hello).route.target
print(ask(), flush=True)
if "fork" in sys.argv:
    child = os.fork()
    if child == 0:
        print(ask(), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.parametrize(("how", "said"), [("", "b/m"), ("hang", "a/m"), ("fork", "b/m\nb/m")])
def test_the_process_ends_and_may_fork(how: str, said: str) -> None:
    for _ in range(5):
        done = run_script(SCRIPT, *filter(None, [how]))
        assert (done.returncode, done.stdout.strip()) == (0, said), done.stderr
