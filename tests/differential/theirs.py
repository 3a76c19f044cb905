"""litellm's side: `theirs.py OUT`. Runs in an environment of its own; no request leaves the machine."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from typing import Any

from drive import Call, Fields, run

# Prices and models as they are in the package, not as they are somewhere today.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "any"

import httpx
import litellm
from litellm.llms.custom_httpx.http_handler import HTTPHandler

FILES = {
    "https://example.com/cat.jpg": ("image/jpeg", base64.b64decode("/9j/4AA=")),
    "https://example.com/report.pdf": ("application/pdf", b"%PDF-1.4"),
    "https://example.com/clip.mp4": ("video/mp4", b"clip"),
}


def get_file(_: object, url: str, **__: object) -> httpx.Response:
    """What litellm gets of a URL, for targets to which it sends the bytes."""
    media_type, content = FILES[url]
    request = httpx.Request("GET", url)
    return httpx.Response(200, headers={"content-type": media_type}, content=content, request=request)


def call(call: Call) -> tuple[object, Fields]:
    fields = dict(call.settings)
    if call.provider != "bedrock":
        fields["api_key"] = "any"
    reply: Any = litellm.completion(
        **fields, **call.fields, drop_params=call.drop, num_retries=0, max_retries=0
    )
    if call.fields.get("stream"):
        return list(reply), {}
    return reply, reply.choices[0].message.model_dump()


if __name__ == "__main__":
    litellm.suppress_debug_info = True
    litellm.user_url_validation = False
    HTTPHandler.get = get_file
    run("theirs", call, Path(sys.argv[1]))
