// A trace as people see it: as text, and with an error.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import Roocode from 'roocode';
import { MockServer } from 'roocode/testing';

const folder = new URL('../traces/', import.meta.url);
const setup = JSON.parse(readFileSync(new URL('request.json', folder), 'utf8'));
const { messages, models, routing } = setup;

function clientOf(url) {
  const providers = setup.providers.map((provider) => {
    const prices = setup.prices[provider.name] && { [models[provider.name]]: setup.prices[provider.name] };
    return { ...provider, base_url: provider.base_url.replace('{url}', url), prices };
  });
  const targets = Object.entries(models).map(([name, model]) => `${name}/${model}`);
  return new Roocode({ providers, routes: { smart: { targets, strategy: setup.strategy } } });
}

async function withClient(scripts, use) {
  const server = MockServer.start(scripts);
  const client = clientOf(server.url);
  try {
    return await use(client);
  } finally {
    client.close();
    server.stop();
  }
}

const ask = (client, more, options) =>
  client.chat.completions.create({ model: 'smart', messages, ...more }, { routing, ...options });

test("a reply's decision is a field like any other", async () => {
  const [first, second] = await withClient(setup.scripts, async (client) => [await ask(client), await ask(client)]);
  // Before anybody looked at it.
  assert.ok(Object.keys(first.route).includes('routing'));
  const copy = JSON.parse(JSON.stringify(first.route));
  assert.deepEqual(structuredClone({ ...first.route }), copy);
  assert.equal(copy.routing.candidates.length, Object.keys(models).length);
  assert.equal(first.route.routing, first.route.routing, 'the same object at each look');
  first.route.routing.seen = true;
  assert.equal(first.route.routing.seen, true);
  second.route.routing = undefined;
  assert.equal(second.route.routing, undefined);
});

test('a request that failed over twice', async () => {
  const { route } = await withClient(setup.scripts, (client) => ask(client));
  const { attempts, ...times } = setup.times;
  route.attempts.forEach((attempt, index) => {
    delete attempt.first_token_ms;
    Object.assign(attempt, attempts[index]);
  });
  Object.assign(route, times);
  const shown = `${inspect(route)}\n`;
  const file = new URL('node.txt', folder);
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(file, shown);
  assert.equal(shown, readFileSync(file, 'utf8'), 'UPDATE_SNAPSHOTS=1 refreshes it');
  assert.equal(`${route}\n`, shown);
  assert.equal(shown, readFileSync(new URL('python.txt', folder), 'utf8'), 'Python and Node say the same');
});

test('a trace stays a plain object', async () => {
  const { route } = await withClient(setup.scripts, (client) => ask(client));
  const copy = JSON.parse(JSON.stringify(route));
  assert.deepStrictEqual(route, copy);
  assert.deepStrictEqual(structuredClone(route), copy);
  assert.deepStrictEqual({ ...route }, copy);
  assert.equal(Object.getPrototypeOf(route), Object.prototype);
  assert.ok(!Object.keys(route).includes('toString'));
  // Deep inside something large it is named, and when it is no trace any more it is any object.
  assert.match(inspect({ a: { b: { route } } }), /\[Trace\]/);
  route.attempts = 'none';
  assert.match(inspect(route), /attempts: 'none'/);
});

test('a decision, a chunk and a final completion show theirs', async () => {
  await withClient(setup.scripts.slice(2), async (client) => {
    const decision = client.explain({ model: 'smart', messages }, { routing });
    assert.match(`${decision}`, /^cheapest, then least_latency: openai\/gpt-5-mini first/);
    assert.match(`${decision}`, /left out: it processes data in `us`/);
    const stream = await ask(client, { stream: true });
    let last;
    for await (const chunk of stream) last = chunk;
    assert.match(`${last.route}`, /^smart → openai\/gpt-5-mini: 1 attempt,/);
    assert.equal(`${last.route.routing}`.split('\n')[0], `${decision}`.split('\n')[0]);
    const again = await ask(client, { stream: true });
    assert.match(`${(await again.finalCompletion()).route}`, /^smart → openai/);
  });
});

test('an error shows its trace, and what a provider says does nothing to the terminal', async () => {
  const fault = { kind: 'status', status: 500, message: 'busy \u001b[2J\r\nnow' };
  await withClient([{ fault }], async (client) => {
    const error = await ask(client, {}, { maxRetries: 0 }).catch((reason) => reason);
    assert.match(inspect(error), /route: smart → no answer: 3 attempts/);
    const trace = `${error.route}`;
    assert.ok(!trace.includes('\u001b') && !trace.includes('\r'));
    assert.match(trace, /InternalServerError: busy \\u\{1b\}\[2J {2}now/);
  });
});
