"""liter-llm has no blocking calls; the sync scenario is not run for it."""

import liter_llm
from harness import MESSAGES, main


def make_async(url):
    client = liter_llm.create_client(api_key="test-key", base_url=url + "/v1", model_hint="openai/m")

    def request():
        messages = [liter_llm.Message(message) for message in MESSAGES]
        return liter_llm.ChatCompletionRequest(model="openai/m", messages=messages)

    async def chat():
        reply = await liter_llm.chat(client, request())
        return reply.choices[0].message.content

    async def texts():
        async for chunk in liter_llm.chat_stream(client, request()):
            yield chunk.choices and chunk.choices[0].delta.content

    return chat, texts


main(make_async)
