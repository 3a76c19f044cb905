import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import { MESSAGES, main } from "./harness.mjs";

await main((url) => {
  const provider = createOpenAICompatible({ name: "mock", baseURL: `${url}/v1`, apiKey: "test-key" });
  const [system, user] = MESSAGES;
  const options = { model: provider("m"), system: system.content, messages: [user] };
  return {
    chat: async () => (await generateText(options)).text,
    texts: () => streamText(options).textStream,
  };
});
