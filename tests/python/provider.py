"""A provider made of sockets alone, independent of the package's own mock.

What it sees of connections is the proof that they were closed, and when. A plain
request gets no answer; a streamed one gets a chunk every few milliseconds, or the
first alone where the model is `quiet`.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from conftest import FULL, until

# In a full run, on a quiet machine. Else what a busy one may take on top.
LIMIT = 0.05 if FULL else 0.5
"""Seconds after leaving within which the connection has to be closed."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
CHUNK = (
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m",'
    b'"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}\n\n'
)


class Provider:
    def __init__(self) -> None:
        self.requests = 0
        self.departures: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._serve(self._accept)

    @property
    def providers(self) -> list[dict[str, Any]]:
        return [{"name": "mock", "kind": "custom", "base_url": self.url + "/v1", "api_key": "test-key"}]

    def stop(self) -> None:
        # It wakes who accepts, which closing does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait_for_requests(self, count: int) -> None:
        assert until(lambda: self.requests >= count), f"{self.requests} of {count} requests came"

    def check_left(self, since: float, count: int = 1) -> None:
        """All of `count` connections were closed within the limit after `since`."""
        assert until(lambda: len(self.departures) >= count), f"{len(self.departures)} of {count} were closed"
        took = max(self.departures) - since
        assert took < LIMIT, f"closed after {took * 1e3:.0f} ms"

    def _serve(self, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._serve(self._answer, connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            request = b""
            while b"\r\n\r\n" not in request or not request.endswith(b"}"):
                request += connection.recv(65_536)
            self.requests += 1
            quiet = b"quiet" in request
            if b'"stream":true' in request:
                connection.sendall(HEAD + self._chunk())
                connection.settimeout(None if quiet else 0.005)
            while True:
                try:
                    if connection.recv(1) == b"":
                        break
                except TimeoutError:
                    self._send(connection)
                except OSError:
                    break
            self.departures.append(time.monotonic())

    def _send(self, connection: socket.socket) -> None:
        try:
            connection.sendall(self._chunk())
        except OSError:
            # The next look at what came says that the client has gone.
            return

    @staticmethod
    def _chunk() -> bytes:
        return b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK)
