"""The section "Routing" of BENCHMARKS.md, and its targets, from what routing.py measured."""

from __future__ import annotations

import statistics

COUNTS = ("3", "100", "1,000")
# At most so many nanoseconds for a decision among so many targets.
BOUNDS = (1_000, 5_000, 25_000)
RECORDS = {"bare": "without its record", "recorded": "with the record that a trace shows"}
LANGUAGES = ("Python", "Node")


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def microseconds(nanoseconds):
    value = nanoseconds / 1e3
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def table(*head):
    return ["| " + " | ".join(head) + " |", "| --- " + "| ---: " * (len(head) - 1) + "|"]


def line(*cells):
    return "| " + " | ".join(cells) + " |"


def targets(facts):
    """Lines of the table of targets; the slowest strategy is what is judged."""
    ours = facts["decisions"]["ours"]
    lines = []
    for record, words in RECORDS.items():
        for place, (count, bound) in enumerate(zip(COUNTS, BOUNDS, strict=True)):
            text = f"A decision among {count} targets, {words}, slowest strategy: at most {bound // 1_000} µs"
            if not ours:
                lines.append(line(text, "not measured", ""))
                continue
            slowest = max(ours, key=lambda name: ours[name][record][place])
            seen = ours[slowest][record][place]
            missed = sum(row[record][place] > bound for row in ours.values())
            met = "yes" if not missed else f"**no**, {missed} of {len(ours)} strategies above"
            lines.append(line(text, f"{microseconds(seen)} µs (`{plain(slowest)}`)", met))
    return lines


def plain(strategy):
    """A strategy as the table shows it: a name without its quotes, settings without the outer ones."""
    return strategy.strip('"')


def decisions(facts):
    lines = ["### A decision, µs (median)", ""]
    lines += table("strategy", *(f"among {count}" for count in COUNTS), *(f"{n}, recorded" for n in COUNTS))
    for name, row in facts["ours"].items():
        figures = map(microseconds, [*row["bare"], *row["recorded"]])
        lines.append(line(f"`{plain(name)}`", *figures))
    for name, row in facts["theirs"].items():
        lines.append(line(f"litellm Router `{name}`", *map(microseconds, row), *["–"] * len(COUNTS)))
    return [*lines, ""]


def routed(rows):
    lines = ["### Plain chats, 64 in flight, `least_latency` over 3 targets", ""]
    lines += table("client", "CPU µs per request", "requests per second", "× one target")
    for name, row in rows.items():
        base = rows[
            next(one for one in rows if one.endswith("one target") and language(one) == language(name))
        ]
        # litellm's is told against our one target too: all do the same work.
        ratio = row["per_s"] / base["per_s"] if row["per_s"] and base["per_s"] else None
        shown = "–" if ratio is None else f"{ratio:.3f}"
        lines.append(line(name, number(row["cpu_us"]), number(row["per_s"]), shown))
    return [*lines, ""]


def language(name):
    return next(each for each in LANGUAGES if each in name)


def failover(rows):
    lines = ["### A dead first target, one request at a time, ms (median)", ""]
    lines += table("", *LANGUAGES)
    for text, key in (
        ("a request to the target that works", "alive_ms"),
        ("the first target refuses the connection", "refused_ms"),
        ("… which adds", "added_refused_ms"),
        ("the first target hangs, `timeout: {first_byte: 0.2}`", "hanging_ms"),
        ("… which adds", "added_hanging_ms"),
        ("… beyond the 200 ms waited for it", "beyond"),
    ):
        cells = []
        for name in LANGUAGES:
            row = rows.get(name)
            if row is None:
                cells.append("–")
                continue
            value = row["added_hanging_ms"] - row["first_byte_ms"] if key == "beyond" else row[key]
            cells.append(f"{value:.2f}")
        lines.append(line(text, *cells))
    return [*lines, ""]


def tracing(facts):
    lines = [
        "### What tracing costs",
        "",
        "A route of several targets always keeps the record of its decision, so the cost is told by parts:",
        "the record within a decision (median over the strategies), and, of a whole request, choosing and",
        "recording together, and reading the trace from the language, which makes it.",
        "",
        *table("record of a decision, µs", *(f"among {count}" for count in COUNTS)),
    ]
    ours = facts["decisions"]["ours"].values()
    if ours:
        added = [
            statistics.median(row["recorded"][place] - row["bare"][place] for row in ours)
            for place in range(len(COUNTS))
        ]
        lines.append(line("adds", *map(microseconds, added)))
    lines += ["", *table("CPU µs per request, a route of 3", *LANGUAGES)]
    rows = facts["routed"]

    def difference(name, of, against):
        values = [rows.get(f"roocode ({name}), {what}", {}).get("cpu_us") for what in (of, against)]
        return "–" if None in values else f"{values[0] - values[1]:+.1f}"

    for text, of, against in (
        ("choosing, recording and keeping the trace, against one target", "route of 3", "one target"),
        ("reading the whole trace of each reply", "route of 3, trace read", "route of 3"),
    ):
        lines.append(line(text, *(difference(name, of, against) for name in LANGUAGES)))
    return [*lines, ""]


def section(facts):
    return [
        "## Routing",
        "",
        *decisions(facts["decisions"]),
        *routed(facts["routed"]),
        *failover(facts["failover"]),
        *tracing(facts),
    ]
