"""Mock providers, to test code that uses this package without any key.

    from roocode import Roocode
    from roocode.testing import MockServer

    with MockServer([{"reply": {"content": "Hello"}}]) as server:
        client = Roocode(providers=[
            {"name": "mock", "kind": "custom", "base_url": server.url + "/v1", "api_key": "any"},
        ])
        ...
        assert server.requests[0]["body"]["messages"][0]["content"] == "Hi"

One server speaks the wires of OpenAI and Anthropic (below `/v1`) and Gemini
(below `/v1beta`). `Script` says what a script may have. Where none matches, the
mock says back what it was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _testing_types
from ._native import MockServer as _Server
from ._native import _decide
from ._testing_types import *  # noqa: F403 - generated, with an `__all__` of its own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._testing_types import Counters, RecordedRequest, Script

__all__ = ["MockServer", "decide"]
__all__ += _testing_types.__all__


def decide(case: Mapping[str, Any]) -> dict[str, Any]:
    """Decides over targets that are made up: what a strategy would do. Nothing is sent.

        decide({
            "targets": [{"name": "a/m", "terms": {"in_flight": 3}}, {"name": "b/m"}],
            "strategy": "least_busy",
        })["order"]

    All fields are in `tests/cases/README.md` of the project. The result has `order`, and
    of each target taken `why`, `by` and `scores`; `earliest`, `order_failed` and `trace`,
    which `roocode.replay` takes; with `decisions` it has `first` alone.
    """
    return _decide(dict(case))


class MockServer:
    """A mock provider on a free port of this machine. It runs until `stop`."""

    def __init__(
        self,
        scripts: Sequence[Script] | Script = (),
        *,
        api_key: str | None = None,
        models: Sequence[str] | None = None,
        port: int | None = None,
        log_limit: int | None = None,
        refusing: bool | None = None,
    ) -> None:
        """`api_key`: requests without it are refused. `log_limit`: how many
        requests are remembered. `refusing`: starts with its port closed."""
        given = {
            "scripts": _list(scripts),
            "api_key": api_key,
            "models": models,
            "port": port,
            "log_limit": log_limit,
            "refusing": refusing,
        }
        self._server = _Server({name: value for name, value in given.items() if value is not None})

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a path."""
        return self._server.url

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests received, oldest first. Credentials are `***`."""
        return self._server.requests

    @property
    def counters(self) -> Counters:
        """How much goes on: `open_connections`, `active_requests`, `clients_left`, …"""
        return self._server.counters

    def set_scripts(self, scripts: Sequence[Script] | Script) -> None:
        """Puts other scripts in place of those there."""
        self._server.set_scripts({"scripts": _list(scripts)})

    def set_refusing(self, refusing: bool) -> None:
        """Closes the port to new connections, or opens it again."""
        self._server.set_refusing(refusing)

    def clear(self) -> None:
        """Forgets the requests, and lets every script begin anew."""
        self._server.clear()

    def assert_satisfied(self) -> None:
        """Raises `AssertionError` with all that was not as the scripts expect."""
        self._server.assert_satisfied()

    def stop(self) -> None:
        """Closes the port and all connections."""
        self._server.stop()

    def __enter__(self) -> MockServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<MockServer {self.url}>"


def _list(scripts: Sequence[Script] | Script) -> list[Script]:
    return [scripts] if isinstance(scripts, Mapping) else list(scripts)
