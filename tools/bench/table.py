"""BENCHMARKS.md from the measured numbers: the tables, and each target with what came of it."""

import json
import pathlib

import routing_table
from routing_table import number

UNITS = {"requests": "request", "sync": "request", "stream": "chunk", "paced": "chunk"}
TITLES = {
    "requests": "Plain chats, 64 in flight",
    "sync": "Plain chats, one at a time, blocking",
    "stream": "Fast streams: 1,000 chunks each, 4 at a time",
    "paced": "Paced streams: 50 at once, a chunk every 10 ms",
}

# Each target: in words, and what of ours divided by what of theirs must be below or above which bound.
TARGETS = json.loads((pathlib.Path(__file__).parent / "targets.json").read_text())


def section(scenario, rows):
    unit = UNITS[scenario]
    base = rows.get("reqwest", {}).get("cpu_us")
    delays = any(row["delay_us"] for row in rows.values())
    head = f"| client | CPU µs per {unit} | × reqwest | {unit}s per second |" + (
        " delay µs |" if delays else ""
    )
    lines = [f"## {TITLES[scenario]}", "", head, "| --- " + "| ---: " * (head.count("|") - 2) + "|"]
    for name, row in rows.items():
        ratio = row["cpu_us"] / base if base and row["cpu_us"] else None
        cells = [name, number(row["cpu_us"]), number(ratio), number(row["per_s"])]
        lines.append("| " + " | ".join(cells + ([number(row["delay_us"])] if delays else [])) + " |")
    return [*lines, ""]


def targets(facts):
    lines = ["## Targets", "", "| target | seen | met |", "| --- | ---: | --- |"]
    results = {**facts["results"], "routed": facts["routing"]["routed"]}
    for target in TARGETS:
        rows = results.get(target["scenario"], {})
        ours, theirs = (rows.get(target[who], {}).get(target["figure"]) for who in ("ours", "theirs"))
        if None in (ours, theirs):
            lines.append(f"| {target['text']} | not measured | |")
            continue
        ratio = ours / theirs
        met = ratio <= target["bound"] if target["sign"] == "<=" else ratio >= target["bound"]
        lines.append(f"| {target['text']} | {ratio:.2f} | {'yes' if met else '**no**'} |")
    lines += routing_table.targets(facts["routing"])
    milliseconds, mebibytes = facts["start_up"]
    wheel, node = (size / 1e6 for size in facts["sizes"])
    for text, seen, met in (
        ("Import, at most 40 ms above an empty interpreter", f"{milliseconds:.1f} ms", milliseconds <= 40),
        ("Import, at most 20 MiB above an empty interpreter", f"{mebibytes:.1f} MiB", mebibytes <= 20),
        ("Wheel, at most 8 MB", f"{wheel:.1f} MB", wheel <= 8),
        ("npm package of one platform, at most 10 MB", f"{node:.1f} MB", node <= 10),
    ):
        lines.append(f"| {text} | {seen} | {'yes' if met else '**no**'} |")
    return [*lines, ""]


def write(facts):
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench` on {facts['date']}; medians of {facts['rounds']} rounds. "
        "How it is measured: [tools/bench](tools/bench/README.md).",
        "The machine has two cores and is noisy; read the ratios. " + ", ".join(facts["versions"]) + ".",
        "",
        *targets(facts),
    ]
    for scenario, rows in facts["results"].items():
        lines += section(scenario, rows)
    lines += routing_table.section(facts["routing"])
    lines.append((pathlib.Path(__file__).parent / "findings.md").read_text())
    return "\n".join(lines)
