"""litellm's Router: `litellm_client.py STRATEGY '{"a": url, …}'`, everything else as it is by default."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

# Read when it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
import scenario
from load import run


def deployment(url: str) -> dict[str, object]:
    return {
        "model_name": "route",
        "litellm_params": {"model": f"openai/{scenario.MODEL}", "api_base": f"{url}/v1", "api_key": "k"},
    }


async def main() -> None:
    strategy, urls = sys.argv[1], json.loads(sys.argv[2])
    litellm.suppress_debug_info = True
    logging.disable(logging.CRITICAL)
    router = litellm.Router(
        model_list=[deployment(urls[name]) for name in scenario.FIRST],
        routing_strategy=strategy,
        num_retries=scenario.RETRIES,
        timeout=scenario.TIMEOUT_S,
    )

    def join() -> None:
        router.add_deployment(litellm.types.router.Deployment(**deployment(urls[scenario.NEW])))

    async def ask() -> None:
        await router.acompletion(model="route", messages=[{"role": "user", "content": "Hello"}])

    await run(ask, join)


asyncio.run(main())
