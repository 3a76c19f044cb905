"""Operations that providers declare, at real servers built from the services' published formats."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import pathlib
import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import roocode
from roocode import AsyncRoocode, Roocode

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples" / "services"
SMS = {"to": "+31612345678", "from": "+15017122661", "text": "Grüße & more"}
PAYMENT = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa"}
QUICK = {"retry": {"first_wait": 0.01, "longest_wait": 0.02}}

Answer = tuple[int, dict[str, Any]] | None


class Server:
    """Answers by a function; None loses the answer."""

    def __init__(self, answer: Callable[[Server, Any, str], Answer]) -> None:
        self.requests: list[tuple[str, dict[str, str], str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append((self.path, headers, body))
                answered = answer(server, headers, body)
                if answered is None:
                    self.close_connection = True
                    return
                content = json.dumps(answered[1]).encode()
                self.send_response(answered[0])
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def begin(answer: Callable[[Server, Any, str], Answer]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def example(service: str, url: str, key: str, **changes: Any) -> dict[str, Any]:
    provider: dict[str, Any] = json.loads((EXAMPLES / f"{service}.json").read_text())["provider"]
    path = urlsplit(provider["base_url"]).path
    return {**provider, "base_url": url + path, "api_key": key, **changes}


def twilio(server: Server, headers: dict[str, str], body: str) -> Answer:
    basic = "Basic " + base64.b64encode(b"AC1:token").decode()
    if headers["authorization"] != basic:
        return 401, {"code": 20003, "message": "Authenticate", "status": 401}
    form = parse_qs(body)
    return 201, {"sid": "SM1", "status": "queued", "to": form["To"][0], "body": form["Body"][0]}


def messagebird(server: Server, headers: dict[str, str], body: str) -> Answer:
    if headers["authorization"] != "AccessKey live":
        return 401, {"errors": [{"code": 2, "description": "Request not allowed (incorrect access_key)"}]}
    return 201, {
        "id": "49e4",
        "recipients": {"items": [{"status": "sent"}]},
        "body": json.loads(body)["body"],
    }


def refusing() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("fault", ["refused", "busy"])
def test_an_sms_fails_over(start: Callable[..., Server], fault: str) -> None:
    busy = start(lambda *_: (429, {"code": 20429, "message": "Too Many Requests"}))
    other = start(messagebird)
    first = busy.url if fault == "busy" else refusing()
    providers = [example("twilio", first, "AC1:token"), example("messagebird", other.url, "live")]
    with Roocode(providers=providers, resilience=QUICK) as client:
        reply = client.call("sms.send", SMS)
        assert reply.data == {"id": "49e4", "status": "sent"}
        assert (reply.status, reply.route and reply.route.target) == (201, "messagebird/sms.send")
        assert reply.route and [attempt.target for attempt in reply.route.attempts] == [
            "twilio/sms.send",
            "messagebird/sms.send",
        ]
        assert json.loads(other.requests[0][2])["body"] == SMS["text"]
        assert pickle.loads(pickle.dumps(reply)) == reply

    async def main() -> None:
        async with AsyncRoocode(providers=providers, resilience=QUICK) as client:
            reply = await client.call("sms.send", SMS)
            assert reply.data["id"] == "49e4"
            raw = await client.with_raw_response.call("messagebird/sms.send", input=SMS)
            assert raw.json()["body"] == SMS["text"]

    asyncio.run(main())


@pytest.mark.parametrize("answer", [None, (503, {"message": "down"}), (201, [])])
def test_an_sms_that_may_have_been_sent_is_not_sent_again(start: Callable[..., Server], answer: Any) -> None:
    first, other = start(lambda *_: answer), start(messagebird)
    twice = example("twilio", first.url, "AC1:token")
    if answer == (201, []):
        twice["operations"]["sms.send"]["errors"] = [{"when": "size(body) == 0", "error": "OverloadedError"}]
    providers = [twice, example("messagebird", other.url, "live")]
    with (
        Roocode(providers=providers, resilience=QUICK) as client,
        pytest.raises(roocode.RoocodeError) as raised,
    ):
        client.call("sms.send", SMS, max_retries=3)
    error = raised.value
    assert error.not_done is False
    assert error.route and "nothing makes it safe" in (error.route.attempts[0].not_repeated or "")
    assert "nothing makes it safe" in str(error.route)
    assert (len(first.requests), len(other.requests)) == (1, 0)


def test_a_payment_whose_answer_is_lost_is_charged_once(start: Callable[..., Server]) -> None:
    results: dict[str, dict[str, Any]] = {}

    def stripe(server: Server, headers: dict[str, str], body: str) -> Answer:
        amount = int(parse_qs(body)["amount"][0])
        result = {"id": f"pi_{len(results)}", "status": "succeeded", "amount": amount}
        result = results.setdefault(headers["idempotency-key"], result)
        return None if len(server.requests) == 1 else (200, result)

    first, other = start(stripe), start(stripe)
    providers = [example("stripe", first.url, "sk_1"), example("stripe", other.url, "sk_2", name="other")]
    with Roocode(providers=providers, resilience=QUICK) as client:
        reply = client.call("payment.charge", PAYMENT)
        assert reply.data == {"id": "pi_0", "status": "succeeded", "amount": 2000}
        keys = [headers["idempotency-key"] for _, headers, _ in first.requests]
        assert len(keys) == 2 and len(set(keys)) == 1 == len(results)
        assert other.requests == []
        for _ in range(2):
            client.call("payment.charge", PAYMENT, idempotency_key="order-17")
        assert len(results) == 2


def test_a_declined_card_goes_nowhere_else(start: Callable[..., Server]) -> None:
    declined = {
        "error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
    }
    first, other = start(lambda *_: (402, declined)), start(lambda *_: (200, {}))
    providers = [example("stripe", first.url, "sk_1"), example("stripe", other.url, "sk_2", name="other")]
    with Roocode(providers=providers) as client, pytest.raises(roocode.BadRequestError) as raised:
        client.call("payment.charge", PAYMENT)
    error = raised.value
    assert (error.code, error.message, error.not_done) == ("card_declined", "Your card was declined.", True)
    assert error.body == declined
    assert other.requests == []


def test_what_is_wrong_is_told() -> None:
    providers = [example("twilio", refusing(), "AC1:token")]
    with Roocode(providers=providers) as client:
        for operation, given, param in [
            ("sms.sned", SMS, "operation"),
            ("sms.send", {"to": "1", "from": "2"}, "input.text"),
            ("sms.send", {**SMS, "txt": "x"}, "input.txt"),
        ]:
            with pytest.raises(roocode.BadRequestError) as raised:
                client.call(operation, given)
            assert raised.value.param == param
        trace = client.explain(operation="sms.send", input=SMS)
        assert [candidate.facts.name for candidate in trace.candidates] == ["twilio/sms.send"]
        with pytest.raises(roocode.ConfigurationError) as wrong:
            client.providers.update("twilio", operations={"sms.send": {"path": "messages"}})
        assert wrong.value.param == "operations.sms.send.path"
        assert client.providers.list()[0]["operations"] == ["sms.send"]


def test_the_signature_is_told() -> None:
    for client in (Roocode, AsyncRoocode):
        parameters = list(inspect.signature(client.call).parameters)
        assert parameters[1:4] == ["operation", "input", "idempotency_key"]
        assert "`sms.send`" in (inspect.getdoc(client.call) or "")
