"""Where things stand, and how they are run: a client on the first core, servers on the second."""

from __future__ import annotations

import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / ".tools" / "bench"
CLIENTS = pathlib.Path(__file__).parent / "clients"
RELEASE = ROOT / "target" / "release" / "examples"

OURS_PYTHON = str(ROOT / ".venv" / "bin" / "python")
THEIR_PYTHON = str(PEERS / "python" / "bin" / "python")


class Server:
    """The mock server, pinned to the second core."""

    def __init__(self, script):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            script = {key: value for key, value in script.items() if value != {"content": None}}
            json.dump({"scripts": [script], "log_limit": 0}, file)
        command = ["taskset", "-c", "1", str(RELEASE / "mock_server"), "--port", "0", "--script", file.name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = re.search(r"http://\S+", line).group()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()


def output(name, command):
    """What the contender's process, pinned to the first core, printed; None if it failed."""
    # The Node contenders stand beside the peers' modules, ours linked among them.
    folder = PEERS / "node" if "Node" in name else CLIENTS
    command = ["taskset", "-c", "0", *command]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        print(f"  {name}: {done.stderr.strip()[-400:]}", file=sys.stderr)
        return None
    return done.stdout


def run(name, command):
    """One measured run of one contender, whose last line of output is its result."""
    printed = output(name, command)
    if printed is None:
        return None
    result = json.loads(printed.strip().splitlines()[-1])
    return {
        "cpu_us": result["cpu_s"] / result["units"] * 1e6,
        "per_s": result["units"] / result["wall_s"],
        "delay_us": result.get("delay_us"),
    }


def medians(rows):
    """Contender -> the median of each figure over its rounds."""

    def median(results, key):
        values = [row[key] for row in results if row and row[key] is not None]
        return statistics.median(values) if values else None

    return {
        name: {key: median(results, key) for key in ("cpu_us", "per_s", "delay_us")}
        for name, results in rows.items()
    }
