"""The Python examples of the README and of docs/ run as they stand, with a mock where a provider would be."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from roocode.testing import MockServer

ROOT = pathlib.Path(__file__).parents[2]
MARK = r"<!-- runs as a test: tests/python/test_readme.py -->\n```python\n(.*?)```"
EXAMPLES = re.findall(MARK, (ROOT / "README.md").read_text(), re.S)

ROUTING = ROOT / "docs" / "routing.md"
SETUP, *SECTIONS = ROUTING.read_text().split("\n## ")[1:]


def test_the_examples_are_there():
    assert len(EXAMPLES) == 17
    assert len(SECTIONS) == 18


def run(code, environment, folder=None):
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.split("\n")[0])
def test_example(code, tmp_path):
    # What it writes goes elsewhere.
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    with MockServer([{"reply": {"content": "one two three"}}]) as server:
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": server.url + "/v1",
            "ANTHROPIC_API_KEY": "k",
            "ANTHROPIC_BASE_URL": server.url,
            "COHERE_API_KEY": "k",
            "CO_API_URL": server.url,
        }
        said = run(code, environment, tmp_path)
        for shown in re.findall(r"print\(.*\)  # (.*)", code):
            assert shown in said
        if "print" in code and "chat.completions" in code:
            assert "one two three" in said
            assert "openai/gpt-5.2" in said


def settled(text):
    """Without what differs from run to run: times and what follows from them, seeds, bars, widths of columns.
    tests/node/readme.test.mjs does the same."""
    text = re.sub(r"[\d.]+ (ms|s)\b", "TIME", text)
    text = re.sub(r"tokens/s [\d.]+", "tokens/s RATE", text)
    text = re.sub(r"(fastest_output|least_latency) +[\d.]+", r"\1 SCORE", text)
    text = re.sub(r"seed [0-9a-f]{16}", "SEED", text)
    text = re.sub(r"[░█×]+", "", text)
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.split("\n")[0])
def test_strategy(section):
    setup, example = (re.search(MARK, text, re.S).group(1) for text in (SETUP, section))
    said = run(f"{setup}\n{example}", dict(os.environ))
    expected = re.search(r"```text\n(.*?)```", section, re.S).group(1)
    if os.environ.get("UPDATE_SNAPSHOTS") and settled(said) != settled(expected):
        page = ROUTING.read_text()
        ROUTING.write_text(page.replace(section, section.replace(f"```text\n{expected}", f"```text\n{said}")))
        return
    assert settled(said) == settled(expected), f"UPDATE_SNAPSHOTS=1 refreshes it\n{said}"
