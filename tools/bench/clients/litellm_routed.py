"""Plain chats through litellm's Router, as it is by default: `litellm_routed.py requests URL,URL,… COUNT`."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no download of prices

import litellm
from harness import MESSAGES, main


def make_async(urls):
    router = litellm.Router(
        model_list=[
            {
                "model_name": "route",
                "litellm_params": {"model": "openai/m", "api_base": url + "/v1", "api_key": "test-key"},
            }
            for url in urls.split(",")
        ]
    )

    async def chat():
        reply = await router.acompletion(model="route", messages=MESSAGES)
        return reply.choices[0].message.content

    return chat, None


main(make_async)
