"""Client certificates at nginx, and proxies with passwords, where they are installed; by `tests/live/run`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import roocode
from roocode import Roocode

LLAMA = os.environ.get("ROOCODE_LIVE_LLAMA", "")
MUTUAL = os.environ.get("ROOCODE_LIVE_MUTUAL_TLS", "")
CERTIFICATES = Path(os.environ.get("ROOCODE_LIVE_CERTIFICATES", ""))
PROXIES = os.environ.get("ROOCODE_LIVE_PROXIES", "").split()
HELLO: list[Any] = [{"role": "user", "content": "hello"}]

mutual = pytest.mark.skipif(
    not MUTUAL, reason="nginx or openssl is not installed, or not run by tests/live/run"
)
proxied = pytest.mark.skipif(not PROXIES, reason="no proxy is installed, or not run by tests/live/run")


def certificate(name: str) -> str:
    return str(CERTIFICATES / name)


def ask(client: Roocode, **rest: Any) -> Any:
    return client.chat.completions.create(model="p/any", messages=HELLO, max_completion_tokens=8, **rest)


def shown(**tls: str) -> Roocode:
    provider = {"name": "p", "kind": "llamacpp", "base_url": MUTUAL + "/v1", "tls": tls}
    return Roocode(providers=[provider], max_retries=0, timeout=30)


@mutual
def test_a_certificate_lets_in_plain_and_streamed() -> None:
    with shown(
        certificate=certificate("alice.crt"),
        key=certificate("alice.key"),
        authorities=certificate("authority.crt"),
    ) as client:
        reply = ask(client)
        assert reply.choices[0].message.content
        chunks = list(ask(client, stream=True))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@mutual
def test_without_one_the_server_refuses() -> None:
    with shown(authorities=certificate("authority.crt")) as client:
        # nginx ends the handshake well and answers 400.
        with pytest.raises(roocode.RoocodeError) as info:
            ask(client)
        assert "certificate" in str(info.value)


@mutual
def test_an_authority_that_is_not_trusted_is_told() -> None:
    with (
        shown(certificate=certificate("alice.crt"), key=certificate("alice.key")) as client,
        pytest.raises(roocode.APIConnectionError, match="certificate"),
    ):
        ask(client)


@proxied
@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_carries_plain_and_streamed(proxy: str) -> None:
    provider = {"name": "p", "kind": "llamacpp", "base_url": LLAMA + "/v1"}
    with Roocode(providers=[provider], max_retries=0, timeout=30, proxy=proxy) as client:
        assert ask(client).choices[0].message.content
        assert len(list(ask(client, stream=True))) > 1


@proxied
@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_that_refuses_is_told_and_no_password_with_it(proxy: str) -> None:
    provider = {"name": "p", "kind": "llamacpp", "base_url": LLAMA + "/v1"}
    wrong = proxy.replace("secret-word", "other-word")
    with Roocode(providers=[provider], max_retries=0, timeout=30, proxy=wrong) as client:
        with pytest.raises(roocode.RoocodeError) as info:
            ask(client)
        assert "other-word" not in str(info.value) + repr(info.value) + repr(client)


@mutual
@proxied
def test_a_certificate_through_a_proxy() -> None:
    tls = {
        "certificate": certificate("alice.crt"),
        "key": certificate("alice.key"),
        "authorities": certificate("authority.crt"),
    }
    provider = {"name": "p", "kind": "llamacpp", "base_url": MUTUAL + "/v1", "tls": tls}
    for proxy in PROXIES:
        with Roocode(providers=[provider], max_retries=0, timeout=30, proxy=proxy) as client:
            assert ask(client).choices[0].message.content
