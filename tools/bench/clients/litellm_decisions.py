"""How long litellm's Router takes to choose, sending nothing: `litellm_decisions.py SECONDS COUNT…`.

Prints a JSON object: strategy -> the median nanoseconds of a choice among each COUNT of deployments.
Each is measured for SECONDS, but at least five times.
"""

import asyncio
import json
import logging
import os
import statistics
import sys
import time

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no download of prices

import litellm
from harness import MESSAGES

STRATEGIES = (
    "simple-shuffle",
    "latency-based-routing",
    "least-busy",
    "usage-based-routing-v2",
    "cost-based-routing",
)


def make(strategy, count):
    router = litellm.Router(
        model_list=[
            {
                "model_name": "route",
                "litellm_params": {
                    "model": "openai/gpt-4o-mini",
                    "api_base": f"http://127.0.0.1:{10_000 + place}/v1",
                    "api_key": "k",
                },
            }
            for place in range(count)
        ],
        routing_strategy=strategy,
    )
    if strategy == "latency-based-routing":
        # What it keeps of deployments that have answered ten times; without it, there is nothing to compare.
        names = router.get_model_ids()
        assert len(names) == count
        seen = {name: {"latency": [0.1 + place / 1000] * 10} for place, name in enumerate(names)}
        router.cache.set_cache(key="route_map", value=seen)
    return router


async def measure(strategy, count, seconds):
    router = make(strategy, count)
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 6 or time.perf_counter() < end:
        start = time.perf_counter_ns()
        deployment = await router.async_get_available_deployment(
            model="route", request_kwargs={}, messages=MESSAGES
        )
        times.append(time.perf_counter_ns() - start)
        assert deployment["model_info"]["id"]
        # What it leaves to run afterwards, such as its logging, is not counted.
        await asyncio.sleep(0)
    return statistics.median(times[1:])


async def run():
    seconds, counts = float(sys.argv[1]), [int(count) for count in sys.argv[2:]]
    logging.disable(logging.CRITICAL)
    print(
        json.dumps(
            {
                strategy: [await measure(strategy, count, seconds) for count in counts]
                for strategy in STRATEGIES
            }
        )
    )


asyncio.run(run())
