import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { APIConnectionError, ConfigurationError, RateLimitError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';
import { run } from './support/child.mjs';
import { messages, textOf } from './support/provider.mjs';

const clientOf = (server) =>
  new Roocode({
    providers: [{ name: 'mock', kind: 'custom', baseURL: `${server.url}/v1`, apiKey: 'key-of-the-test' }],
    maxRetries: 0,
  });

test('a mock answers, fails, remembers and asserts as scripted', async (context) => {
  const server = MockServer.start([
    { fault: { kind: 'status', status: 429, headers: { 'retry-after': '2' } }, times: 1 },
    { reply: { content: 'Hello' }, expect: { body: { temperature: 0.5 }, requests: 2 } },
  ]);
  context.after(() => server.stop());
  const client = clientOf(server);
  const body = { model: 'm', messages, temperature: 0.5 };
  const error = await client.chat.completions.create(body).catch((each) => each);
  assert.ok(error instanceof RateLimitError, String(error));
  assert.equal(error.retryAfter, 2);
  assert.equal((await client.chat.completions.create(body)).choices[0].message.content, 'Hello');
  assert.throws(() => server.assertSatisfied(), /expected 2 requests, got 1/);
  assert.equal(await textOf(await client.chat.completions.create({ ...body, stream: true })), 'Hello');
  server.assertSatisfied();
  assert.equal(server.requests.length, 3);
  assert.equal(server.requests[1].body.temperature, 0.5);
  assert.doesNotMatch(JSON.stringify(server.requests), /key-of-the-test/);
  assert.equal(server.counters.requests, 3);
  server.clear();
  assert.equal(server.requests.length, 0);
});

test('other scripts, a port that refuses, and a stop', async () => {
  const server = MockServer.start();
  const client = clientOf(server);
  const say = () => client.chat.completions.create({ model: 'm', messages });
  assert.equal((await say()).choices[0].message.content, 'You said: Hello');
  server.setScripts([{ reply: { content: 'x'.repeat(100_000) } }]);
  assert.equal((await say()).choices[0].message.content.length, 100_000);
  server.stop();
  await assert.rejects(say(), APIConnectionError);
  assert.throws(() => server.requests, ConfigurationError);
});

test('a server of which only the address is held goes on', async () => {
  const { code, errors } = await run('unheld_mock', [], ['--expose-gc']);
  assert.equal(code, 0, errors);
});

test('scripts that cannot be are an error that names the place', () => {
  assert.throws(
    () => MockServer.start([{}, { fault: { kind: 'nonsense' } }]),
    (error) => error instanceof ConfigurationError && error.param.startsWith('scripts[1].fault'),
  );
});

test('CommonJS gives the same class', () => {
  assert.equal(createRequire(import.meta.url)('roocode/testing').MockServer, MockServer);
});
