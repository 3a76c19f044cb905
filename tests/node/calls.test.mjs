import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import Default, * as esm from 'roocode';
import { APIPromise, RateLimitError, Roocode, RoocodeError } from 'roocode';
import { messages, Provider } from './support/provider.mjs';

let provider;
let client;
before(async () => {
  provider = await Provider.start();
  client = new Roocode(provider.options);
});
after(() => provider.stop());

const create = (model, options) => client.chat.completions.create({ model: `test/${model}`, messages }, options);

test('a reply is a plain object that JSON and the next request take as it is', async () => {
  const reply = await create('echo');
  assert.equal(Object.getPrototypeOf(reply), Object.prototype);
  assert.equal(reply.object, 'chat.completion');
  assert.deepEqual(JSON.parse(reply.choices[0].message.content), messages);
  assert.equal(reply.usage.total_tokens, 3);
  assert.equal(reply.request_id, 'req_1');

  const next = [...messages, reply.choices[0].message, { role: 'user', content: 'And?' }];
  await client.chat.completions.create({ model: 'test/echo', messages: next });
  assert.equal(provider.requests.at(-1).body.messages[1].content, reply.choices[0].message.content);
});

test("the caller's objects are not changed", async () => {
  const freeze = (value) => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
    return value;
  };
  const long = 'x'.repeat(100_000);
  const body = freeze({ model: 'test/echo', messages: [{ role: 'user', content: long }], metadata: { a: 'b' } });
  const options = freeze({ headers: { 'x-mine': '1' }, timeout: { firstByte: 5000 } });
  const before = structuredClone(body);
  await client.chat.completions.create(body, options);
  assert.deepEqual(body, before);
});

test('text of every kind and length crosses unchanged', async () => {
  const texts = ['', 'plain', 'é ü ß', '日本語', '🎈\u{10ffff}', '\u0000\u0001\u007f\\"\n', '\u2028', '__proto__'];
  for (const text of [...texts, 'é'.repeat(70_000), `"\\\n${'a'.repeat(200_000)}🎈`]) {
    const content = [{ role: 'user', content: text }];
    const reply = await client.chat.completions.create({ model: 'test/echo', messages: content });
    assert.deepEqual(JSON.parse(reply.choices[0].message.content), content);
  }
});

test('undefined fields are left out, toJSON is asked', async () => {
  const when = new Date(0);
  await client.chat.completions.create({ model: 'test/echo', messages, user: undefined, metadata: { when } });
  const { body } = provider.requests.at(-1);
  assert.ok(!('user' in body));
  assert.equal(body.metadata.when, '1970-01-01T00:00:00.000Z');
});

test('withResponse gives the head, also after the reply', async () => {
  const promise = create('echo');
  assert.ok(promise instanceof APIPromise && promise instanceof Promise);
  const { data, response } = await promise.withResponse();
  assert.equal(data.request_id, 'req_1');
  assert.equal(response.status, 200);
  assert.equal(response.requestId, 'req_1');
  assert.equal(response.headers.get('X-Note'), 'a "quoted" note');
  assert.equal((await promise.withResponse()).response.status, 200);
});

test('many calls at once each get their own reply', async () => {
  const count = 300;
  const replies = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      client.chat.completions.create({ model: 'test/echo', messages: [{ role: 'user', content: `${at}` }] }),
    ),
  );
  replies.forEach((reply, at) => {
    assert.equal(JSON.parse(reply.choices[0].message.content)[0].content, `${at}`);
  });
});

test('an error has its class, its fields and the stack of its caller', async () => {
  async function theCaller() {
    await create('status-429');
  }
  const error = await theCaller().catch((each) => each);
  assert.ok(error instanceof RateLimitError && error instanceof RoocodeError && error instanceof Error);
  assert.equal(error.name, 'RateLimitError');
  assert.equal(error.kind, 'RateLimitError');
  assert.equal(error.status, 429);
  assert.equal(error.request_id, 'req_failed');
  assert.equal(error.requestId, 'req_failed');
  assert.equal(error.retry_after, 7);
  assert.equal(error.retryAfter, 7);
  assert.equal(error.body.error.code, 'asked');
  assert.match(error.stack, /theCaller/);
});

test('nothing shows a credential', async () => {
  const error = await create('status-401').catch((each) => each);
  const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), inspect(client, { depth: 9 })];
  shown.push(JSON.stringify(client), JSON.stringify(client.providers.list()));
  for (const text of shown) assert.doesNotMatch(text, /sk-secret/);
  assert.equal(provider.requests.at(-1).headers.authorization, 'Bearer sk-secret-of-the-tests');
});

test('options of a call: headers, timeout in milliseconds', async () => {
  await create('echo', { headers: { 'x-mine': 'yes' } });
  assert.equal(provider.requests.at(-1).headers['x-mine'], 'yes');
  const started = performance.now();
  await assert.rejects(create('hang', { timeout: 60 }), esm.APITimeoutError);
  assert.ok(performance.now() - started < 3000);
});

test('withOptions makes another client, close ends it', async () => {
  const hasty = new Roocode(provider.options).withOptions({ timeout: 50 });
  await assert.rejects(hasty.chat.completions.create({ model: 'test/hang', messages }), esm.APITimeoutError);
  const closing = new Roocode(provider.options);
  await closing.chat.completions.create({ model: 'test/echo', messages });
  closing.close();
  const before = provider.requests.length;
  await assert.rejects(closing.chat.completions.create({ model: 'test/echo', messages }), esm.ConfigurationError);
  assert.equal(provider.requests.length, before);
  await create('echo');
});

test('providers are listed', () => {
  assert.ok(client.providers.list().some(({ name, kind }) => name === 'test' && kind === 'custom'));
  const claude = client.providers.kinds().find(({ kind }) => kind === 'anthropic').capabilities;
  assert.deepEqual(claude.chat.evidence, ['recording', 'schema']);
  assert.ok(claude.chat.features.vision.includes('recording') && !('n' in claude.chat.features));
  assert.ok(!('rerank' in claude));
});

test('CommonJS and ESM give the same objects under the same names', () => {
  const cjs = createRequire(import.meta.url)('roocode');
  assert.equal(Default, cjs.Roocode);
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
  const names = Object.keys(esm).filter((name) => name !== 'module.exports');
  assert.deepEqual(names.sort(), Object.keys(cjs).sort());
});
