"""Plain chats to one target, through a route of all, or with the route's trace read as well.

`roocode_routed.py requests URL,URL,… COUNT one|route|trace`
"""

import sys

from harness import MESSAGES, main

import roocode


def make_async(urls):
    how = sys.argv[4]
    names = [f"mock-{place}" for place, _ in enumerate(urls.split(","))]
    client = roocode.AsyncRoocode(
        providers=[
            {"name": name, "kind": "openai", "base_url": url + "/v1", "api_key": "test-key"}
            for name, url in zip(names, urls.split(","), strict=True)
        ],
        routes={"route": {"targets": [f"{name}/m" for name in names], "strategy": "least_latency"}},
    )
    model = f"{names[0]}/m" if how == "one" else "route"

    async def chat():
        reply = await client.chat.completions.create(model=model, messages=MESSAGES)
        if how == "trace":
            assert reply.route.to_dict()["routing"]["candidates"]
        return reply.choices[0].message.content

    return chat, None


main(make_async)
