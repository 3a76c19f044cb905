"""Mutual TLS: a provider whose server wants a client certificate."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import HELLO
from roocode import APIConnectionError, ConfigurationError, Roocode

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class Handler(BaseHTTPRequestHandler):
    """Says whose certificate it was shown."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        subject = dict(field for (field,) in self.connection.getpeercert()["subject"])  # type: ignore[attr-defined]
        message = {"role": "assistant", "content": subject["commonName"]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        reply = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A handshake that the server refuses is what is tested."""


def issue(folder: Path, name: str, authority: str | None = None) -> None:
    """A certificate of `name` and its key, both in one file: by `authority`, else by itself."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
    ]
    command += ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-addext", f"subjectAltName=DNS:{name}"]
    if authority:
        command += ["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key"]
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / f"{name}.pem").write_text(
        (folder / f"{name}.crt").read_text() + (folder / f"{name}.key").read_text()
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    issue(folder, "authority")
    issue(folder, "localhost", "authority")
    issue(folder, "alice", "authority")
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "localhost.pem")
    context.load_verify_locations(folder / "authority.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    with Server(("localhost", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}/v1"
        server.shutdown()


def client(url: str, **tls: str) -> Roocode:
    provider = {"name": "p", "kind": "custom", "base_url": url, "tls": tls}
    return Roocode(providers=[provider], max_retries=0)


def test_the_certificate_is_shown(url: str, folder: Path) -> None:
    with client(url, certificate=str(folder / "alice.pem"), authorities=str(folder / "authority.crt")) as one:
        reply = one.chat.completions.create(model="p/m", messages=HELLO)
        assert reply.choices[0].message.content == "alice"
        # As text, too; and what is changed begins anew.
        key = (folder / "alice.key").read_text()
        text = {name: (folder / f"{name}.crt").read_text() for name in ("alice", "authority")}
        one.providers.update(
            "p", tls={"certificate": text["alice"], "key": key, "authorities": text["authority"]}
        )
        reply = one.chat.completions.create(model="p/m", messages=HELLO)
        assert reply.choices[0].message.content == "alice"
        shown = repr(one) + str(one.providers.list())
        assert "BEGIN" not in shown and key.splitlines()[1] not in shown


def test_without_it_the_error_says_what_is_wanted(url: str, folder: Path) -> None:
    with (
        client(url, authorities=str(folder / "authority.crt")) as one,
        pytest.raises(APIConnectionError) as info,
    ):
        one.chat.completions.create(model="p/m", messages=HELLO)
    assert "asks for a client certificate" in str(info.value)


def test_what_is_wrong_with_it_is_named(url: str, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"providers\[0\]\.tls\.certificate"):
        client(url, key=str(folder / "alice.key"))
    missing = client(url, certificate=str(folder / "nobody.pem"))
    with missing, pytest.raises(ConfigurationError, match=r"providers\[0\]\.tls\.certificate.*nobody\.pem"):
        missing.chat.completions.create(model="p/m", messages=HELLO)
