"""Every row of matrix.json, from Python."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scenarios import MATRIX, meet, play_all

ROWS = MATRIX["rows"]


@pytest.fixture(scope="module")
def seen() -> list[dict[str, Any]]:
    return asyncio.run(play_all())


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=[f"{row['fault']}-{row['call']}-{row['mode']}" for row in ROWS]
)
def test_row(seen: list[dict[str, Any]], number: int) -> None:
    row = ROWS[number]
    expected = {name: row[name] for name in ("requests", "calls", "state") if name in row}
    assert meet(row, seen[number]) == expected
