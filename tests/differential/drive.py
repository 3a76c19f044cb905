"""What both sides do alike: each request to each provider, and what the server saw of it.

Twice each: as the library does by default, and told to leave out what a target does not
take (`drop`). The bodies of the second are compared; the first tells what is lost silently.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture import Exchange, Server

HERE = Path(__file__).parent
Fields = dict[str, Any]


@dataclass
class Case:
    """One request. `turns`: what is said after the reply, which is handed back as it came."""

    name: str
    fields: Fields
    #: Which of a provider's models, where not its usual one: `reasoning`, `audio`.
    model_with: str
    in_their_words: Fields
    turns: list[Fields]


@dataclass
class Call:
    """One request to one provider, as a library is to make it."""

    provider: str
    model: str
    #: The provider's settings for this side.
    settings: Fields
    fields: Fields
    drop: bool


#: Makes the call; gives the reply, and its message as it goes back into a conversation.
Library = Callable[[Call], tuple[object, Fields]]


def read(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def cases() -> list[Case]:
    given = read("requests.json")
    entries = [{**case, **given["of_the_first"].get(case["name"], {})} for case in read(given["first"])]
    entries += given["requests"]
    assert len({entry["name"] for entry in entries}) == len(entries), "two requests of one name"
    return [
        Case(
            name=entry["name"],
            fields={name: value for name, value in entry["request"].items() if name != "model"},
            model_with=entry.get("model_with", ""),
            in_their_words=entry.get("in_their_words", {}),
            turns=entry.get("turns", []),
        )
        for entry in entries
    ]


def filled(settings: Fields, **values: str) -> Fields:
    """`{url}` and `{model}` in a provider's settings."""
    text = json.dumps(settings)
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return dict(json.loads(text))


def run(side: str, library: Library, out: Path, speaks: Callable[[Fields], bool] = lambda _: True) -> None:
    """Writes what was sent for each provider and request to `out`. A provider that the library
    does not speak is left out."""
    server = Server()
    seen: dict[str, dict[str, Any]] = {}
    for provider, facts in read("providers.json").items():
        if not speaks(filled(facts[side], url=server.url, model="any")):
            continue
        server.provider = provider
        seen[provider] = {}
        for case in cases():
            words = case.in_their_words if side == "theirs" else {}
            fields = {**case.fields, **words}
            fields = {name: value for name, value in fields.items() if value is not None}
            model = facts.get(f"{case.model_with}_model", facts["model"])
            settings = filled(facts[side], url=server.url, model=model)
            made = {
                mode: attempt(
                    library,
                    server,
                    Call(provider, model, settings, copy.deepcopy(fields), mode == "drop"),
                    case.turns,
                )
                for mode in ("default", "drop")
            }
            seen[provider][case.name] = {"model": model, **made}
    server.close()
    out.write_text(json.dumps(seen, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def attempt(library: Library, server: Server, call: Call, turns: list[Fields]) -> dict[str, Any]:
    """What the server got, or what the library said instead of sending."""
    try:
        server.reply = "call" if turns else "plain"
        _, message = library(call)
        for turn in turns:
            server.take()
            server.reply = "plain"
            answer = dict(turn)
            if answer.get("tool_call_id") == "":
                answer["tool_call_id"] = message["tool_calls"][0]["id"]
            call.fields["messages"] = [*call.fields["messages"], message, answer]
            library(call)
    except (ImportError, AttributeError):
        raise  # The harness is at fault.
    except Exception as error:
        exchanges = server.take()
        if not exchanges:
            return {"refused": in_one_line(error)}
        print(f"{call.provider}: sent, then {in_one_line(error)}", file=sys.stderr)
        return {"sent": exchanges[-1], "failed": in_one_line(error)}
    return {"sent": last(server.take())}


def last(exchanges: list[Exchange]) -> Exchange:
    if len(exchanges) != 1:
        raise RuntimeError(f"{len(exchanges)} exchanges where one was expected")
    return exchanges[0]


def in_one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]
