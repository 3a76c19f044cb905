"""Plain and streamed chats through the Python package, over real HTTP to mock providers.

Each mock speaks the wire of one service on a port of this machine; its price is declared.
"""

import json
import pathlib
import sys

from roocode import Roocode
from roocode.testing import MockServer

SCRIPTS = json.loads((pathlib.Path(__file__).parent / "scripts.json").read_text())
WIRES = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta"}
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


def show(form, reply, text):
    route = reply.route
    print(
        f"  {form:<7} {route.target:<22} first token {route.time_to_first_token_ms:6.1f} ms"
        f"   total {route.total_ms:6.1f} ms   ${route.cost.total_usd:.6f}\n          {text}"
    )


def main():
    servers = {kind: MockServer(SCRIPTS) for kind in WIRES}
    client = Roocode(
        providers=[
            {
                "name": f"mock-{kind}",
                "kind": kind,
                "base_url": server.url + WIRES[kind],
                "api_key": "not-a-real-key",
                "prices": {"*": {"input": 2.5, "output": 10.0}},
            }
            for kind, server in servers.items()
        ]
    )
    print(f"Python {sys.version.split()[0]}")
    for kind in WIRES:
        model = f"mock-{kind}/small"
        reply = client.chat.completions.create(model=model, messages=QUESTION)
        show("plain", reply, reply.choices[0].message.content)
        text = ""
        for chunk in client.chat.completions.create(model=model, messages=QUESTION, stream=True):
            text += chunk.choices[0].delta.content or ""
        show("stream", chunk, text)
    for server in servers.values():
        server.stop()

    ready = [kind["kind"] for kind in Roocode().providers.kinds() if kind["ready"] and kind["api_key_env"]]
    names = ", ".join(ready) or "none; set OPENAI_API_KEY, say"
    print("  With the keys in your environment, these are ready:", names)


main()
