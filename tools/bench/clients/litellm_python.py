import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no download of prices
os.environ["REPEATED_STREAMING_CHUNK_LIMIT"] = "1000000000"  # the mock says one word again and again

import litellm
from harness import MESSAGES, main


def arguments(url):
    return {"model": "openai/m", "api_base": url + "/v1", "api_key": "test-key", "messages": MESSAGES}


def make_async(url):
    async def chat():
        reply = await litellm.acompletion(**arguments(url))
        return reply.choices[0].message.content

    async def texts():
        stream = await litellm.acompletion(stream=True, **arguments(url))
        async for chunk in stream:
            yield chunk.choices and chunk.choices[0].delta.content

    return chat, texts


def make_sync(url):
    return lambda: litellm.completion(**arguments(url)).choices[0].message.content


main(make_async, make_sync)
