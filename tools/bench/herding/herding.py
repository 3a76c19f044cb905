"""Runs every contender against the same servers and faults, one after the other, and writes what was seen.

    python tools/bench/herding/herding.py [--only NAME]

Writes herding.csv (a line for each contender and second), herding.svg (plot.py) and the table in HERDING.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import Any

import plot
import scenario

from roocode.testing import MockServer

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
PYTHONS = {"roocode": sys.executable, "litellm": str(ROOT / ".tools/bench/python/bin/python")}
FIELDS = (
    "contender",
    "second",
    *(f"received_{name}" for name in scenario.LATENCY_MS),
    "requests",
    "errors",
    "p50_ms",
    "p99_ms",
)


def answers(name: str, slower: float = 1) -> list[Any]:
    return [{"reply": {"content": "Hello to you"}, "latency_ms": scenario.LATENCY_MS[name] * slower}]


def rejects() -> list[Any]:
    return [{"fault": {"kind": "status", "status": 429}}]


class Run:
    """One contender's run: the requests' ends, and when each server received something."""

    def __init__(self, environment: str, strategy: str) -> None:
        self.servers: dict[str, MockServer] = {}
        began = {}
        for name in scenario.LATENCY_MS:
            began[name] = time.monotonic()
            self.servers[name] = MockServer(answers(name), log_limit=100_000)
        urls = json.dumps({name: server.url for name, server in self.servers.items()})
        client = subprocess.Popen(
            [PYTHONS[environment], str(HERE / f"{environment}_client.py"), strategy, urls],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert client.stdin is not None and client.stdout is not None
        if client.stdout.readline().strip() != "ready":
            raise SystemExit(f"{environment} {strategy} did not start")
        start = time.monotonic() + 0.5
        client.stdin.write(f"{start}\n")
        client.stdin.flush()
        threading.Thread(target=self.play, args=(start,), daemon=True).start()
        self.ended: list[tuple[float, float, str | None]] = json.loads(client.stdout.readline())
        client.wait()
        self.received = {
            name: [began[name] + request["received_ms"] / 1000 - start for request in server.requests]
            for name, server in self.servers.items()
        }
        for server in self.servers.values():
            server.stop()

    def play(self, start: float) -> None:
        """The faults, at their times."""
        for at, name, scripts in (
            (scenario.SLOW_FROM, scenario.SLOW, answers(scenario.SLOW, scenario.SLOWER)),
            (scenario.SLOW_TO, scenario.SLOW, answers(scenario.SLOW)),
            (scenario.REJECTS_FROM, scenario.REJECTING, rejects()),
            (scenario.REJECTS_TO, scenario.REJECTING, answers(scenario.REJECTING)),
        ):
            time.sleep(max(0.0, start + at - time.monotonic()))
            self.servers[name].set_scripts(scripts)

    def rows(self, contender: str) -> list[dict[str, Any]]:
        received = {
            name: Counter(int(at) for at in times if at >= 0) for name, times in self.received.items()
        }
        rows = []
        for second in range(scenario.SECONDS):
            # Three seconds around: 77 requests, so that there is a p99 to speak of.
            near = [took for at, took, _ in self.ended if second - 1 <= at < second + 2]
            sent = [error for at, _, error in self.ended if int(at) == second]
            rows.append(
                {
                    "contender": contender,
                    "second": second,
                    **{f"received_{name}": counts[second] for name, counts in received.items()},
                    "requests": len(sent),
                    "errors": sum(error is not None for error in sent),
                    "p50_ms": round(percentile(near, 50) * 1000, 1),
                    "p99_ms": round(percentile(near, 99) * 1000, 1),
                }
            )
        return rows

    def summary(self, contender: str) -> str:
        """A line of the table: share to the target in question, p50 and p99 of each phase, errors."""
        cells = [contender]
        for (start, end), target in zip(
            scenario.PHASES.values(), (None, scenario.SLOW, scenario.REJECTING, scenario.NEW), strict=True
        ):
            within = {each: sum(start <= at < end for at in times) for each, times in self.received.items()}
            if target is None:
                cells.append(f"{max(within.values()) / sum(within.values()):.0%}")
            else:
                cells.append(f"{within[target] / sum(within.values()):.0%}")
            took = [took for at, took, _ in self.ended if start <= at < end]
            cells.append(f"{percentile(took, 50) * 1000:.0f} / {percentile(took, 99) * 1000:.0f}")
        first = sum(0 <= at - scenario.JOINS < 1 for at in self.received[scenario.NEW])
        everyone = sum(0 <= at - scenario.JOINS < 1 for times in self.received.values() for at in times)
        cells.append(f"{first / max(everyone, 1):.0%}")
        back = [at for at in self.received[scenario.REJECTING] if at >= scenario.REJECTS_TO]
        cells.append(f"{min(back) - scenario.REJECTS_TO:.1f} s" if back else "not seen")
        failed = Counter(error for _, _, error in self.ended if error is not None)
        cells.append(", ".join(f"{count} {name}" for name, count in failed.most_common()) or "0")
        exchanges = sum(at >= 0 for times in self.received.values() for at in times)
        cells.append(f"{exchanges / len(self.ended):.2f}")
        return "| " + " | ".join(cells) + " |"


def percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


HEAD = (
    "| contender | all well: largest share | p50 / p99, ms | `a` slow: share to it | p50 / p99, ms "
    "| `b` rejects: share to it | p50 / p99, ms | `e` is new: share to it | p50 / p99, ms "
    "| … in its first second | `b` asked again after | requests that failed | exchanges per request |"
)


def versions() -> str:
    litellm = subprocess.run(
        [PYTHONS["litellm"], "-c", "import importlib.metadata as m; print(m.version('litellm'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    return (
        f"{datetime.datetime.now(datetime.timezone.utc).date()}, roocode at {commit.strip()}, "
        f"litellm {litellm}, Python {platform.python_version()}, "
        f"{len(scenario.arrivals()):,} requests for each contender"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="one contender, printed and not written")
    only = parser.parse_args().only
    rows: list[dict[str, Any]] = []
    table = [HEAD, "|" + " --- |" * (HEAD.count("|") - 1)]
    for contender, environment, strategy in scenario.CONTENDERS:
        if only not in (None, contender):
            continue
        print(contender, "…", file=sys.stderr, flush=True)
        run = Run(environment, strategy)
        rows += run.rows(contender)
        table.append(run.summary(contender))
    print("\n".join(table))
    if only is not None:
        return
    with (HERE / "herding.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (HERE / "herding.svg").write_text(plot.draw(rows))
    page = HERE / "HERDING.md"
    start, end = "<!-- numbers: written by herding.py -->\n", "<!-- /numbers -->"
    before, rest = page.read_text().split(start)
    page.write_text(
        before + start + f"{versions()}.\n\n" + "\n".join(table) + "\n" + end + rest.split(end)[1]
    )


if __name__ == "__main__":
    main()
