// Plain and streamed chats through the Node package, over real HTTP to mock providers.
import { readFileSync } from "node:fs";
import { Roocode } from "roocode";
import { MockServer } from "roocode/testing";

const SCRIPTS = JSON.parse(readFileSync(new URL("scripts.json", import.meta.url), "utf8"));
const WIRES = { openai: "/v1", anthropic: "/v1", gemini: "/v1beta" };
const QUESTION = [{ role: "user", content: "What is the capital of France?" }];

function show(form, { route }, text) {
  const ms = (value) => value.toFixed(1).padStart(6);
  console.log(
    `  ${form.padEnd(7)} ${route.target.padEnd(22)} first token ${ms(route.time_to_first_token_ms)} ms` +
      `   total ${ms(route.total_ms)} ms   $${route.cost.total_usd.toFixed(6)}\n          ${text}`,
  );
}

const servers = Object.keys(WIRES).map((kind) => [kind, MockServer.start(SCRIPTS)]);
const client = new Roocode({
  providers: servers.map(([kind, server]) => ({
    name: `mock-${kind}`,
    kind,
    base_url: server.url + WIRES[kind],
    api_key: "not-a-real-key",
    prices: { "*": { input: 2.5, output: 10.0 } },
  })),
});
console.log(`Node ${process.versions.node}`);
for (const [kind] of servers) {
  const model = `mock-${kind}/small`;
  const reply = await client.chat.completions.create({ model, messages: QUESTION });
  show("plain", reply, reply.choices[0].message.content);
  let text = "";
  let last;
  for await (const chunk of await client.chat.completions.create({ model, messages: QUESTION, stream: true })) {
    text += chunk.choices[0].delta.content ?? "";
    last = chunk;
  }
  show("stream", last, text);
}
for (const [, server] of servers) server.stop();

const ready = new Roocode().providers.kinds().filter((kind) => kind.ready && kind.api_key_env.length);
const names = ready.map((kind) => kind.kind).join(", ") || "none; set OPENAI_API_KEY, say";
console.log("  With the keys in your environment, these are ready:", names);
