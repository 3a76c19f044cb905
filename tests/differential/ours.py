"""Roocode's side: `ours.py OUT`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from drive import Call, Fields, run

from roocode import ConfigurationError, Roocode


def call(call: Call) -> tuple[object, Fields]:
    provider: dict[str, Any] = {"name": "target", "api_key": "any", **call.settings}
    unsupported = "drop" if call.drop else "error"
    client = Roocode(providers=[provider], unsupported=unsupported, max_retries=0)
    reply: Any = client.chat.completions.create(model=f"target/{call.model}", **call.fields)
    if call.fields.get("stream"):
        return list(reply), {}
    return reply, reply.choices[0].message.model_dump()


def speaks(settings: Fields) -> bool:
    """Whether this build has the provider's kind."""
    try:
        Roocode(providers=[{"name": "target", "api_key": "any", **settings}])
    except ConfigurationError as error:
        if f"unknown kind `{settings['kind']}`" in str(error):
            return False
        raise
    return True


if __name__ == "__main__":
    run("ours", call, Path(sys.argv[1]), speaks)
