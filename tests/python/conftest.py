"""What the tests share: a mock provider, clients of it, and how often to repeat."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
PACED = {"stream": {"chunks": 200, "chunk_interval_ms": 20}}
SLOW = {"latency_ms": 30_000}

# A shell that starts the tests in the background has them ignore Ctrl-C, and with them the processes
# they start, of which some are to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FULL = os.environ.get("ROOCODE_FULL") == "1"


def times(moderate: int, full: int) -> int:
    """How often to repeat: more with ROOCODE_FULL=1."""
    return full if FULL else moderate


def providers(server: MockServer) -> list[dict[str, Any]]:
    return [{"name": "mock", "kind": "custom", "base_url": server.url + "/v1", "api_key": "test-key"}]


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Waits for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def run_script(text: str, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Runs a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", text, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def client(server: MockServer) -> Iterator[Roocode]:
    with Roocode(providers=providers(server), max_retries=0) as client:
        yield client


@pytest.fixture
def async_client(server: MockServer) -> AsyncRoocode:
    return AsyncRoocode(providers=providers(server), max_retries=0)
