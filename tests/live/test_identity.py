"""Tokens of an OAuth 2.0 server that is not ours, in front of a service that checks their signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from roocode import AuthenticationError, Roocode

ISSUER = os.environ.get("ROOCODE_LIVE_OAUTH", "")
AIMOCK = os.environ.get("ROOCODE_LIVE_AIMOCK", "")
if not (ISSUER and AIMOCK):
    pytest.skip("no live servers: use tests/live/run", allow_module_level=True)

HELLO: list[Any] = [{"role": "user", "content": "hello"}]
OAUTH2 = {"token_url": ISSUER + "/token", "client_id": "me", "client_secret": "a-secret-text"}
WELCOME = {"role": "assistant", "content": "welcome"}
ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "any",
    "choices": [{"index": 0, "finish_reason": "stop", "message": WELCOME}],
}
# How PKCS #1 names SHA-256 in front of a digest (RFC 8017, 9.2).
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(token: str) -> Any:
    """The claims of a token, if its issuer signed it."""
    message, _, signature = token.rpartition(".")
    header, payload = (json.loads(decoded(part)) for part in message.split("."))
    with urllib.request.urlopen(ISSUER + "/jwks") as keys:
        key = next(key for key in json.load(keys)["keys"] if key["kid"] == header["kid"])
    modulus, exponent = (int.from_bytes(decoded(key[name]), "big") for name in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(decoded(signature), "big"), exponent, modulus).to_bytes(size, "big")
    digest = SHA256 + hashlib.sha256(message.encode()).digest()
    assert opened == b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return payload


class Service(ThreadingHTTPServer):
    """Answers whoever brings a token that holds; the first `refusals` are told that it has ended."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.refusals = 0
        self.asked = 0
        self.scopes: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        service: Any = self.server
        self.rfile.read(int(self.headers["content-length"]))
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        said = claims(token)
        assert said["exp"] > time.time()
        service.scopes.add(said["scope"])
        service.asked += 1
        is_refused = service.asked <= service.refusals
        body = json.dumps({"error": {"message": f"ended: {token}"}} if is_refused else ANSWER).encode()
        self.send_response(401 if is_refused else 200)
        if is_refused:
            self.send_header("www-authenticate", 'Bearer error="invalid_token"')
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        yield service
        service.shutdown()


def ask(service: Service, times: int = 1, **oauth2: Any) -> list[Any]:
    auth = {"oauth2": {**OAUTH2, "scope": "chat", **oauth2}}
    provider = {"name": "p", "kind": "custom", "base_url": service.url, "auth": auth}
    with Roocode(providers=[provider], max_retries=0, timeout=30) as client, ThreadPoolExecutor(8) as threads:
        say = lambda _: client.chat.completions.create(model="p/any", messages=HELLO)  # noqa: E731
        return list(threads.map(say, range(times)))


@pytest.mark.parametrize("client_auth", ["body", "basic"])
def test_a_token_for_a_secret(service: Service, client_auth: str) -> None:
    replies = ask(service, times=16, client_auth=client_auth)
    assert {reply.choices[0].message.content for reply in replies} == {"welcome"}
    assert service.scopes == {"chat"}


def test_a_token_for_a_refresh_token(service: Service) -> None:
    assert ask(service, refresh_token="first")[0].choices[0].message.content == "welcome"


def test_another_token_where_the_first_has_ended(service: Service) -> None:
    service.refusals = 1
    [reply] = ask(service)
    assert [attempt.status for attempt in reply.route.attempts] == [200]
    assert service.asked == 2


def test_no_third_token(service: Service) -> None:
    service.refusals = 99
    with pytest.raises(AuthenticationError) as caught:
        ask(service)
    assert service.asked == 2
    assert "ended: ***" in str(caught.value)


def test_an_endpoint_that_refuses_is_told(service: Service) -> None:
    with pytest.raises(AuthenticationError, match="gave no token") as caught:
        ask(service, token_url=ISSUER + "/nowhere")
    assert "a-secret-text" not in repr(caught.value) + str(caught.value)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["azure", "vertex"])
def test_azure_and_vertex(kind: str, stream: bool) -> None:
    addresses: dict[str, dict[str, Any]] = {
        "azure": {"base_url": AIMOCK, "variables": {"api_version": "2024-10-21"}},
        "vertex": {"base_url": AIMOCK + "/v1/projects/p/locations/l"},
    }
    provider = {"kind": kind, "auth": {"oauth2": OAUTH2}, **addresses[kind]}
    with Roocode(providers=[provider], max_retries=0, timeout=30) as client:
        reply: Any = client.chat.completions.create(model=f"{kind}/any", messages=HELLO, stream=stream)
        reply = reply.get_final_completion() if stream else reply
    assert reply.choices[0].message.content == "Hello from the mock, in more than one piece."
