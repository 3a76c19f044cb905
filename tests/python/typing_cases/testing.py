"""What type checkers must know of the mocks. Checked, never run."""

from __future__ import annotations

from typing_extensions import assert_type

from roocode.testing import Fault, MockServer, Outcome, RecordedRequest, Script


def scripts() -> None:
    fault: Fault = {"kind": "status", "status": 429, "headers": {"retry-after": "1"}}
    first: Script = {"when": {"attempt": 1}, "fault": fault, "times": 1}
    with MockServer([first, {"reply": {"content": "Hello"}, "stream": {"chunks": ["Hel", "lo"]}}]) as server:
        assert_type(server.requests, list[RecordedRequest])
        assert_type(server.requests[0]["outcome"], Outcome)
        assert_type(server.counters["open_connections"], int)
        server.set_scripts({"reply": {"tool_calls": [{"name": "f", "arguments": {"x": 1}}]}})


def wrong() -> None:
    MockServer([{"when": {"modle": "m"}}])  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
    MockServer([{"fault": {"kind": "explode"}}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    MockServer([{"fault": {"kind": "status"}}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
