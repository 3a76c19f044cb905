// What bounds requests and leaves targets alone.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { NoTargetAvailableError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const servers = [];
const serve = (...arguments_) => {
  const server = MockServer.start(...arguments_);
  servers.push(server);
  return server;
};
after(() => {
  for (const server of servers) server.stop();
});

const provider = ({ url }, more) => ({
  name: 'a',
  kind: 'custom',
  baseURL: `${url}/v1`,
  apiKey: 'k',
  models: ['m'],
  ...more,
});

test('who waits goes by priority and is told when the line is full', async () => {
  const server = serve([{ latency_ms: 50 }]);
  const client = new Roocode({
    providers: [provider(server, { quota: { concurrency: 1 } })],
    resilience: { queue: { most_waiting: 3 } },
  });
  const ask = async (priority) => {
    const reply = await client.chat.completions.create({ model: 'm', messages, routing: { priority } });
    return reply.route.queued_ms ?? 0;
  };
  const waiting = [0, -1, 1, 2].map(ask);
  await assert.rejects(
    ask(3),
    (error) => error instanceof NoTargetAvailableError && /most_waiting/.test(error.message),
  );
  const [first, low, high, highest] = await Promise.all(waiting);
  assert.ok(first === 0 && 0 < highest && highest < high && high < low, `${[first, low, high, highest]}`);
  client.close();
});

test('adaptive concurrency is shown in stats', async () => {
  const server = serve([{ fault: { kind: 'status', status: 503 }, times: 1 }, {}]);
  const adaptiveConcurrency = { initial: 8, decrease: 0.5 };
  const client = new Roocode({ providers: [provider(server, { adaptiveConcurrency })], maxRetries: 1 });
  await client.chat.completions.create({ model: 'm', messages });
  assert.equal(client.stats()[0].concurrency_limit, 4);
  client.close();
});

test('a provider whose checks fail is left out', async () => {
  const healthCheck = { path: '/health', interval: 0.05, timeout: 0.05, unhealthy_after: 1 };
  const client = new Roocode({
    providers: [provider(serve(), { healthCheck }), provider(serve(), { name: 'b' })],
  });
  const ask = async () => (await client.chat.completions.create({ model: 'm', messages })).route;
  assert.equal((await ask()).target, 'a/m');
  const end = Date.now() + 5000;
  while (client.stats()[0].health_check.healthy) {
    assert.ok(Date.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.match(client.stats()[0].health_check.last_failure, /404/);
  const route = await ask();
  assert.equal(route.target, 'b/m');
  assert.deepEqual(route.routing.candidates[0].short, { filter: 'unhealthy' });
  client.close();
});

test('checks keep no process alive', () => {
  const text = `
    import { Roocode } from 'roocode';
    const provider = { name: 'a', kind: 'custom', baseURL: process.argv[1] + '/v1', apiKey: 'k',
      healthCheck: { path: '/models', interval: 0.02, timeout: 0.02 } };
    const client = new Roocode({ providers: [provider] });
    await client.chat.completions.create({ model: 'a/m', messages: [{ role: 'user', content: 'Hello' }] });
    while (client.stats()[0].health_check.checks < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  `;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', text, serve().url], {
    cwd: new URL('.', import.meta.url),
    timeout: 20_000,
    encoding: 'utf8',
  });
  assert.deepEqual([done.status, done.stderr], [0, '']);
});
