import { Roocode } from "roocode";
import { MESSAGES, main } from "./harness.mjs";

await main((url) => {
  const client = new Roocode({
    providers: [{ name: "mock", kind: "openai", base_url: `${url}/v1`, api_key: "test-key" }],
  });
  return {
    chat: async () =>
      (await client.chat.completions.create({ model: "mock/m", messages: MESSAGES })).choices[0].message.content,
    texts: async function* () {
      const stream = await client.chat.completions.create({ model: "mock/m", messages: MESSAGES, stream: true });
      for await (const chunk of stream) yield chunk.choices[0]?.delta.content;
    },
  };
});
