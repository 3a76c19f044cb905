"""Roocode: `roocode_client.py STRATEGY '{"a": url, …}'`.

`plain_random` draws a target and asks it; with `:short` behind a strategy, requests say how long answers are.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

import scenario
from load import run

from roocode import AsyncRoocode


async def main() -> None:
    strategy, urls = sys.argv[1], json.loads(sys.argv[2])
    strategy, _, short = strategy.partition(":")
    routing = {"expected_output_tokens": scenario.SHORT_ANSWER} if short else {}
    targets = {name: f"{name}/{scenario.MODEL}" for name in urls}
    plain = strategy == "plain_random"
    first = [targets[name] for name in scenario.FIRST]
    client = AsyncRoocode(
        providers=[
            {"name": name, "kind": "openai", "base_url": f"{url}/v1", "api_key": "k"}
            for name, url in urls.items()
        ],
        # The second route has one target more, of which nothing is known when it is first used.
        routes={
            "before": {"targets": first, "strategy": "random" if plain else strategy},
            "after": {"targets": list(targets.values()), "strategy": "random" if plain else strategy},
        },
        timeout=scenario.TIMEOUT_S,
        max_retries=scenario.RETRIES,
    )
    route, known = "before", list(first)
    draw = random.Random(scenario.SEED)

    def join() -> None:
        nonlocal route
        route = "after"
        known.append(targets[scenario.NEW])

    async def ask() -> None:
        await client.chat.completions.create(
            model=draw.choice(known) if plain else route,
            messages=[{"role": "user", "content": "Hello"}],
            routing=routing,
        )

    await run(ask, join)
    await client.close()


asyncio.run(main())
