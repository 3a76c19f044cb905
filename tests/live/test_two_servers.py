"""A route over two servers of llama.cpp, one of which is frozen, killed and started again in the middle of
traffic; `tests/live/run` says how to start them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

import roocode
from roocode import Roocode
from roocode.types import Attempt, TargetStats, Trace

COMMAND = os.environ.get("ROOCODE_LIVE_LLAMA_COMMAND", "")
if not COMMAND:
    pytest.skip("no live servers: use tests/live/run", allow_module_level=True)

LIMIT = 1.0
"""Seconds until the first byte, and between two: what a server that hangs costs a request."""
SLACK = 0.75
"""What the work of a busy machine may add."""
HELLO: list[Any] = [{"role": "user", "content": "hello"}]
NAMES = ["a/any", "b/any"]


class Server:
    """A server of llama.cpp, whose port stays through restarts."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    def start(self) -> None:
        command = f"exec {COMMAND} --ctx 8192 --parallel 4 --port {self.port}"
        self.process = subprocess.Popen(
            ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        first = next(line for line in self.process.stdout if line.startswith("listening "))
        port = int(first.rsplit(":", 1)[1])
        assert port > 0 and self.port in (0, port), first
        self.port = port

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    both: list[Server] = []
    try:
        both += [Server(), Server()]
        yield both
    finally:
        for server in both:
            server.kill()


def route(servers: list[Server], **resilience: Any) -> Roocode:
    return Roocode(
        providers=[
            {"name": name, "kind": "llamacpp", "base_url": f"http://127.0.0.1:{server.port}/v1"}
            for name, server in zip("ab", servers, strict=True)
        ],
        routes={"both": {"targets": NAMES, "strategy": "round_robin"}},
        timeout={"connect": LIMIT, "first_byte": LIMIT, "idle": LIMIT, "total": 30},
        resilience={"breaker": {"consecutive_failures": 3, "open_for": 0.5, "longest_open": 2}, **resilience},
    )


class Outcome(NamedTuple):
    route: Trace
    text: str


class Traffic:
    """Four threads that ask without an end, plain and streamed in turns."""

    def __init__(self, client: Roocode) -> None:
        self.client = client
        self.outcomes: list[Outcome] = []
        self.errors: list[Exception] = []
        self.begun = 0
        self._lock = threading.Lock()
        self._ended = False

    def _work(self) -> None:
        while not self._ended:
            with self._lock:
                self.begun += 1
                stream = self.begun % 2 == 0
            try:
                outcome = self._ask(stream)
            except Exception as error:
                self.errors.append(error)
            else:
                self.outcomes.append(outcome)

    def _ask(self, stream: bool) -> Outcome:
        create: Any = self.client.chat.completions.create
        # Long enough to be met in the middle of a stream.
        reply = create(
            model="both",
            messages=HELLO,
            stream=stream,
            max_completion_tokens=80,
            extra_body={"ignore_eos": True},
        )
        reply = reply.get_final_completion() if stream else reply
        return Outcome(reply.route, reply.choices[0].message.content)

    def more(self, count: int) -> list[Outcome]:
        """The next outcomes."""
        before = len(self.outcomes)
        until(lambda: len(self.outcomes) >= before + count)
        return self.outcomes[before:]


@contextmanager
def traffic(client: Roocode) -> Iterator[Traffic]:
    """Afterwards, that nothing was lost, and that statistics and traces say what happened."""
    running = Traffic(client)
    threads = [threading.Thread(target=running._work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        running._ended = True
        for thread in threads:
            thread.join(30)
    assert running.errors == []
    assert len(running.outcomes) == running.begun
    for outcome in running.outcomes:
        *before, last = outcome.route.attempts
        assert (last.outcome, last.target) == ("success", outcome.route.target)
        assert all(attempt.outcome == "failure" for attempt in before), outcome.route
        assert outcome.text
    attempts = [attempt for outcome in running.outcomes for attempt in outcome.route.attempts]
    for stats in client.stats():
        mine = [attempt for attempt in attempts if attempt.target == stats.target]
        failed = [attempt.error.kind for attempt in mine if attempt.error is not None]
        assert stats.errors == {kind: failed.count(kind) for kind in failed}
        assert (stats.requests, stats.in_flight, stats.cancelled) == (len(mine), 0, 0)
        assert stats.successes == len(mine) - len(failed)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.005)


def of(client: Roocode, name: str = "a/any") -> TargetStats:
    return next(stats for stats in client.stats() if stats.target == name)


def shares(outcomes: list[Outcome]) -> set[str | None]:
    return {outcome.route.target for outcome in outcomes}


def failed_at_first(running: Traffic) -> list[Attempt]:
    """The attempts that failed at the first server."""
    attempts = [attempt for each in running.outcomes for attempt in each.route.attempts]
    return [attempt for attempt in attempts if attempt.target == "a/any" and attempt.outcome == "failure"]


def took(attempt: Attempt) -> float:
    assert attempt.ended_ms is not None
    return (attempt.ended_ms - attempt.started_ms) / 1000


def check_left_out(client: Roocode, running: Traffic) -> None:
    """The first server is left out: only what asks now and then whether it is back goes there."""
    until(lambda: of(client).breaker != "closed")
    served = running.more(120)
    assert shares(served) == {"b/any"}
    # Its share would be 60; how often it is asked whether it is back depends on how long this takes.
    assert sum(attempt.target == "a/any" for each in served for attempt in each.route.attempts) <= 30
    short = [each.route.routing.candidates[0].short for each in served if each.route.routing is not None]
    assert any(each is not None and each.filter == "breaker" for each in short)


def check_back(client: Roocode, running: Traffic) -> None:
    """It gets its share again."""
    until(lambda: of(client).breaker == "closed")
    before = of(client).successes
    assert shares(running.more(100)) == set(NAMES)
    assert of(client).successes > before + 20
    assert of(client).unavailable_for_s is None


def test_frozen_in_the_middle_of_traffic(servers: list[Server]) -> None:
    # A stream that was frozen after its first content goes on at the other.
    with route(servers, stream_recovery="continue") as client, traffic(client) as running:
        assert shares(running.more(40)) == set(NAMES)
        servers[0].freeze()
        check_left_out(client, running)
        hung = failed_at_first(running)
        assert {attempt.error.kind for attempt in hung if attempt.error} == {"APITimeoutError"}
        assert max(took(attempt) for attempt in hung) < LIMIT + SLACK
        assert of(client).errors["APITimeoutError"] >= 3
        servers[0].thaw()
        check_back(client, running)


def test_killed_and_restarted_in_the_middle_of_traffic(servers: list[Server]) -> None:
    with route(servers, stream_recovery="continue") as client, traffic(client) as running:
        assert shares(running.more(40)) == set(NAMES)
        servers[0].kill()
        check_left_out(client, running)
        broken = failed_at_first(running)
        assert {attempt.error.kind for attempt in broken if attempt.error} == {"APIConnectionError"}
        # Which is known at once.
        assert max(took(attempt) for attempt in broken) < LIMIT
        assert of(client).errors["APIConnectionError"] >= 3
        servers[0].start()
        check_back(client, running)


LONG: dict[str, Any] = {"max_completion_tokens": 600, "extra_body": {"ignore_eos": True}}
# And what it is to the server's statistics.
ENDS = pytest.mark.parametrize(
    ("end", "kind"), [("kill", "APIConnectionError"), ("freeze", "APITimeoutError")]
)


@ENDS
def test_ended_in_the_middle_of_a_stream(servers: list[Server], end: str, kind: str) -> None:
    with route(servers) as client:
        stream = client.chat.completions.create(model="both", messages=HELLO, stream=True, **LONG)
        text = ""
        start = time.monotonic()
        with pytest.raises(roocode.StreamInterruptedError) as raised:
            for chunk in stream:
                if not text:
                    getattr(servers[0], end)()
                text += chunk.choices[0].delta.content or ""
        assert time.monotonic() - start < LIMIT + SLACK
        partial = raised.value.partial
        assert text and partial is not None
        assert partial.choices[0].message.content == text
        assert partial.choices[0].finish_reason is None
        assert (raised.value.target, raised.value.attempts) == ("a/any", 1)
        assert (of(client).errors, of(client).successes) == ({kind: 1}, 0)
        # The route still answers, whoever's turn it is.
        for _ in range(4):
            reply = client.chat.completions.create(model="both", messages=HELLO, max_completion_tokens=20)
            assert reply.choices[0].message.content
            assert reply.route is not None and reply.route.target == "b/any"


@ENDS
def test_a_stream_goes_on_at_the_other(servers: list[Server], end: str, kind: str) -> None:
    with route(servers) as client:
        stream = client.chat.completions.create(
            model="both", messages=HELLO, stream=True, stream_recovery="continue", **LONG
        )
        before, after = "", ""
        mark = None
        for chunk in stream:
            if not before:
                getattr(servers[0], end)()
            mark = mark or chunk.continuation
            piece = chunk.choices[0].delta.content or ""
            before, after = (before + piece, after) if mark is None else (before, after + piece)
        assert mark is not None and before and after
        assert (mark.from_target, mark.target) == ("a/any", "b/any")
        assert mark.after_characters == len(before)
        assert chunk.route is not None and chunk.choices[0].finish_reason in ("stop", "length")
        attempts = chunk.route.attempts
        assert [(each.target, each.cause) for each in attempts] == [
            ("a/any", "first"),
            ("b/any", "continuation"),
        ]
        assert [each.usage is not None and each.usage.estimated for each in attempts] == [True, False]
        assert stream.get_final_completion().choices[0].message.content == before + after
        assert (of(client).errors, of(client, "b/any").successes) == ({kind: 1}, 1)
