"""The Python examples of the README run as they stand, with a mock where a provider would be."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from roocode.testing import MockServer

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
EXAMPLES = re.findall(
    r"<!-- runs as a test: tests/python/test_readme.py -->\n```python\n(.*?)```", README, re.S
)


def test_the_examples_are_there():
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.split("\n")[0])
def test_example(code):
    with MockServer([{"reply": {"content": "one two three"}}]) as server:
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": server.url + "/v1",
            "ANTHROPIC_API_KEY": "k",
            "ANTHROPIC_BASE_URL": server.url,
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        if "print" in code:
            assert "one two three" in done.stdout
            assert "openai/gpt-5.2" in done.stdout
