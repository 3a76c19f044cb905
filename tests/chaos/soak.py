"""50,000 requests through declared routes, over three targets that fail in every way; one dies and returns.

    python tests/chaos/soak.py [--requests 50000] [--write]

One in five exchanges fails, by a fault drawn for this request at this target; half of the requests are
streamed, and each goes through one of two routes, in order or by latency. The servers run in a process of
their own, so that memory is the client's. What must hold: every request ends once, with its own text or a
typed error; no upstream answered one request twice; nothing is left in flight; retries stay within the
client's budget; memory is flat. Ends with 1 where it does not.
`--write` puts the numbers into SOAK.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import roocode
from roocode import AsyncRoocode
from roocode.testing import MockServer
from scenarios import HERE, MATRIX, start_server

TARGETS = ("a", "b", "c")
ROUTES = {"in_order": "priority", "by_latency": "least_latency"}
SEED = 20_261_121
FAULTY = 0.2
AT_ONCE = 256
# Of all requests: when `a`, which is asked first, dies, and when it returns.
DIES, RETURNS = 0.4, 0.6
LIMITS = {"connect": 5, "first_byte": 0.5, "idle": 0.5, "total": 20}
# The retry budget's defaults: a share of the requests, and beside it so many in every ten seconds begun.
BUDGET_SHARE, BUDGET_FLOOR, BUDGET_WINDOW_S = 0.2, 100, 10
# What the client's own records may grow by after a fifth of the requests.
FLAT_MB = 16
# What the mock says before what it was told.
SAID = "You said: "
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def kinds(call: str) -> list[str]:
    """The faults that a server can be told for one request: not a closed port, nor a client's limit."""
    return [name for name, fault in MATRIX["faults"].items() if call in fault and "timeout" not in fault]


def tag(target: str, call: str, fault: str) -> str:
    return f"<{target}:{call}:{fault}>"


def scripts(target: str) -> list[Any]:
    """A fault for whoever asks for it; else the mock says back what it was told."""
    return [
        {"when": {"contains": tag(target, call, name)}, "fault": MATRIX["faults"][name][call]}
        for call in ("plain", "stream")
        for name in kinds(call)
    ]


def question(number: int) -> tuple[str, bool, str]:
    """A text that no other request has, with the faults it is to meet; whether it is streamed; its route."""
    draw = random.Random(f"{SEED} {number}")
    stream = draw.random() < 0.5
    call = "stream" if stream else "plain"
    met = [tag(name, call, draw.choice(kinds(call))) for name in TARGETS if draw.random() < FAULTY]
    return f"request {number:06} of the soak {' '.join(met)}.", stream, draw.choice(list(ROUTES))


