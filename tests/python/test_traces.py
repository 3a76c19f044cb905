"""A trace as people see it: as text, in a notebook, and below an error's message."""

import html.parser
import json
import os
import pathlib
import pickle
import sys
import traceback

import pytest

import roocode
from roocode import Roocode
from roocode.testing import MockServer
from roocode.types import RoutingTrace, Trace

FOLDER = pathlib.Path(__file__).parents[1] / "traces"
SETUP = json.loads((FOLDER / "request.json").read_text())


def client_of(setup, url):
    providers = [
        {
            **provider,
            "base_url": provider["base_url"].replace("{url}", url),
            "prices": {setup["models"][name]: setup["prices"][name]} if name in setup["prices"] else {},
        }
        for provider in setup["providers"]
        for name in [provider["name"]]
    ]
    targets = [f"{name}/{model}" for name, model in setup["models"].items()]
    return Roocode(providers=providers, routes={"smart": {"targets": targets, "strategy": setup["strategy"]}})


def ask(client, **more):
    return client.chat.completions.create(
        model="smart", messages=SETUP["messages"], routing=SETUP["routing"], **more
    )


@pytest.fixture(scope="module")
def trace():
    """Of a real request, with its times put to those of the file."""
    with MockServer(SETUP["scripts"]) as server, client_of(SETUP, server.url) as client:
        fields = ask(client).route.to_dict()
    times = SETUP["times"]
    for attempt, stable in zip(fields["attempts"], times["attempts"], strict=True):
        attempt.pop("first_token_ms", None)
        attempt.update(stable)
    fields.update(total_ms=times["total_ms"], time_to_first_token_ms=times["time_to_first_token_ms"])
    return Trace(**fields)


@pytest.mark.parametrize(("name", "show"), [("python.txt", str), ("notebook.html", Trace._repr_html_)])
def test_a_request_that_failed_over_twice(trace, name, show):
    shown = show(trace) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        (FOLDER / name).write_text(shown)
    assert (FOLDER / name).read_text() == shown, "UPDATE_SNAPSHOTS=1 refreshes it"


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def test_what_a_provider_says_stays_text():
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[2J\r\n</td>"
    scripts = [
        {"fault": {"kind": "status", "status": 503, "message": evil}, "times": 1},
        *SETUP["scripts"][2:],
    ]
    with MockServer(scripts) as server, client_of(SETUP, server.url) as client:
        trace = ask(client).route
    read = Tags(trace._repr_html_())
    assert not {"script", "img"} & set(read.tags)
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in read.text
    assert "\x1b" not in str(trace) + read.text and "\r" not in str(trace)


def test_the_decision_of_a_reply_is_a_field_like_any_other():
    with MockServer(SETUP["scripts"]) as server, client_of(SETUP, server.url) as client:
        first, second = ask(client), ask(client)
    # Each by another way, none looked at before.
    copy = json.loads(first.route.to_json())
    assert list(copy).index("routing") == list(copy).index("attempts") - 1
    assert first.route.routing.to_dict() == copy["routing"] == first.to_dict()["route"]["routing"]
    assert pickle.loads(pickle.dumps(second)) == second
    assert [candidate.facts.name for candidate in second.route.routing.candidates] == [
        candidate["facts"]["name"] for candidate in copy["routing"]["candidates"]
    ]


def test_a_decision_shows_itself_too():
    with MockServer() as server, client_of(SETUP, server.url) as client:
        decision = client.explain(model="smart", messages=SETUP["messages"], routing=SETUP["routing"])
    assert isinstance(decision, RoutingTrace)
    assert "left out: it processes data in `us`" in str(decision)
    assert "openai/gpt-5-mini" in Tags(decision._repr_html_()).text


def test_an_error_shows_its_trace():
    with (
        MockServer({"fault": {"kind": "status", "status": 500}}) as server,
        client_of(SETUP, server.url) as client,
    ):
        with pytest.raises(roocode.InternalServerError) as caught:
            ask(client, max_retries=0)
        with pytest.raises(roocode.InternalServerError) as single:
            client.chat.completions.create(
                model="openai/gpt-5-mini", messages=SETUP["messages"], max_retries=0
            )
    error = caught.value
    assert error.__notes__ == [str(error.route)]
    assert error.__notes__[0].startswith("smart → no answer: 3 attempts")
    assert str(error) in error._repr_html_() and error.route._repr_html_() in error._repr_html_()
    if sys.version_info >= (3, 11):
        error.add_note("and a note of my own")
        lines = "".join(traceback.format_exception(error))
        assert "2  anthropic/claude-haiku-4-5  fallback" in lines and "and a note of my own" in lines
    assert pickle.loads(pickle.dumps(error)).__notes__ == [str(error.route)]
    # One attempt at one target: the message says it all.
    assert single.value.__notes__ == []
    assert roocode.RateLimitError("of my own").__notes__ == []
    assert roocode.RateLimitError("of my own")._repr_html_() is None


def test_other_records_show_as_before(trace):
    attempt = trace.attempts[0]
    assert str(attempt) == repr(attempt)
    assert repr(trace).startswith("Trace(") and "requested_model='smart'" in repr(trace)
    # What is no trace any more shows as any record.
    broken = Trace(attempts="none")
    assert str(broken) == repr(broken) and broken._repr_html_() is None


def test_ipython_shows_the_text(trace):
    written = []
    printer = type("Printer", (), {"text": lambda self, text: written.append(text)})()
    trace._repr_pretty_(printer, False)
    assert written == [str(trace)]
