"""What happens when: for the driver and every contender, each in an environment of its own."""

from __future__ import annotations

import random

MODEL = "gpt-4o-mini"
CLIENTS = 64
# Seconds between two requests of one client, on average: with 64 clients 26 requests a second, about half
# of what the slowest contender can send from one core.
PAUSE_S = 2.5
SECONDS = 30
SEED = 20_261_121
TIMEOUT_S = 10
# How often a request may be tried again; the same for all.
RETRIES = 2

# Milliseconds until a target answers. `a` is clearly what a greedy choice likes best, and `e` the next.
LATENCY_MS = {"a": 60, "b": 100, "c": 120, "d": 140, "e": 80}
SLOW, REJECTING, NEW = "a", "b", "e"
FIRST = ("a", "b", "c", "d")

SLOW_FROM, SLOW_TO, SLOWER = 6, 13, 10
REJECTS_FROM, REJECTS_TO = 15, 20
JOINS = 24

# What is judged: from, to (seconds).
PHASES = {
    "all well": (2, SLOW_FROM),
    "`a` slow": (SLOW_FROM, SLOW_TO),
    "`b` rejects": (REJECTS_FROM, REJECTS_TO),
    "`e` is new": (JOINS, SECONDS),
}

# Tokens of an answer, for the contender that is told.
SHORT_ANSWER = 3

# Who runs: the name shown, the environment, the script's first argument.
CONTENDERS = (
    ("roocode least_latency", "roocode", "least_latency"),
    ("roocode least_latency, short answers expected", "roocode", "least_latency:short"),
    ("roocode least_busy", "roocode", "least_busy"),
    ("roocode balanced", "roocode", "balanced"),
    ("litellm latency-based", "litellm", "latency-based-routing"),
    ("litellm simple-shuffle", "litellm", "simple-shuffle"),
    ("plain random", "roocode", "plain_random"),
)


def arrivals() -> list[float]:
    """When requests are sent, in seconds: those of 64 clients that each pause by chance, whether or
    not they have got their last answer. The same for every contender."""
    times: list[float] = []
    for client in range(CLIENTS):
        draw = random.Random(f"{SEED} {client}")
        at = draw.uniform(0, PAUSE_S)
        while at < SECONDS:
            times.append(at)
            at += draw.expovariate(1 / PAUSE_S)
    return sorted(times)
