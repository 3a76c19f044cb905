"""A published schema as the judge of a body: whether it is valid, and whether the schema knows its keys.

The rules are those of `core/tests/schemas/referee.rs`; here they judge both sides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"


class Referee:
    def __init__(self, file: str, root: str) -> None:
        self.document = json.loads((SPECS / file).read_text())
        if str(self.document.get("openapi", "")).startswith("3.0"):
            allow_null(self.document)
        self.root = {"$ref": root}
        self.validator = Draft202012Validator({**self.document, **self.root})

    def objections(self, body: Any) -> set[tuple[str, str]]:
        """Place and message of each."""
        found = set()
        for outer in self.validator.iter_errors(body):
            error = innermost(outer)
            place = ".".join(str(step) for step in error.absolute_path if not isinstance(step, int))
            found.add((place, shortened(error)))
        # A closed object names its own unknown keys.
        closed = {place for place, message in found if "unexpected" in message}
        for place in self.unknown_keys(body, [self.root], ""):
            if place.rpartition(".")[0] not in closed:
                found.add((place, "no such field in the schema"))
        return found

    def unknown_keys(self, value: Any, schemas: list[Any], place: str) -> Iterator[str]:
        flat = [part for schema in schemas for part in self.flatten(schema, value)]
        if isinstance(value, list):
            items = [schema["items"] for schema in flat if "items" in schema]
            if items:
                for item in value:
                    yield from self.unknown_keys(item, items, place)
        elif isinstance(value, dict):
            names = any("properties" in schema for schema in flat)
            is_open = any(schema.get("additionalProperties", False) is not False for schema in flat)
            for name, below in value.items():
                known = [
                    schema["properties"][name] for schema in flat if name in schema.get("properties", {})
                ]
                at = f"{place}.{name}" if place else name
                if known:
                    yield from self.unknown_keys(below, known, at)
                elif names and not is_open:
                    yield at

    def flatten(self, schema: Any, value: Any) -> Iterator[Any]:
        """The schema and all that it refers to, as far as they can be this value's."""
        if "$ref" in schema:
            target: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            yield from self.flatten(target, value)
        for part in schema.get("allOf", []):
            yield from self.flatten(part, value)
        for alternative in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
            parts = list(self.flatten(alternative, value))
            if all(may_be(part, value) for part in parts):
                yield from parts
        yield schema


def innermost(error: Any) -> Any:
    """Of alternatives, what the one that is meant has against the value."""
    while error.context:
        groups: dict[Any, list[Any]] = {}
        for below in error.context:
            groups.setdefault(below.relative_schema_path[0], []).append(below)
        meant = [group for group in groups.values() if not any(of_another(below) for below in group)]
        nearest: list[Any] = sorted(meant or groups.values(), key=len)[0]
        error = max(nearest, key=lambda below: len(below.absolute_path))
    return error


def of_another(error: Any) -> bool:
    """Whether the alternative is one for another role or type."""
    path = list(error.relative_path)
    wrong_kind = error.validator in ("const", "enum") and path[-1:] in (["role"], ["type"])
    return wrong_kind or (error.validator == "type" and not path)


def allow_null(schema: Any) -> None:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type."""
    if isinstance(schema, list):
        for item in schema:
            allow_null(item)
    if not isinstance(schema, dict):
        return
    if schema.get("nullable") is True:
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"].append(None)
        for name in ("oneOf", "anyOf"):
            if isinstance(schema.get(name), list):
                schema[name].append({"type": "null"})
    for below in schema.values():
        allow_null(below)


def may_be(schema: Any, value: Any) -> bool:
    """Whether no fixed text of the schema differs from the value's."""
    if not isinstance(value, dict):
        return True
    for name, rule in schema.get("properties", {}).items():
        given = value.get(name)
        if not (isinstance(given, str) and isinstance(rule, dict)):
            continue
        if given not in rule.get("enum", [given]) or rule.get("const", given) != given:
            return False
    return True


def shortened(error: Any) -> str:
    """The message without the value it quotes, which may be a whole body."""
    said = str(error.message)
    quoted = repr(error.instance)
    if said.startswith(quoted):
        said = said[len(quoted) :].strip()
        if len(quoted) <= 40:
            said = f"{quoted} {said}"
    said = re.sub(r"\s+", " ", said)
    return said if len(said) <= 160 else said[:160] + "…"
