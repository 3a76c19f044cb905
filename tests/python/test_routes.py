"""What routes do that shows only over real connections: distances, and copies that find no room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import roocode
from conftest import HELLO
from roocode import Roocode
from roocode.testing import MockServer


@pytest.fixture
def providers() -> Iterator[list[dict[str, Any]]]:
    """`a` and `b`, of which the model `slow` takes five seconds."""
    slow: Any = {"when": {"model": "slow"}, "latency_ms": 5000, "reply": {"content": "x"}}
    scripts: list[Any] = [slow, {"reply": {"content": "x"}}]
    with MockServer(scripts) as a, MockServer(scripts) as b:
        yield [
            {"name": name, "kind": "custom", "base_url": server.url + "/v1", "api_key": "k"}
            for name, server in (("a", a), ("b", b))
        ]


def test_the_nearest_is_measured(providers: list[dict[str, Any]]) -> None:
    routes = {"r": {"targets": ["a/m", "b/m"], "strategy": "region"}}
    with Roocode(providers=providers, routes=routes) as client:
        seen = {client.chat.completions.create(model="r", messages=HELLO).route.target for _ in range(2)}  # type: ignore[union-attr]
        assert seen == {"a/m", "b/m"}
        trips = {each.target: each.round_trip_s for each in client.stats()}
        assert all(trip is not None and 0 < trip < 1 for trip in trips.values())
        trace = client.chat.completions.create(model="r", messages=HELLO).route
        assert trace and trace.routing
        read = {each.target: each.value for each in trace.routing.steps[0].read}
        assert all(each.term == "round_trip_seconds" for each in trace.routing.steps[0].read)
        assert all(value is not None and 0 < value < 1 for value in read.values()) and len(read) == 2
        assert min(read, key=lambda target: read[target] or 0) == trace.routing.steps[0].target
        assert roocode.replay(trace.routing).same


def test_copies_that_find_no_room_are_counted(providers: list[dict[str, Any]]) -> None:
    routes = {"r": {"targets": ["a/m"], "shadow": {"to": "b/slow", "share": 100, "max_in_flight": 1}}}
    with Roocode(providers=providers, routes=routes) as client:
        for _ in range(3):
            client.chat.completions.create(model="r", messages=HELLO)
        (copies,) = client.routes.variants()
        assert (copies.variant, copies.split, copies.dropped) == ("shadow", None, 2)
