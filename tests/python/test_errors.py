"""Errors: one class a kind, fields as attributes, nothing secret."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import roocode
from conftest import HELLO, providers
from roocode import Roocode, RoocodeError, errors
from roocode.testing import MockServer


def test_classes() -> None:
    assert len(errors.KINDS) == 19
    for name, kind in errors.KINDS.items():
        assert kind.__name__ == name
        assert issubclass(kind, RoocodeError)
        assert getattr(roocode, name) is kind
    assert issubclass(errors.QuotaExceededError, errors.RateLimitError)
    assert issubclass(errors.APITimeoutError, errors.APIConnectionError)
    assert issubclass(errors.ContextWindowExceededError, errors.BadRequestError)


def test_fields(client: Roocode, server: MockServer) -> None:
    server.set_scripts(
        {"fault": {"kind": "status", "status": 429, "headers": {"retry-after": "7"}, "code": "slow"}}
    )
    with pytest.raises(errors.RateLimitError) as caught:
        client.chat.completions.create(model="mock/m", messages=HELLO)
    error = caught.value
    assert error.kind == "RateLimitError"
    assert error.status == error.status_code == 429
    assert error.retry_after == 7
    assert error.code == "slow"
    assert error.provider == "mock"
    assert error.target == "mock/m"
    assert error.attempts == 1
    assert error.request_id
    assert isinstance(error.body, dict)
    assert error.partial is None
    assert error.route is not None
    assert error.route.attempts[0].status == 429
    with pytest.raises(AttributeError):
        _ = error.nothing
    assert "retry_after" in dir(error)


def test_pickle(client: Roocode, server: MockServer) -> None:
    server.set_scripts({"fault": {"kind": "status", "status": 500}})
    with pytest.raises(errors.InternalServerError) as caught:
        client.chat.completions.create(model="mock/m", messages=HELLO)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert str(again) == str(caught.value)
    assert repr(again) == repr(caught.value)
    assert again.route == caught.value.route
    assert again.status == 500


def test_made_by_hand() -> None:
    error = errors.RateLimitError("slow down", status=429)
    assert (error.message, error.status_code, error.retry_after) == ("slow down", 429, None)
    assert repr(error) == "RateLimitError('slow down')"
    assert repr(errors.BadRequestError()) == "BadRequestError('')"


def test_nothing_secret(server: MockServer) -> None:
    server.set_scripts({"fault": {"kind": "status", "status": 401, "message": "bad key sk-very-secret-key"}})
    given = [{**providers(server)[0], "api_key": "sk-very-secret-key"}]
    client = Roocode(providers=given, max_retries=0)
    with pytest.raises(errors.AuthenticationError) as caught:
        client.chat.completions.create(model="mock/m", messages=HELLO)
    for text in (
        repr(caught.value),
        str(caught.value),
        repr(caught.value.__dict__),
        repr(client),
        repr(client.__dict__),
    ):
        assert "very-secret" not in text
    assert "very-secret" not in repr(client.providers.list())


@pytest.mark.parametrize(
    ("config", "param"),
    [
        ({"providers": [{"kind": "nobody"}]}, "providers[0].kind"),
        ({"providers": [{"kind": "custom", "base_url": "ftp://x"}]}, "providers[0].base_url"),
        ({"timeout": "soon"}, "timeout"),
        ({"time_out": 3}, "time_out"),
    ],
)
def test_configuration(config: dict[str, Any], param: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Roocode(**config)
    assert caught.value.param == param or param in str(caught.value)


def test_use_after_close(client: Roocode, server: MockServer) -> None:
    client.close()
    for _ in range(2):
        with pytest.raises(errors.ConfigurationError, match="closed"):
            client.chat.completions.create(model="mock/m", messages=HELLO)
    assert server.requests == []


def test_timeout(client: Roocode, server: MockServer) -> None:
    server.set_scripts({"latency_ms": 30_000})
    with pytest.raises(errors.APITimeoutError) as caught:
        client.chat.completions.create(model="mock/m", messages=HELLO, timeout=0.05)
    assert caught.value.limit in ("first_byte", "total")


def test_broken_stream(client: Roocode, server: MockServer) -> None:
    server.set_scripts({"reply": {"content": "one two three"}, "fault": {"kind": "cut", "after_chunks": 2}})
    stream = client.chat.completions.create(model="mock/m", messages=HELLO, stream=True)
    received = []
    with pytest.raises(errors.StreamInterruptedError) as caught:
        for chunk in stream:
            received.append(chunk.choices[0].delta.content or "")
    partial = caught.value.partial
    assert partial is not None
    assert partial.choices[0].message.content == "".join(received) != ""
    assert list(stream) == []
    with pytest.raises(errors.StreamInterruptedError):
        stream.get_final_completion()
