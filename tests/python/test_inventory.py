"""Providers and routes changed while a client runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import HELLO
from roocode import AsyncRoocode, BadRequestError, ConfigurationError, Roocode
from roocode.testing import MockServer


def provider(name: str, server: MockServer) -> dict[str, Any]:
    return {"name": name, "kind": "custom", "base_url": server.url + "/v1", "api_key": "k"}


@pytest.fixture
def servers() -> Iterator[tuple[MockServer, MockServer]]:
    with MockServer([{"reply": {"content": "a"}}]) as a, MockServer([{"reply": {"content": "b"}}]) as b:
        yield a, b


def ask(client: Roocode, model: str | None = None) -> str | None:
    named = {} if model is None else {"model": model}
    return client.chat.completions.create(messages=HELLO, **named).choices[0].message.content


def test_providers_come_and_go(servers: tuple[MockServer, MockServer]) -> None:
    a, b = servers
    with Roocode(providers=[provider("a", a)]) as client:
        client.providers.add(**provider("b", b), tags=["new"])
        assert [each["name"] for each in client.providers.list()] == ["a", "b"]
        assert ask(client, "b/m") == "b"
        assert ask(client.with_options(max_retries=0), "b/m") == "b", (
            "clients that share connections share it"
        )
        client.providers.update("b", base_url=a.url + "/v1", tags=None)
        assert ask(client, "b/m") == "a"
        assert client.providers.list()[1]["tags"] == []
        client.providers.deactivate("b")
        with pytest.raises(BadRequestError, match="inactive"):
            ask(client, "b/m")
        client.providers.activate("b")
        assert ask(client, "b/m") == "a"
        client.providers.remove("b")
        with pytest.raises(BadRequestError):
            ask(client, "b/m")


def test_routes_are_set(servers: tuple[MockServer, MockServer]) -> None:
    a, b = servers
    client = Roocode(
        providers=[provider("a", a), provider("b", b)],
        routes={"usual": {"targets": ["a/m", "b/m"], "strategy": "weighted"}},
        default_route="usual",
    )
    with client:
        assert sorted(str(ask(client)) for _ in range(4)) == ["a", "a", "b", "b"]
        client.routes.set_weights("usual", {"a/m": 0})
        assert {ask(client) for _ in range(4)} == {"b"}
        client.routes.set("other", {"targets": ["usual"], "strategy": "round_robin"})
        assert [(each["name"], each["default"]) for each in client.routes.list()] == [
            ("other", False),
            ("usual", True),
        ]
        for refused, param in [
            (lambda: client.routes.set("usual", {"targets": ["other"]}), "routes.usual.targets[0].target"),
            (lambda: client.routes.remove("usual"), "routes.other.targets[0].target"),
            (lambda: client.providers.remove("a"), "routes.usual.targets[0].target"),
            (lambda: client.routes.set_weights("usual", {"z": 1}), "weights.z"),
            (lambda: client.providers.add(kind="custom"), "base_url"),
        ]:
            with pytest.raises(ConfigurationError) as caught:
                refused()
            assert caught.value.param == param
        assert ask(client) == "b"


def test_a_change_holds_for_an_async_client_too(servers: tuple[MockServer, MockServer]) -> None:
    a, b = servers

    async def run() -> None:
        async with AsyncRoocode(providers=[provider("a", a)]) as client:
            client.providers.add(**provider("b", b))
            reply = await client.chat.completions.create(model="b/m", messages=HELLO)
            assert reply.choices[0].message.content == "b"

    asyncio.run(run())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_has_what_was_changed(servers: tuple[MockServer, MockServer]) -> None:
    a, b = servers
    with Roocode(providers=[provider("a", a)]) as client:
        client.providers.add(**provider("b", b))
        assert ask(client, "b/m") == "b"
        child = os.fork()
        if child == 0:
            os._exit(0 if ask(client, "b/m") == "b" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
