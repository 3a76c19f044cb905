// What a dead first target adds to a request: `roocode_failover.mjs ALIVE REFUSING HANGING COUNT`.
// As roocode_failover.py.

import { Roocode } from "roocode";
import { MESSAGES } from "./harness.mjs";

const FIRST_BYTE_MS = 200;
const HANGING = 15;
// No memory of failures, so that every request meets the dead target.
const resilience = {
  breaker: { consecutive_failures: null, failure_share: null },
  retry_budget: { share: 1000, floor_per_second: 1000000 },
};

const [alive, refused, hanging, count] = process.argv.slice(2);
const client = new Roocode({
  providers: Object.entries({ alive, refused, hanging }).map(([name, url]) => ({
    name,
    kind: "openai",
    base_url: `${url}/v1`,
    api_key: "test-key",
  })),
  routes: {
    refused: { targets: ["refused/m", "alive/m"], strategy: "priority" },
    hanging: { targets: ["hanging/m", "alive/m"], strategy: "priority" },
  },
  resilience,
});

async function ask(name, options) {
  const start = performance.now();
  const model = name === "alive" ? "alive/m" : name;
  const reply = await client.chat.completions.create({ model, messages: MESSAGES }, options);
  const took = performance.now() - start;
  const seen = reply.route.attempts.map(({ target }) => target).join();
  const expected = name === "alive" ? "alive/m" : `${name}/m,alive/m`;
  if (seen !== expected) throw new Error(`asked ${seen}, not ${expected}`);
  return took;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

async function turns(names, times, options) {
  const took = names.map(() => []);
  for (let i = 0; i < times; i++) {
    for (const [place, name] of names.entries()) took[place].push(await ask(name, options));
  }
  return took.map(median);
}

await turns(["alive", "refused"], 20);
const seen = await turns(["alive", "refused"], Number(count));
// What the hanging one adds is told against its own turns.
const within = await turns(["alive", "hanging"], HANGING, { timeout: { firstByte: FIRST_BYTE_MS } });
console.log(
  JSON.stringify({
    alive_ms: seen[0],
    refused_ms: seen[1],
    added_refused_ms: seen[1] - seen[0],
    hanging_ms: within[1],
    added_hanging_ms: within[1] - within[0],
    first_byte_ms: FIRST_BYTE_MS,
  }),
);
client.close();
