// Plain chats to one target, or through a route of all, whose trace comes as a plain object with each reply.
//
// `roocode_routed.mjs requests URL,URL,… COUNT one|route`

import { Roocode } from "roocode";
import { MESSAGES, main } from "./harness.mjs";

const how = process.argv[5];

await main((urls) => {
  const providers = urls
    .split(",")
    .map((url, place) => ({ name: `mock-${place}`, kind: "openai", base_url: `${url}/v1`, api_key: "test-key" }));
  const targets = providers.map(({ name }) => `${name}/m`);
  const client = new Roocode({ providers, routes: { route: { targets, strategy: "least_latency" } } });
  const model = how === "one" ? targets[0] : "route";
  return {
    chat: async () => {
      const reply = await client.chat.completions.create({ model, messages: MESSAGES });
      if (how === "route" && !reply.route.routing.candidates) throw new Error("no trace");
      return reply.choices[0].message.content;
    },
  };
});