class Servers:
    """The three servers, in a process of their own that obeys a line at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.urls: dict[str, str] = self.read()

    def read(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def tell(self, word: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.read()


def serve() -> None:
    """Obeys `die`, `return` and `report` for the server `a`, until its input ends."""
    remembered = 1_000_000
    servers = {name: start_server(scripts(name), False, log_limit=remembered) for name in TARGETS}
    port = servers["a"].port
    before: list[Any] = []
    say = lambda value: print(json.dumps(value), flush=True)  # noqa: E731 - one word for one thing
    say({name: server.url for name, server in servers.items()})
    for line in sys.stdin:
        match line.strip():
            case "die":
                before += servers["a"].requests
                servers["a"].stop()
                say(len(before))
            case "return":
                servers["a"] = MockServer(scripts("a"), port=port, log_limit=remembered)
                say(0)
            case "report":
                logs = {name: list(server.requests) for name, server in servers.items()}
                logs["a"] = before + logs["a"]
                say({name: [upstream(name, request) for request in log] for name, log in logs.items()})


def upstream(target: str, request: Any) -> tuple[int, bool]:
    """Which request came to a server, and whether it was answered well and to the end."""
    text = request["body"]["messages"][0]["content"]
    well = request["outcome"] == "complete" and request["status"] == 200
    told = [word for word in text.rstrip(".").split() if word.startswith(f"<{target}:")]
    return int(text.split()[1]), well and all(word.endswith(":slow_drip>") for word in told)


def resident_mb() -> float:
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB


class Soak:
    def __init__(self, count: int) -> None:
        self.count = count
        self.servers = Servers()
        self.client = AsyncRoocode(
            providers=[
                {"name": name, "kind": "custom", "base_url": f"{url}/v1", "api_key": "k"}
                for name, url in self.servers.urls.items()
            ],
            routes={
                route: {"targets": [f"{name}/m" for name in TARGETS], "strategy": strategy}
                for route, strategy in ROUTES.items()
            },
            timeout=LIMITS,
        )
        self.ended: Counter[int] = Counter()
        self.ends: Counter[str] = Counter()
        self.answered_by: dict[str, Counter[str]] = {name: Counter() for name in ROUTES}
        self.causes: Counter[str] = Counter()
        self.failed_with: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.memory: list[tuple[int, float]] = []

    async def one(self, number: int) -> None:
        text, stream, name = question(number)
        messages: list[Any] = [{"role": "user", "content": text}]
        said, route = "", None
        try:
            if stream:
                chunks = await self.client.chat.completions.create(model=name, messages=messages, stream=True)
                async for chunk in chunks:
                    said += chunk.choices[0].delta.content or ""
                    route = chunk.route or route
            else:
                reply = await self.client.chat.completions.create(model=name, messages=messages)
                said, route = reply.choices[0].message.content or "", reply.route
            self.ends["answered"] += 1
            if said != SAID + text:
                self.wrong.append(f"{text!r} was answered with {said!r}")
            if route is not None:
                self.answered_by[name][str(route.target)] += 1
                if route.route != name:
                    self.wrong.append(f"{text!r} went through {route.route}")
        except roocode.RoocodeError as error:
            self.ends[type(error).__name__] += 1
            route = error.route
            self.failed_with[what_was_left(error)] += 1
            if not (SAID + text).startswith(said):
                self.wrong.append(f"{text!r} was begun with {said!r}")
        self.ended[number] += 1
        self.causes.update(attempt.cause for attempt in (route.attempts if route else ()))

    async def worker(self, numbers: Any) -> None:
        for number in numbers:
            if number == int(self.count * DIES):
                await asyncio.to_thread(self.servers.tell, "die")
            if number == int(self.count * RETURNS):
                await asyncio.to_thread(self.servers.tell, "return")
            if number % (self.count // 10) == 0:
                self.memory.append((number, resident_mb()))
            await self.one(number)

    async def run(self) -> tuple[str, list[str]]:
        """The report, and what did not hold."""
        numbers = iter(range(self.count))
        began = time.monotonic()
        await asyncio.gather(*(self.worker(numbers) for _ in range(AT_ONCE)))
        took = time.monotonic() - began
        self.memory.append((self.count, resident_mb()))
        stats = self.client.stats()
        report = await asyncio.to_thread(self.servers.tell, "report")
        await self.client.close()
        return self.judge(took, stats, report)

    def judge(self, took: float, stats: Any, report: dict[str, Any]) -> tuple[str, list[str]]:
        received = {name: len(log) for name, log in report.items()}
        well = Counter(number for log in report.values() for number, answered in log if answered)
        twice = sum(count > 1 for count in well.values())
        lost = self.count - len(self.ended)
        more = sum(count > 1 for count in self.ended.values())
        flight = sum(each.in_flight for each in stats)
        attempts, told = sum(self.causes.values()), sum(each.requests for each in stats)
        budget = BUDGET_SHARE * self.count + BUDGET_FLOOR * math.ceil(took / BUDGET_WINDOW_S)
        retries = self.causes["retry"]
        warm = next(memory for number, memory in self.memory if number >= self.count // 5)
        grown = self.memory[-1][1] - warm
        failed = [
            said
            for said, fails in (
                (f"{lost} requests were lost", lost),
                (f"{more} requests ended more than once", more),
                (f"{twice} requests were answered well by more than one exchange", twice),
                (f"{flight} attempts are left in flight", flight),
                (f"{retries} retries, over the budget of {budget:.0f}", retries > budget),
                (f"memory grew by {grown:.1f} MB", grown > FLAT_MB),
                (f"the traces have {attempts} attempts, the statistics {told}", attempts != told),
                *((text, True) for text in self.wrong[:5]),
            )
            if fails
        ]
        rows = [
            ("requests", f"{self.count:,} in {took:.0f} s, {AT_ONCE} at once"),
            ("answered", f"{self.ends['answered']:,} ({self.ends['answered'] / self.count:.2%})"),
            *(
                (f"answered by, `{name}` ({ROUTES[name]})", counted(by))
                for name, by in self.answered_by.items()
            ),
            ("failed, by class", counted(Counter({k: v for k, v in self.ends.items() if k != "answered"}))),
            ("failed, by what was tried", counted(self.failed_with)),
            ("lost / ended twice / wrong text", f"{lost} / {more} / {len(self.wrong)}"),
            ("answered well by two exchanges", str(twice)),
            ("left in flight", str(flight)),
            ("attempts, by cause", counted(self.causes)),
            ("received upstream", ", ".join(f"{name} {count:,}" for name, count in received.items())),
            ("amplification (received / requests)", f"{sum(received.values()) / self.count:.3f}"),
            ("retries / budget", f"{retries:,} / {budget:,.0f}"),
            ("memory, MB after requests", ", ".join(f"{mb:.0f} ({n:,})" for n, mb in self.memory)),
            *((f"errors at {each.target}", counted(Counter(each.errors))) for each in stats),
        ]
        return "".join(f"| {name} | {value} |\n" for name, value in rows), failed


def what_was_left(error: roocode.RoocodeError) -> str:
    """Why a request that failed was not saved by another target, by its trace."""
    if isinstance(error, roocode.StreamInterruptedError):
        return "interrupted after its first content"
    if error.route is None:
        return "without a trace"
    asked = {attempt.target for attempt in error.route.attempts}
    routing = error.route.routing
    out = sorted(
        f"{candidate.short.filter} at {candidate.facts.name[0]}"
        for candidate in (routing.candidates if routing else ())
        if candidate.short and candidate.facts.name not in asked
    )
    return f"asked {len(asked)} of {len(TARGETS)}" + (f", not for {' and '.join(out)}" if out else "")


def counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common()) or "none"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return 0
    table, failed = asyncio.run(Soak(given.requests).run())
    verdict = "".join(f"- {each}\n" for each in failed) or "All that must hold held.\n"
    text = f"| what | seen |\n| --- | --- |\n{table}\n{verdict}"
    print(text)
    if given.write:
        head = "# The soak\n\nWritten by `soak.py --write`, which says what is done and what must hold.\n\n"
        (HERE / "SOAK.md").write_text(head + text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
