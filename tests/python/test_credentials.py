"""Credentials that are fetched: a token endpoint and the service that wants its token."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import HELLO
from roocode import AuthenticationError, Roocode
from roocode.testing import MockServer

SECRET = "a-very-secret-text"


@pytest.fixture
def server() -> Iterator[MockServer]:
    scripts: list[Any] = [
        {
            "when": {"path": "/token", "contains": SECRET},
            "reply": {"body": {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600}},
            "latency_ms": 50,
        },
        {
            "when": {"path": "/token"},
            "fault": {"kind": "status", "status": 401, "body": {"error": "invalid_client"}},
        },
        {
            "when": {"path": "/chat"},
            "expect": {"headers": {"authorization": "Bearer a-token"}},
            "reply": {"content": "here"},
        },
    ]
    with MockServer(scripts) as server:
        yield server


def client(server: MockServer, secret: str) -> Roocode:
    oauth2 = {"token_url": server.url + "/token", "client_id": "me", "client_secret": secret}
    provider = {"name": "p", "kind": "custom", "base_url": server.url + "/v1", "auth": {"oauth2": oauth2}}
    return Roocode(providers=[provider], max_retries=0)


def test_one_token_serves_all(server: MockServer) -> None:
    with client(server, SECRET) as one, ThreadPoolExecutor(8) as threads:
        ask = lambda _: one.chat.completions.create(model="p/m", messages=HELLO)  # noqa: E731
        replies = list(threads.map(ask, range(16)))
        assert SECRET not in repr(one) + str(one.providers.list())
    assert {reply.choices[0].message.content for reply in replies} == {"here"}
    assert [request["path"] for request in server.requests].count("/token") == 1
    server.assert_satisfied()


def test_a_refused_client_is_an_authentication_error(server: MockServer) -> None:
    with client(server, "a-wrong-secret") as one, pytest.raises(AuthenticationError) as caught:
        one.chat.completions.create(model="p/m", messages=HELLO)
    assert caught.value.code == "invalid_client"
    assert "a-wrong-secret" not in repr(caught.value) + str(caught.value)
