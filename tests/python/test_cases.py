"""The cases of `tests/cases`, which are in no language, run in Python. Their form is in its README."""

import asyncio
import copy
import json
import pathlib

import pytest

import roocode
from roocode.testing import MockServer

FOLDER = pathlib.Path(__file__).parents[1] / "cases" / "chat"
CASES = sorted(FOLDER.glob("*.json"))


def test_the_cases_are_there():
    assert len(CASES) >= 40


class Seen:
    """What happened, as plain data."""

    def __init__(self):
        self.texts, self.reply, self.last, self.error = [], None, None, None
        self.message = None


def error_fields(error):
    fields = {
        name: getattr(error, name) for name in ("kind", "param", "status", "provider", "model", "target")
    }
    fields.update(attempts=error.attempts, retry_after=error.retry_after)
    fields["partial"] = error.partial and error.partial.model_dump()
    return fields


def keep(seen, chunk):
    text = chunk.choices[0].delta.content if chunk.choices else None
    if text:
        seen.texts.append(text)
    seen.last = chunk.model_dump()


def finish(seen, completion):
    seen.reply = completion.model_dump()
    seen.message = completion.choices[0].message


def send_sync(config, request, options):
    seen = Seen()
    with roocode.Roocode(**config) as client:
        try:
            reply = client.chat.completions.create(**request, **options)
            if request.get("stream") is True:
                for chunk in reply:
                    keep(seen, chunk)
                finish(seen, reply.get_final_completion())
            else:
                finish(seen, reply)
        except roocode.RoocodeError as error:
            seen.error = error_fields(error)
    return seen


async def create_async(config, request, options):
    seen = Seen()
    async with roocode.AsyncRoocode(**config) as client:
        try:
            reply = await client.chat.completions.create(**request, **options)
            if request.get("stream") is True:
                async for chunk in reply:
                    keep(seen, chunk)
                finish(seen, await reply.get_final_completion())
            else:
                finish(seen, reply)
        except roocode.RoocodeError as error:
            seen.error = error_fields(error)
    return seen


def send_async(config, request, options):
    return asyncio.run(create_async(config, request, options))


def holds(got, wanted, place):
    """Asserts that `got` holds at least `wanted`."""
    if isinstance(wanted, dict):
        assert isinstance(got, dict), f"{place}: wanted {wanted}, got {got}"
        for key, value in wanted.items():
            holds(got.get(key), value, f"{place}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(got, list) and len(got) == len(wanted), f"{place}: wanted {wanted}, got {got}"
        for index, value in enumerate(wanted):
            holds(got[index], value, f"{place}[{index}]")
    else:
        assert got == wanted, f"{place}: wanted {wanted!r}, got {got!r}"


@pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path, send):
    case = json.loads(path.read_text())
    with MockServer(case["scripts"]) as server:
        config = {name: case[name] for name in ("providers", "routes") if name in case}
        config = json.loads(json.dumps(config).replace("{url}", server.url))
        options = case.get("options", {})
        request, before = case["request"], copy.deepcopy(case["request"])
        seen = send(config, request, options)
        assert request == before, "the caller's objects were changed"
        if "then" in case:
            messages = [*request["messages"], seen.message, *case["then"]["messages"]]
            seen = send(config, {**request, "messages": messages}, options)
        check(case["expect"], seen, server.requests)


def check(expect, seen, sent):
    if "error" not in expect:
        assert seen.error is None, seen.error
    for name in ("reply", "last", "error"):
        if name in expect:
            holds(getattr(seen, name), expect[name], name)
    if "texts" in expect:
        assert seen.texts == expect["texts"]
    if "tool_calls" in expect:
        calls = [call["function"] for call in seen.reply["choices"][0]["message"]["tool_calls"]]
        got = [{"name": call["name"], "arguments": json.loads(call["arguments"])} for call in calls]
        assert got == expect["tool_calls"]
    if "cost_usd" in expect:
        assert seen.reply["route"]["cost"]["total_usd"] == pytest.approx(expect["cost_usd"], abs=1e-12)
    if "requests" in expect:
        assert len(sent) == expect["requests"]
    if "sent" in expect:
        assert len(sent) == len(expect["sent"])
        for got, wanted in zip(sent, expect["sent"], strict=True):
            holds(got, {key: value for key, value in wanted.items() if key != "body"}, "sent")
            if "body" in wanted:
                assert got["body"] == wanted["body"]
