"""Rewards that are reported, and what the strategy `bandit` makes of them."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from conftest import HELLO
from roocode import AsyncRoocode, BadRequestError, Roocode
from roocode.testing import MockServer
from roocode.types import Propensity, Replay, RoutingTrace


@pytest.fixture
def config() -> Iterator[dict[str, Any]]:
    with MockServer([{"reply": {"content": "x"}}]) as server:
        provider = {"kind": "custom", "base_url": server.url + "/v1", "api_key": "k"}
        yield {
            "providers": [{**provider, "name": name} for name in ("a", "b", "c")],
            "routes": {
                "r": {"targets": ["a/m", "b/m", "c/m"], "strategy": "bandit"},
                "plain": {"targets": ["a/m", "b/m"]},
                "straight": {"targets": ["a/m"], "rules": [{"when": "true", "to": "b/m"}]},
                "on": {"targets": ["a/m"], "rules": [{"when": "true", "to": "r"}]},
            },
        }


def readings(trace: RoutingTrace, term: str) -> dict[str, float | None]:
    read = trace.steps[0].read
    return {trace.candidates[each.target].facts.name: each.value for each in read if each.term == term}


def test_the_rewarded_target_is_preferred(config: dict[str, Any]) -> None:
    with Roocode(**config) as client:
        for _ in range(120):
            reply = client.chat.completions.create(model="r", messages=HELLO)
            assert reply.route is not None
            client.report_reward(1.0 if reply.route.target == "b/m" else 0.1, reply=reply)
        seen = [client.chat.completions.create(model="r", messages=HELLO) for _ in range(40)]
    targets = [reply.route.target for reply in seen if reply.route]
    assert targets.count("b/m") > 30


def test_a_reply_is_rewarded_once_and_may_be_rewarded_anew(config: dict[str, Any]) -> None:
    with Roocode(**config) as client:
        reply = client.chat.completions.create(model="r", messages=HELLO)
        trace = reply.route
        assert trace is not None and trace.target and len(trace.id) == 16
        # A reply, its trace, what was kept of it elsewhere, and from another client's options.
        client.report_reward(0, reply=reply)
        client.report_reward(0.25, reply=trace)
        client.report_reward(0.5, reply=pickle.loads(pickle.dumps(reply)).model_dump())
        client.with_options(max_retries=0).report_reward(0.75, route="r", target=trace.target, id=trace.id)
        routing = client.explain(model="r", messages=HELLO)
        assert readings(routing, "reward_mean")[trace.target] == 0.75
        count = readings(routing, "reward_count")[trace.target]
        assert count is not None and 0.999 < count <= 1
        # Without an id each counts.
        client.report_reward(0.75, route="r", target=trace.target)
        count = readings(client.explain(model="r", messages=HELLO), "reward_count")[trace.target]
        assert count is not None and 1.999 < count <= 2
        client.report_reward(1, route="plain", target="a/m")


def test_a_stream_is_rewarded_by_its_last_chunk(config: dict[str, Any]) -> None:
    async def main() -> None:
        async with AsyncRoocode(**config) as client:
            stream = await client.chat.completions.create(model="r", messages=HELLO, stream=True)
            chunks = [chunk async for chunk in stream]
            client.report_reward(0.9, reply=chunks[-1])
            means = readings(client.explain(model="r", messages=HELLO), "reward_mean")
            assert list(means.values()).count(0.9) == 1

    asyncio.run(main())


def test_what_is_wrong_is_named(config: dict[str, Any]) -> None:
    with Roocode(**config) as client:
        good: dict[str, Any] = {"route": "r", "target": "a/m"}
        wrong: list[tuple[Any, dict[str, Any], str]] = [
            (1.5, good, "reward"),
            ("good", good, "reward"),
            (True, good, "reward"),
            (1, {}, "reply"),
            (1, {"route": "r"}, "reply"),
            (1, {"route": "x", "target": "a/m"}, "route"),
            (1, {"route": "r", "target": "x/m"}, "target"),
            (1, {**good, "id": "?"}, "id"),
            (1, {"reply": client.chat.completions.create(model="a/m", messages=HELLO)}, "reply.route.route"),
            (
                1,
                {"reply": client.chat.completions.create(model="straight", messages=HELLO)},
                "reply.route.path",
            ),
        ]
        for reward, of, place in wrong:
            with pytest.raises(BadRequestError) as caught:
                client.report_reward(reward, **of)
            assert caught.value.param == place, caught.value


def test_the_route_that_a_rule_chose_learns(config: dict[str, Any]) -> None:
    with Roocode(**config) as client:
        reply = client.chat.completions.create(model="on", messages=HELLO)
        assert reply.route and reply.route.target
        client.report_reward(0.75, reply=reply)
        assert readings(client.explain(model="r", messages=HELLO), "reward_mean")[reply.route.target] == 0.75


def test_live_decisions_replay_and_tell_their_chances(config: dict[str, Any]) -> None:
    strategies: list[Any] = ["bandit", "random", "least_latency", "sticky", "weighted", "balanced"]
    for strategy in strategies:
        config["routes"]["r"]["strategy"] = strategy
        with Roocode(**config) as client:
            for _ in range(8):
                reply = client.chat.completions.create(model="r", messages=HELLO)
                assert reply.route and reply.route.routing
                client.report_reward(0.7, reply=reply)
                replayed = roocode.replay(reply.route.routing)
                assert isinstance(replayed, Replay)
                assert replayed.same and replayed.differences == []
                assert replayed.trace == reply.route.routing
                step = reply.route.routing.steps[0]
                chances = roocode.propensities(reply)[0]
                if strategy in ("bandit", "random"):
                    assert all(isinstance(each, Propensity) for each in chances)
                    assert sum(each.propensity for each in chances) == pytest.approx(1)
                    chosen = next(each for each in chances if each.target == step.target)
                    assert chosen.name == reply.route.target
                    assert step.propensity == pytest.approx(chosen.propensity, abs=1e-9)
                else:
                    assert chances == [] and step.propensity is None


def test_a_changed_record_says_where_it_differs(config: dict[str, Any]) -> None:
    config["routes"]["r"]["strategy"] = "least_busy"
    with Roocode(**config) as client:
        trace = client.explain(model="r", messages=HELLO, routing={"seed": 3}).to_dict()
        assert client.replay(trace).same
        trace["seed"] = "0000000000000004" if trace["seed"] != "0000000000000004" else "05"
        trace["candidates"][trace["steps"][0]["target"]]["facts"]["status"] = "inactive"
        replayed = client.replay(trace)
        places = [difference.place for difference in replayed.differences]
        assert not replayed.same and "steps[0].target" in places
        difference = next(each for each in replayed.differences if each.place == "steps[0].target")
        assert difference.recorded == trace["steps"][0]["target"] != difference.replayed
    for nothing in ({}, {"steps": 1}, 7):
        with pytest.raises(BadRequestError):
            roocode.replay(nothing)
