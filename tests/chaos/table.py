"""Writes MATRIX.md: what matrix.json expects and what both languages saw, side by side.

    python tests/chaos/table.py PYTHON.json NODE.json

Ends with 1 where something differs.
"""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any

from scenarios import HERE, MATRIX, meet

COLUMNS = ("fault", "call", "expected", "seen from Python", "seen from Node")

HEAD = """# The chaos matrix

Written by `tests/chaos/run`; do not edit. Against real HTTP servers on one machine, a run in each language.

A cell says how many requests each server got · how each call ended, with the attempts of its trace in
brackets (target, cause, outcome, kind of error) · in which state the targets were left. What is seen and not
as expected is in bold. `a` is the target that fails, `b` the one that is well.
"""


def cell(row: dict[str, Any]) -> str:
    parts = [", ".join(f"{name} {count}" for name, count in row["requests"].items())]
    for call in row["calls"]:
        ends = call["ends"]
        if limit := call.get("limit"):
            ends += f" ({limit})"
        if partial := call.get("partial"):
            ends += f" with “{partial.strip()}”"
        times = f"{call['times']} × " if len(row["calls"]) > 1 or call["times"] > 1 else ""
        parts.append(f"{times}{ends} [{', '.join(call['attempts'])}]")
    if "state" in row:
        parts.append(", ".join(f"{name} {state}" for name, state in row["state"].items()))
    parts += row.get("wrong", [])
    return " · ".join(parts)


def table(seen: list[list[dict[str, Any]]]) -> tuple[str, int]:
    """The document, and how many cells are not as expected."""
    differ = 0
    text = HEAD
    text += "\n| fault | what happens |\n| --- | --- |\n"
    for name, fault in MATRIX["faults"].items():
        text += f"| {name} | {fault['about']} |\n"
    for mode, told in MATRIX["modes"].items():
        text += f"\n## {mode}\n\n{told['about']}\n\n"
        text += f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}\n"
        for number, row in enumerate(MATRIX["rows"]):
            if row["mode"] != mode:
                continue
            expected = cell(row)
            cells = [row["fault"], row["call"], expected]
            for language in seen:
                got = cell(meet(row, language[number]))
                differ += got != expected
                cells.append(got if got == expected else f"**{got}**")
            text += f"| {' | '.join(cells)} |\n"
    return text, differ


def main(paths: list[str]) -> int:
    text, differ = table([json.loads(pathlib.Path(path).read_text()) for path in paths])
    count = len(MATRIX["rows"])
    verdict = "all as expected" if differ == 0 else f"{differ} not as expected"
    (HERE / "MATRIX.md").write_text(f"{text}\n{count} rows in each language, {verdict}.\n")
    print(f"{count} rows in each language, {verdict}: tests/chaos/MATRIX.md")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
