from harness import MESSAGES, main

import roocode


def providers(url):
    return [{"name": "mock", "kind": "openai", "base_url": url + "/v1", "api_key": "test-key"}]


def make_async(url):
    client = roocode.AsyncRoocode(providers=providers(url))

    async def chat():
        reply = await client.chat.completions.create(model="mock/m", messages=MESSAGES)
        return reply.choices[0].message.content

    async def texts():
        stream = await client.chat.completions.create(model="mock/m", messages=MESSAGES, stream=True)
        async for chunk in stream:
            yield chunk.choices[0].delta.content

    return chat, texts


def make_sync(url):
    client = roocode.Roocode(providers=providers(url))
    return lambda: (
        client.chat.completions.create(model="mock/m", messages=MESSAGES).choices[0].message.content
    )


main(make_async, make_sync)
