"""Two bodies, and where they differ.

A difference has a place: the path in the body, with the role or type of a list's item in
place of its position (`messages[user].content[image].source`). What two notations say alike
(text, and a list with one block of it) is one difference of its own, `notation: …`, and does
not hide others below it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: What is not there.
ABSENT = object()


@dataclass(frozen=True)
class Difference:
    provider: str
    request: str
    place: str
    #: As JSON; `—` where there is nothing.
    ours: str
    theirs: str


def written(value: object) -> str:
    return "—" if value is ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)


#: Keys that say what an item is, where it has no `role` or `type`: Gemini's and Bedrock's.
KINDS = re.compile(
    "text|inlineData|fileData|functionCall|functionResponse|functionDeclarations|image|document|video"
    "|toolUse|toolResult|toolSpec|reasoningContent|cachePoint|json"
)


def label(item: object) -> str:
    """What an item of a list is."""
    if not isinstance(item, dict):
        return ""
    for name in ("role", "type"):
        if isinstance(item.get(name), str):
            return str(item[name])
    if item.get("thought") is True:
        return "thought"
    return next((key for key in sorted(item) if KINDS.fullmatch(key)), "")


def differences(ours: object, theirs: object, place: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            below = f"{place}.{name}" if place else name
            yield from differences(ours.get(name, ABSENT), theirs.get(name, ABSENT), below)
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from of_lists(ours, theirs, place)
    elif written(ours) != written(theirs):
        yield place, written(ours), written(theirs)


def of_lists(ours: list[Any], theirs: list[Any], place: str) -> Iterator[tuple[str, str, str]]:
    """Equal items are matched first; what stands between is compared in pairs, if it pairs."""
    matcher = difflib.SequenceMatcher(
        None, [written(item) for item in ours], [written(item) for item in theirs], autojunk=False
    )
    for what, start, end, their_start, their_end in matcher.get_opcodes():
        mine, other = ours[start:end], theirs[their_start:their_end]
        if what == "equal":
            continue
        if [label(item) for item in mine] == [label(item) for item in other]:
            for one, two in zip(mine, other, strict=True):
                yield from differences(one, two, f"{place}[{label(one)}]")
        else:
            yield f"{place}[]", written(mine or ABSENT), written(other or ABSENT)


Found = Callable[[str], None]


def in_one_notation(provider: str, body: Any) -> tuple[Any, set[str]]:
    """The body in the notation of the provider's documentation, and what was rewritten where."""
    notations: set[str] = set()
    if provider == "gemini":
        body = camel_case(body, "", notations.add)
    elif provider == "bedrock":
        body = read_schemas(body)
    else:
        body = blocks(body, "", notations.add)
    return body, notations


def ignore(_: str) -> None:
    pass


#: What the user wrote: names in it are his.
USERS_OWN = {
    "parametersJsonSchema",
    "parameters",
    "responseJsonSchema",
    "responseSchema",
    "args",
    "response",
    "input_schema",
    "input",
    "schema",
}


#: Fields of the whole request that Gemini's schema has; others are the caller's own.
WHOLE = {"system_instruction", "safety_settings", "tool_config", "generation_config", "cached_content"}


def camel_case(value: Any, name: str, found: Found) -> Any:
    """Gemini takes names in snake_case, too (ProtoJSON), and schemas of tools in two fields."""
    if isinstance(value, list):
        return [camel_case(item, name, found) for item in value]
    if not isinstance(value, dict) or name in USERS_OWN:
        return value
    rewritten = {}
    for key, below in value.items():
        new = re.sub(r"_([a-z])", lambda letter: letter[1].upper(), key) if name or key in WHOLE else key
        if new != key:
            found("names in snake_case")
        if name == "functionDeclarations" and new == "parameters" and found is not ignore:
            found("parameters, not parametersJsonSchema")
            new = "parametersJsonSchema"
        rewritten[new] = camel_case(below, new, found)
    return rewritten


def blocks(value: Any, name: str, found: Found) -> Any:
    """Content that is a text is a list of one block of it."""
    if isinstance(value, list):
        return [blocks(item, name, found) for item in value]
    if isinstance(value, str) and name in ("content", "system"):
        found(f"{name} as text")
        return [{"type": "text", "text": value}]
    if not isinstance(value, dict) or name in USERS_OWN:
        return value
    if name == "tools" and value.get("type") == "custom":
        found("tools with type custom")
        value = {key: below for key, below in value.items() if key != "type"}
    return {key: blocks(below, key, found) for key, below in value.items()}


def read_schemas(value: Any) -> Any:
    """Bedrock takes an answer's schema as a text of JSON."""
    if isinstance(value, list):
        return [read_schemas(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: json.loads(below) if key == "schema" and isinstance(below, str) else read_schemas(below)
        for key, below in value.items()
    }


def as_judged(provider: str, body: Any) -> Any:
    """The body as its schema writes it: names in snake_case are Gemini's, too, but not its schema's."""
    return camel_case(body, "", ignore) if provider == "gemini" else body


def of_attempts(provider: str, request: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    """What differs between two records of `drive`."""

    def one(place: str, mine: str, other: str) -> Difference:
        return Difference(provider, request, place, mine, other)

    refused = [said.get("refused") for said in (ours["default"], theirs["default"])]
    if (refused[0] is None) != (refused[1] is None):
        yield one("(by default)", refused[0] or "sent", refused[1] or "sent")
    mine, other = ours["drop"], theirs["drop"]
    if "refused" in mine or "refused" in other:
        if ("refused" in mine) != ("refused" in other):
            yield one(
                "(even with drop)",
                mine.get("refused") or written(mine["sent"]["body"]),
                other.get("refused") or written(other["sent"]["body"]),
            )
        return
    sent, other_sent = mine["sent"], other["sent"]
    for field in ("method", "path", "headers"):
        for place, *both in differences(sent[field], other_sent[field], f"({field})"):
            yield one(place, *both)
    body, notations = in_one_notation(provider, sent["body"])
    other_body, other_notations = in_one_notation(provider, other_sent["body"])
    for notation in sorted(notations ^ other_notations):
        is_ours = notation in notations
        yield one(f"(notation) {notation}", *(("so", "otherwise") if is_ours else ("otherwise", "so")))
    for place, *both in differences(body, other_body):
        yield one(place, *both)
