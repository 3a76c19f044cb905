"""A server that keeps what it is sent and answers as each provider does, in the fewest words."""

from __future__ import annotations

import json
import re
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HERE = Path(__file__).parent
# The headers that say what is asked for. The others are credentials, or the HTTP library's own.
MEANING = re.compile(r"content-type|anthropic-.*|x-goog-(?!api-key).*|x-amzn-bedrock-.*|cohere-.*")


class Exchange(dict[str, Any]):
    """What was sent: `method`, `path`, `headers`, `body`."""


class Server:
    """Answers with the replies of `provider`: the one called `reply`, or the stream."""

    def __init__(self) -> None:
        self.provider = ""
        self.reply = "plain"
        self._replies = json.loads((HERE / "replies.json").read_text())
        self._exchanges: list[Exchange] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                sent = {name.lower(): value for name, value in self.headers.items()}
                headers = {name: value for name, value in sorted(sent.items()) if MEANING.fullmatch(name)}
                path = unquote(self.path)
                said = json.loads(body)
                outer._exchanges.append(Exchange(method=self.command, path=path, headers=headers, body=said))
                streamed = said.get("stream") is True or re.search("stream", path, re.I) is not None
                media_type, answer = outer.answer("stream" if streamed else outer.reply)
                self.send_response(200)
                self.send_header("content-type", media_type)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, name: str) -> tuple[str, bytes]:
        reply = self._replies[self.provider][name]
        if name != "stream":
            return "application/json", json.dumps(reply).encode()
        if self.provider == "bedrock":
            frames = (event_frame(kind, event) for event in reply for kind, event in event.items())
            return "application/vnd.amazon.eventstream", b"".join(frames)
        text = ""
        for event in reply:
            named = f"event: {event['type']}\n" if "type" in event else ""
            text += f"{named}data: {event if event == '[DONE]' else json.dumps(event)}\n\n"
        return "text/event-stream", text.encode()

    def take(self) -> list[Exchange]:
        """What was sent since the last call."""
        taken, self._exchanges = self._exchanges, []
        return taken

    def close(self) -> None:
        self._server.shutdown()


def event_frame(kind: str, event: object) -> bytes:
    """An event in Amazon's framing: lengths, their checksum, headers, payload, checksum."""
    headers = b""
    for name, value in [
        (":event-type", kind),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ]:
        headers += struct.pack("!B", len(name)) + name.encode()
        headers += struct.pack("!BH", 7, len(value)) + value.encode()
    payload = json.dumps(event).encode()
    start = struct.pack("!II", len(headers) + len(payload) + 16, len(headers))
    frame = start + struct.pack("!I", zlib.crc32(start)) + headers + payload
    return frame + struct.pack("!I", zlib.crc32(frame))
