"""The routing part: decisions, routed throughput, failover. What is measured is in README.md beside it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import sys

from pinned import CLIENTS, OURS_PYTHON, RELEASE, THEIR_PYTHON, Server, medians, output, run

# Targets to choose among, as core/examples/bench_decision.rs has them.
COUNTS = (3, 100, 1_000)
# How long each choice of litellm's Router is measured.
SECONDS = 0.4

ANSWER = {"reply": {"content": "Paris."}}
HANG = {"fault": {"kind": "hang"}}
# Ours take this many requests in a round, litellm's Router so many.
REQUESTS, SLOW_REQUESTS = 8_000, 320
FAILOVERS = 300

ROUTED_PYTHON = [OURS_PYTHON, str(CLIENTS / "roocode_routed.py")]
ROUTED_NODE = ["node", "roocode_routed.mjs"]
# Contender -> its command, and how it asks.
ROUTED = {
    "roocode (Python), one target": (ROUTED_PYTHON, "one"),
    "roocode (Python), route of 3": (ROUTED_PYTHON, "route"),
    "roocode (Python), route of 3, trace read": (ROUTED_PYTHON, "trace"),
    "litellm Router (Python), 3 deployments": ([THEIR_PYTHON, str(CLIENTS / "litellm_routed.py")], None),
    "roocode (Node), one target": (ROUTED_NODE, "one"),
    "roocode (Node), route of 3": (ROUTED_NODE, "route"),
}
FAILOVER = {
    "Python": [OURS_PYTHON, str(CLIENTS / "roocode_failover.py")],
    "Node": ["node", "roocode_failover.mjs"],
}


def our_decisions():
    """Strategy -> nanoseconds of a decision among each of COUNTS: bare, and with its record."""
    rows = {}
    for line in (output("decisions", [str(RELEASE / "bench_decision")]) or "").splitlines():
        row = re.fullmatch(r"(.*\S)" + r"\s+(\d+|NaN)" * 2 * len(COUNTS), line)
        if row:
            figures = [float(figure) for figure in row.groups()[1:]]
            rows[row[1]] = {"bare": figures[: len(COUNTS)], "recorded": figures[len(COUNTS) :]}
    return rows


def their_decisions():
    """Strategy of litellm's Router -> nanoseconds of a choice among each of COUNTS."""
    command = [THEIR_PYTHON, str(CLIENTS / "litellm_decisions.py"), str(SECONDS), *map(str, COUNTS)]
    printed = output("litellm's decisions", command)
    return json.loads(printed.strip().splitlines()[-1]) if printed else {}


def routed(rounds, scale):
    rows = {name: [] for name in ROUTED}
    for number in range(rounds):
        for name, (command, how) in ROUTED.items():
            count = max(int((REQUESTS if how else SLOW_REQUESTS) * scale), 64)
            with contextlib.ExitStack() as servers:
                urls = ",".join(servers.enter_context(Server(ANSWER)).url for _ in range(3))
                arguments = ["requests", urls, str(count), *([how] if how else [])]
                rows[name].append(run(name, [*command, *arguments]))
        print(f"routed: round {number + 1} of {rounds}", file=sys.stderr)
    return medians(rows)


def failover(scale):
    """Language -> milliseconds: what is alive, and what was refused or hung before."""
    rows = {}
    for name, command in FAILOVER.items():
        # A port that is taken and not listened at refuses.
        with Server(ANSWER) as alive, Server(HANG) as hanging, socket.socket() as refusing:
            refusing.bind(("127.0.0.1", 0))
            refused = "http://{}:{}".format(*refusing.getsockname())
            count = str(max(int(FAILOVERS * scale), 5))
            printed = output(name, [*command, alive.url, refused, hanging.url, count])
        rows[name] = json.loads(printed.strip().splitlines()[-1]) if printed else None
    return rows


def measure(rounds, scale):
    ours = our_decisions()
    print("decisions: ours", file=sys.stderr)
    theirs = their_decisions()
    print("decisions: litellm's Router", file=sys.stderr)
    return {
        "decisions": {"ours": ours, "theirs": theirs},
        "routed": routed(rounds, scale),
        "failover": failover(scale),
    }
