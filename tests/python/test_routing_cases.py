"""The cases of `tests/cases/routing`, which are in no language, run in Python. Their form is in its README."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

import roocode
from roocode.testing import decide

CASES = sorted((pathlib.Path(__file__).parents[1] / "cases" / "routing").glob("*.json"))


def observe(case: dict[str, Any]) -> dict[str, Any]:
    """What happened, in the form of `expect`."""
    try:
        decided = decide(case)
    except roocode.RoocodeError as error:
        return {"error": {"kind": error.kind, "param": error.param, "message": error.message}}
    trace = decided.pop("trace", None)
    if trace is None:
        return decided
    replayed = roocode.replay(trace)
    assert replayed.same, replayed.differences
    for what in ("excluded", "short"):
        decided[what] = {
            candidate["facts"]["name"]: {**candidate[what], "why": candidate["why"]}
            for candidate in trace["candidates"]
            if what in candidate
        }
    decided["last_resort"] = trace.get("last_resort", False)
    return decided


def holds(got: Any, wanted: Any, place: str) -> None:
    """Asserts that `got` is `wanted`: see the README of the cases."""
    if isinstance(wanted, dict):
        assert isinstance(got, dict), f"{place}: wanted {wanted}, got {got}"
        if place.endswith(("excluded", "short")):
            assert got.keys() <= wanted.keys(), f"{place}: wanted {wanted}, got {got}"
        for key, value in wanted.items():
            holds(got.get(key), value, f"{place}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(got, list) and len(got) == len(wanted), f"{place}: wanted {wanted}, got {got}"
        for index, value in enumerate(wanted):
            holds(got[index], value, f"{place}[{index}]")
    elif isinstance(wanted, str) and place.endswith(("message", "why", "order_failed")):
        assert isinstance(got, str) and wanted in got, f"{place}: wanted {wanted!r}, got {got!r}"
    elif isinstance(wanted, float):
        assert got == pytest.approx(wanted, abs=1e-9), place
    else:
        assert got == wanted, f"{place}: wanted {wanted!r}, got {got!r}"


def test_the_cases_are_there() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: pathlib.Path) -> None:
    case = json.loads(path.read_text())
    holds(observe(case), case["expect"], "expect")
