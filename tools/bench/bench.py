"""Runs the contenders in turn and writes BENCHMARKS.md. What is measured is in README.md beside this file."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import routing
import routing_table
from pinned import CLIENTS, OURS_PYTHON, PEERS, RELEASE, ROOT, THEIR_PYTHON, Server, medians, run

import table

# Contender -> command before scenario, url and count.
CONTENDERS = {
    "reqwest": [str(RELEASE / "bench_reqwest")],
    "roocode (Python)": [OURS_PYTHON, str(CLIENTS / "roocode_python.py")],
    "liter-llm (Python)": [THEIR_PYTHON, str(CLIENTS / "liter_llm_python.py")],
    "openai (Python)": [THEIR_PYTHON, str(CLIENTS / "openai_python.py")],
    "litellm (Python)": [THEIR_PYTHON, str(CLIENTS / "litellm_python.py")],
    "roocode (Node)": ["node", "roocode_node.mjs"],
    "openai (Node)": ["node", "openai_node.mjs"],
    "ai (Node)": ["node", "ai_node.mjs"],
}

# Scenario -> (what the server answers, how many units a fast and a slow contender does).
CHUNKS = 1000
SCENARIOS = {
    "requests": ({"reply": {"content": "Paris."}}, 20_000, 2_000),
    "sync": ({"reply": {"content": "Paris."}}, 5_000, 1_000),
    "stream": (
        {"reply": {"content": None}, "stream": {"chunks": CHUNKS, "chunk_interval_ms": 0.001}},
        100,
        12,
    ),
    "paced": (
        {"stream": {"chunks": 300, "chunk_interval_ms": 10, "timestamps": True}},
        50,
        50,
    ),
}

SKIP = {("sync", name) for name in CONTENDERS if "Node" in name} | {("sync", "liter-llm (Python)")}
SLOW = {"openai (Python)", "litellm (Python)", "ai (Node)"}


def prepare_node():
    for file in CLIENTS.glob("*.mjs"):
        shutil.copy(file, PEERS / "node" / file.name)
    link = PEERS / "node" / "node_modules" / "roocode"
    if not link.is_symlink():
        link.symlink_to(ROOT, target_is_directory=True)


def measure(scenario, rounds, scale):
    script, fast, slow = SCENARIOS[scenario]
    names = [name for name in CONTENDERS if (scenario, name) not in SKIP]
    rows = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            count = slow if name in SLOW else fast
            if scenario in ("requests", "sync"):
                count = max(int(count * scale), 64)
            with Server(script) as server:
                rows[name].append(run(name, [*CONTENDERS[name], scenario, server.url, str(count)]))
        print(f"{scenario}: round {number + 1} of {rounds}", file=sys.stderr)
    return medians(rows)


def start_up():
    """Import time and memory above an empty interpreter, in milliseconds and MiB: medians of 15."""

    def one(code):
        script = (
            "import time; start = time.perf_counter()\n"
            f"{code}\n"
            "spent = time.perf_counter() - start\n"
            # The high-water mark of this program; getrusage has that of the one that started it.
            "status = open('/proc/self/status').read()\n"
            "print(spent * 1e3, int(status.split('VmHWM:')[1].split()[0]) / 1024)"
        )
        samples = [
            [
                float(value)
                for value in subprocess.check_output([OURS_PYTHON, "-c", script], text=True).split()
            ]
            for _ in range(15)
        ]
        return [statistics.median(column) for column in zip(*samples, strict=True)]

    empty, ours = one("pass"), one("import roocode; roocode.Roocode")
    return ours[0] - empty[0], ours[1] - empty[1]


def sizes():
    """Bytes of the wheel and of the installed npm package of one platform."""
    with tempfile.TemporaryDirectory() as folder:
        maturin = [str(ROOT / ".venv" / "bin" / "maturin"), "build", "--release", "--quiet", "--out", folder]
        environment = {**os.environ, "VIRTUAL_ENV": str(ROOT / ".venv")}
        subprocess.run(maturin, cwd=ROOT, check=True, env=environment)
        wheel = next(pathlib.Path(folder).glob("*.whl")).stat().st_size
        pack = subprocess.check_output(
            ["npm", "pack", "--json", "--dry-run", "--loglevel=error"], cwd=ROOT, text=True
        )
        node = json.loads(pack)[0]["unpackedSize"]
    return wheel, node


def versions():
    python = subprocess.check_output([THEIR_PYTHON, "-m", "pip", "list", "--format", "json"], text=True)
    found = {row["name"].lower(): row["version"] for row in json.loads(python)}
    node = json.loads((pathlib.Path(__file__).parent / "package.json").read_text())["dependencies"]
    lock = (ROOT / "Cargo.lock").read_text()
    reqwest = re.search(r'name = "reqwest"\nversion = "([^"]+)"', lock).group(1)
    return [
        f"CPython {platform.python_version()}",
        f"Node {subprocess.check_output(['node', '--version'], text=True).strip()}",
        f"reqwest {reqwest}",
        *(f"{name} {found[name]} (Python)" for name in ("openai", "litellm", "liter-llm")),
        *(f"{name} {version} (Node)" for name, version in node.items()),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of requests")
    parser.add_argument("--scenario", choices=[*SCENARIOS, "routing"], action="append")
    given = parser.parse_args()
    prepare_node()
    scenarios = [name for name in given.scenario or SCENARIOS if name != "routing"]
    results = {name: measure(name, given.rounds, given.scale) for name in scenarios}
    routed = None
    if given.scenario is None or "routing" in given.scenario:
        routed = routing.measure(given.rounds, given.scale)
    if given.scenario:
        print(json.dumps(results, indent=2))
        if routed:
            print("\n".join(routing_table.section(routed)))
        return
    facts = {
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
        "rounds": given.rounds,
        "results": results,
        "routing": routed,
        "start_up": start_up(),
        "sizes": sizes(),
    }
    (ROOT / "BENCHMARKS.md").write_text(table.write(facts))
    print((ROOT / "BENCHMARKS.md").read_text())


main()
