import OpenAI from "openai";
import { MESSAGES, main } from "./harness.mjs";

await main((url) => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "test-key" });
  return {
    chat: async () =>
      (await client.chat.completions.create({ model: "m", messages: MESSAGES })).choices[0].message.content,
    texts: async function* () {
      const stream = await client.chat.completions.create({
        model: "m",
        messages: MESSAGES,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) yield chunk.choices[0]?.delta.content;
    },
  };
});
