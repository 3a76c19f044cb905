"""BENCHMARKS.md from the measured numbers: the tables, and each target with what came of it."""

UNITS = {"requests": "request", "sync": "request", "stream": "chunk", "paced": "chunk"}
TITLES = {
    "requests": "Plain chats, 64 in flight",
    "sync": "Plain chats, one at a time, blocking",
    "stream": "Fast streams: 1,000 chunks each, 4 at a time",
    "paced": "Paced streams: 50 at once, a chunk every 10 ms",
}

# Target: text, scenario, what is divided by what, and the bound.
TARGETS = [
    ("Python, 64 in flight: CPU per request, at most 2.5 × reqwest", "requests", "cpu_us", "roocode (Python)", "reqwest", "<=", 2.5),
    ("Python, 64 in flight: requests/s, at least 20 × openai", "requests", "per_s", "roocode (Python)", "openai (Python)", ">=", 20),
    ("Python, 64 in flight: requests/s, at least 2 × liter-llm", "requests", "per_s", "roocode (Python)", "liter-llm (Python)", ">=", 2),
    ("Python, blocking, one at a time: CPU, at most 2 × reqwest", "sync", "cpu_us", "roocode (Python)", "reqwest", "<=", 2),
    ("Python, fast streams: CPU per chunk, at most 2.5 × reqwest", "stream", "cpu_us", "roocode (Python)", "reqwest", "<=", 2.5),
    ("Python, fast streams: CPU per chunk, at most 1/6 of openai", "stream", "cpu_us", "roocode (Python)", "openai (Python)", "<=", 1 / 6),
    ("Python, fast streams: CPU per chunk, at most 1/4 of liter-llm", "stream", "cpu_us", "roocode (Python)", "liter-llm (Python)", "<=", 1 / 4),
    ("Python, paced streams: CPU per chunk, at most 2 × reqwest", "paced", "cpu_us", "roocode (Python)", "reqwest", "<=", 2),
    ("Python, paced streams: delay, at most 2.5 × reqwest", "paced", "delay_us", "roocode (Python)", "reqwest", "<=", 2.5),
    ("Node, 64 in flight: CPU per request, at most 3 × reqwest", "requests", "cpu_us", "roocode (Node)", "reqwest", "<=", 3),
    ("Node, 64 in flight: requests/s, at least 8 × openai", "requests", "per_s", "roocode (Node)", "openai (Node)", ">=", 8),
    ("Node, fast streams: CPU per chunk, no more than openai", "stream", "cpu_us", "roocode (Node)", "openai (Node)", "<=", 1),
    ("Node, paced streams: CPU per chunk, at most 0.7 × openai", "paced", "cpu_us", "roocode (Node)", "openai (Node)", "<=", 0.7),
]


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def section(scenario, rows):
    unit = UNITS[scenario]
    base = rows.get("reqwest", {}).get("cpu_us")
    delays = any(row["delay_us"] for row in rows.values())
    head = f"| client | CPU µs per {unit} | × reqwest | {unit}s per second |" + (" delay µs |" if delays else "")
    lines = [f"## {TITLES[scenario]}", "", head, "| --- " + "| ---: " * (head.count("|") - 2) + "|"]
    for name, row in rows.items():
        ratio = row["cpu_us"] / base if base and row["cpu_us"] else None
        cells = [name, number(row["cpu_us"]), number(ratio), number(row["per_s"])]
        lines.append("| " + " | ".join(cells + ([number(row["delay_us"])] if delays else [])) + " |")
    return lines + [""]


def targets(facts):
    lines = ["## Targets", "", "| target | seen | met |", "| --- | ---: | --- |"]
    for text, scenario, key, ours, theirs, sign, bound in TARGETS:
        rows = facts["results"].get(scenario, {})
        values = [rows.get(name, {}).get(key) for name in (ours, theirs)]
        if None in values:
            lines.append(f"| {text} | not measured | |")
            continue
        ratio = values[0] / values[1]
        met = ratio <= bound if sign == "<=" else ratio >= bound
        lines.append(f"| {text} | {ratio:.2f} | {'yes' if met else '**no**'} |")
    milliseconds, mebibytes = facts["start_up"]
    wheel, node = (size / 1e6 for size in facts["sizes"])
    for text, seen, met in (
        ("Import, at most 40 ms above an empty interpreter", f"{milliseconds:.1f} ms", milliseconds <= 40),
        ("Import, at most 20 MiB above an empty interpreter", f"{mebibytes:.1f} MiB", mebibytes <= 20),
        ("Wheel, at most 8 MB", f"{wheel:.1f} MB", wheel <= 8),
        ("npm package of one platform, at most 10 MB", f"{node:.1f} MB", node <= 10),
    ):
        lines.append(f"| {text} | {seen} | {'yes' if met else '**no**'} |")
    return lines + [""]


def write(facts):
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench` on {facts['date']}; medians of {facts['rounds']} rounds. How: [tools/bench](tools/bench/README.md).",
        "The machine has two cores and is noisy; read the ratios. " + ", ".join(facts["versions"]) + ".",
        "",
        *targets(facts),
    ]
    for scenario, rows in facts["results"].items():
        lines += section(scenario, rows)
    return "\n".join(lines)
