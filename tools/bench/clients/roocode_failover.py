"""What a dead first target adds to a request: `roocode_failover.py ALIVE REFUSING HANGING COUNT`.

Prints a JSON object of median milliseconds: a request to the target that works, and one that was refused by,
or hung at, another before. They take turns, one at a time. Of those that hang there are few: each waits.
"""

import asyncio
import json
import statistics
import sys
import time

from harness import MESSAGES

import roocode

FIRST_BYTE_S = 0.2
HANGING = 15
# No memory of failures, so that every request meets the dead target.
RESILIENCE = {
    "breaker": {"consecutive_failures": None, "failure_share": None},
    "retry_budget": {"share": 1000, "floor_per_second": 1000000},
}


async def main():
    urls = dict(zip(("alive", "refused", "hanging"), sys.argv[1:4], strict=True))
    client = roocode.AsyncRoocode(
        providers=[
            {"name": name, "kind": "openai", "base_url": url + "/v1", "api_key": "test-key"}
            for name, url in urls.items()
        ],
        routes={
            name: {"targets": [f"{name}/m", "alive/m"], "strategy": "priority"}
            for name in ("refused", "hanging")
        },
        resilience=RESILIENCE,
    )

    async def ask(name, **options):
        start = time.perf_counter()
        reply = await client.chat.completions.create(
            model="alive/m" if name == "alive" else name, messages=MESSAGES, **options
        )
        took = (time.perf_counter() - start) * 1e3
        expected = ["alive/m"] if name == "alive" else [f"{name}/m", "alive/m"]
        assert [attempt.target for attempt in reply.route.attempts] == expected
        return took

    async def turns(names, count, **options):
        took = [[await ask(name, **options) for name in names] for _ in range(count)]
        return dict(zip(names, map(statistics.median, zip(*took, strict=True)), strict=True))

    await turns(["alive", "refused"], 20)
    seen = await turns(["alive", "refused"], int(sys.argv[4]))
    within = await turns(["alive", "hanging"], HANGING, timeout={"first_byte": FIRST_BYTE_S})
    # What the hanging one adds is told against its own turns.
    print(
        json.dumps(
            {
                "alive_ms": seen["alive"],
                "refused_ms": seen["refused"],
                "added_refused_ms": seen["refused"] - seen["alive"],
                "hanging_ms": within["hanging"],
                "added_hanging_ms": within["hanging"] - within["alive"],
                "first_byte_ms": FIRST_BYTE_S * 1e3,
            }
        )
    )
    await client.close()


asyncio.run(main())
