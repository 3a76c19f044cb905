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


CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "here"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
}


def keys(name: str) -> dict[str, Any]:
    body = {"AccessKeyId": name, "SecretAccessKey": "s", "Token": "t", "Expiration": "2126-01-01T00:00:00Z"}
    return {"when": {"path": "/keys"}, "reply": {"body": body}, "times": 1}


def test_keys_of_an_aws_container_sign_and_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {"kind": "status", "status": 403, "body": {"__type": "ExpiredTokenException"}}
    scripts: list[Any] = [
        keys("AK1"),
        keys("AK2"),
        {"when": {"path": "/converse"}, "fault": ended, "times": 1},
        {"when": {"path": "/converse"}, "reply": {"body": CONVERSE}},
    ]
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with MockServer(scripts) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url + "/keys")
        provider = {"kind": "bedrock", "region": "eu-west-1", "base_url": server.url}
        with Roocode(providers=[provider], max_retries=0) as one:
            reply = one.chat.completions.create(model="bedrock/eu.amazon.nova-lite-v1:0", messages=HELLO)
        assert reply.choices[0].message.content == "here"
        assert reply.usage is not None and reply.usage.total_tokens == 2
        asked = [request["path"] for request in server.requests]
        converse = "/model/eu.amazon.nova-lite-v1:0/converse"
        assert asked == ["/keys", converse, "/keys", converse]
        server.assert_satisfied()
