from harness import MESSAGES, main
from openai import AsyncOpenAI, OpenAI


def make_async(url):
    client = AsyncOpenAI(base_url=url + "/v1", api_key="test-key")

    async def chat():
        reply = await client.chat.completions.create(model="m", messages=MESSAGES)
        return reply.choices[0].message.content

    async def texts():
        stream = await client.chat.completions.create(
            model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        async for chunk in stream:
            yield chunk.choices and chunk.choices[0].delta.content

    return chat, texts


def make_sync(url):
    client = OpenAI(base_url=url + "/v1", api_key="test-key")
    return lambda: client.chat.completions.create(model="m", messages=MESSAGES).choices[0].message.content


main(make_async, make_sync)
