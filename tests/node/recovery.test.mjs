// Streams that go on elsewhere, requests that go out as one, declared degradations.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Roocode, StreamInterruptedError } from 'roocode';
import { MockServer } from 'roocode/testing';

const messages = [{ role: 'user', content: 'Hello' }];
let server;
let client;
before(() => {
  server = MockServer.start();
});
beforeEach(() => {
  // Two providers of one model.
  const provider = (name) => ({ name, kind: 'openai', baseURL: `${server.url}/v1`, apiKey: 'test', models: ['m'] });
  const routes = { r: { targets: [{ target: 'a/m', degraded: true }, 'b/m'], streamRecovery: 'continue' } };
  client = new Roocode({ providers: [provider('a'), provider('b')], routes });
});
after(() => server.stop());

const cut = (chunks, afterChunks) => ({
  stream: { chunks },
  fault: { kind: 'cut', after_chunks: afterChunks },
  times: 1,
});

test('a stream that breaks goes on elsewhere', async () => {
  server.setScripts([cut(['Once', ' upon', ' x'], 2), { stream: { chunks: [' a', ' time'] } }]);
  const stream = await client.chat.completions.create({
    model: 'm',
    messages,
    stream: true,
    stream_recovery: 'continue',
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.equal(chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join(''), 'Once upon a time');
  const marks = chunks.map((chunk) => chunk.continuation).filter(Boolean);
  assert.deepEqual(marks, [{ from_target: 'a/m', target: 'b/m', by: 'instruction', after_characters: 9 }]);
  const { attempts } = chunks.at(-1).route;
  assert.deepEqual(
    attempts.map(({ target, cause }) => [target, cause]),
    [
      ['a/m', 'first'],
      ['b/m', 'continuation'],
    ],
  );
  assert.equal(
    chunks.at(-1).usage.completion_tokens,
    attempts[0].usage.output_tokens + attempts[1].usage.output_tokens,
  );
});

test('where nobody goes on the error says why', async () => {
  server.setScripts([cut(['Once', ' upon', ' x'], 2), { fault: { kind: 'status', status: 400 } }]);
  const stream = await client.chat.completions.create({ model: 'r', messages, stream: true });
  await assert.rejects(
    async () => {
      for await (const _ of stream);
    },
    (error) => {
      assert.ok(error instanceof StreamInterruptedError);
      assert.match(error.message, /could not be continued/);
      assert.equal(error.partial.choices[0].message.content, 'Once upon');
      return true;
    },
  );
});

test('identical requests go out as one', async () => {
  server.setScripts([{ latency_ms: 200, reply: { content: 'here' } }]);
  const before = server.counters.requests;
  const ask = () => client.chat.completions.create({ model: 'm', messages, coalesce: true });
  for (const reply of await Promise.all([ask(), ask(), ask()])) {
    assert.equal(reply.route.coalesced.callers, 3);
  }
  assert.equal(server.counters.requests, before + 1);
});

test('a degradation says so', async () => {
  server.setScripts([{ fault: { kind: 'status', status: 401 }, times: 1 }]);
  const { route } = await client.chat.completions.create({ model: 'r', messages });
  assert.deepEqual([route.target, route.degraded], ['a/m', true]);
});
