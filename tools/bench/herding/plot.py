"""Draws herding.svg: for each contender who got the requests, and how long they took, over time.

python tools/bench/herding/plot.py     draws herding.csv once more
"""

from __future__ import annotations

import csv
import math
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

import scenario

HERE = pathlib.Path(__file__).parent

# Colours that are told apart with any kind of colour vision (Okabe and Ito).
COLOURS = {"a": "#d55e00", "b": "#e69f00", "c": "#9fd3f2", "d": "#0072b2", "e": "#009e73"}
MEANS = {
    "a": f"a: {scenario.SLOWER}× slower from {scenario.SLOW_FROM} to {scenario.SLOW_TO} s",
    "b": f"b: answers 429 from {scenario.REJECTS_FROM} to {scenario.REJECTS_TO} s",
    "c": "c: always well",
    "d": "d: always well",
    "e": f"e: new at {scenario.JOINS} s",
}
P50, P99 = "#222222", "#cc3377"
COLUMNS = 4
WIDTH, SHARE, TIMES = 300, 130, 110
LEFT, GAP_X, GAP_Y, TOP, INNER = 46, 36, 62, 100, 16
FASTEST_MS, SLOWEST_MS = 50, 10_000


def text(x: float, y: float, content: str, anchor: str = "start", size: int = 11, more: str = "") -> str:
    content = content.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" {more}>{content}</text>'


def path(points: Iterable[tuple[float, float]], more: str) -> str:
    return f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}" {more}/>'


class Panel:
    def __init__(self, left: float, top: float, height: float, y: Callable[[float], float]) -> None:
        self.left, self.top, self.height = left, top, height
        self.share = y

    def x(self, second: float) -> float:
        return self.left + second / scenario.SECONDS * WIDTH

    def y(self, value: float) -> float:
        """The place of a value, held within the panel."""
        return self.top + (1 - min(max(self.share(value), 0), 1)) * self.height

    def frame(self, ticks: Iterable[tuple[float, str]]) -> list[str]:
        parts = [
            f'<rect x="{self.left}" y="{self.top}" width="{WIDTH}" height="{self.height}" '
            'fill="none" stroke="#999"/>'
        ]
        for value, label in ticks:
            parts.append(path([(self.left - 4, self.y(value)), (self.left, self.y(value))], 'stroke="#999"'))
            parts.append(text(self.left - 6, self.y(value) + 3.5, label, "end", 10))
        return parts

    def faults(self, labelled: bool) -> list[str]:
        parts = []
        for label, start, end in (
            ("a slow", scenario.SLOW_FROM, scenario.SLOW_TO),
            ("b rejects", scenario.REJECTS_FROM, scenario.REJECTS_TO),
            ("e is new", scenario.JOINS, scenario.SECONDS),
        ):
            for at in (start, end):
                line = [(self.x(at), self.top), (self.x(at), self.top + self.height)]
                parts.append(
                    path(line, 'stroke="#000" stroke-width="0.8" stroke-dasharray="3 3" opacity="0.6"')
                )
            if labelled:
                parts.append(text((self.x(start) + self.x(end)) / 2, self.top - 4, label, "middle", 10))
        return parts


def shares(panel: Panel, rows: list[dict[str, Any]]) -> list[str]:
    """Areas upon each other, of the share that each target got in each second."""
    parts = []
    floor = [0.0] * len(rows)
    for name, colour in COLOURS.items():
        roof = []
        for index, row in enumerate(rows):
            total = sum(int(row[f"received_{each}"]) for each in COLOURS) or 1
            roof.append(floor[index] + int(row[f"received_{name}"]) / total)
        steps = [(second + edge, index) for index, second in enumerate(range(len(rows))) for edge in (0, 1)]
        outline = [(panel.x(at), panel.y(roof[index])) for at, index in steps]
        outline += [(panel.x(at), panel.y(floor[index])) for at, index in reversed(steps)]
        parts.append(path(outline, f'fill="{colour}"'))
        floor = roof
    return parts


def times(panel: Panel, rows: list[dict[str, Any]]) -> list[str]:
    lines = (("p99_ms", P99), ("p50_ms", P50))
    return [
        path(
            [(panel.x(int(row["second"]) + 0.5), panel.y(float(row[field]))) for row in rows],
            f'fill="none" stroke="{colour}" stroke-width="1.6"',
        )
        for field, colour in lines
    ]


def logarithmic(value: float) -> float:
    return math.log(max(value, FASTEST_MS) / FASTEST_MS) / math.log(SLOWEST_MS / FASTEST_MS)


def draw(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(row["contender"] for row in rows))
    width = COLUMNS * (LEFT + WIDTH) + (COLUMNS - 1) * GAP_X / 2 + 24
    height = TOP + math.ceil(len(names) / COLUMNS) * (SHARE + INNER + TIMES + GAP_Y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        'font-family="Helvetica, Arial, sans-serif" fill="#222" role="img" '
        'aria-label="Who got the requests, and how long they took, of each contender over time">',
        f'<rect width="{width:.0f}" height="{height}" fill="#fff"/>',
        text(LEFT, 26, "Who gets the requests, and how long they take", size=17, more='font-weight="bold"'),
    ]
    at = float(LEFT)
    for name, colour in COLOURS.items():
        parts.append(f'<rect x="{at}" y="40" width="12" height="12" fill="{colour}"/>')
        parts.append(text(at + 17, 50, MEANS[name]))
        at += 34 + 6 * len(MEANS[name])
    for label, colour in (("p50", P50), ("p99", P99)):
        parts.append(path([(at, 46), (at + 16, 46)], f'stroke="{colour}" stroke-width="2"'))
        parts.append(text(at + 20, 50, label))
        at += 56
    for index, name in enumerate(names):
        left = LEFT + (index % COLUMNS) * (WIDTH + LEFT + GAP_X / 2)
        top = TOP + (index // COLUMNS) * (SHARE + INNER + TIMES + GAP_Y)
        mine = [row for row in rows if row["contender"] == name]
        parts.append(text(left, top - 18, name, size=13, more='font-weight="bold"'))
        share = Panel(left, top, SHARE, lambda value: value)
        parts += shares(share, mine) + share.faults(labelled=True)
        parts += share.frame([(0, "0"), (0.5, "50%"), (1, "100%")])
        took = Panel(left, top + SHARE + INNER, TIMES, logarithmic)
        parts += took.faults(labelled=False) + times(took, mine)
        parts += took.frame([(50, "50 ms"), (100, "100"), (1000, "1 s"), (10_000, "10 s")])
        for second in range(0, scenario.SECONDS + 1, 10):
            parts.append(text(took.x(second), took.top + TIMES + 13, f"{second} s", "middle", 10))
    return "\n".join([*parts, "</svg>\n"])


if __name__ == "__main__":
    with (HERE / "herding.csv").open() as file:
        (HERE / "herding.svg").write_text(draw(list(csv.DictReader(file))))
