import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { Roocode } from 'roocode';
import { CLOSED_WITHIN } from './support/child.mjs';
import { messages, Provider } from './support/provider.mjs';

let provider;
let client;
before(async () => {
  provider = await Provider.start();
  client = new Roocode(provider.options);
});
after(() => provider.stop());

const create = (model, options, stream = false) =>
  client.chat.completions.create({ model: `test/${model}`, messages, stream }, options);

test('a signal that is aborted already sends nothing', async () => {
  const before = provider.requests.length;
  const reason = { my: 'reason' };
  await assert.rejects(create('echo', { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  assert.equal(provider.requests.length, before);
});

for (const stream of [false, true]) {
  test(`abort while ${stream ? 'a stream is awaited' : 'a call runs'} closes the connection at once`, async () => {
    const { closed } = provider;
    const before = provider.requests.length;
    const controller = new AbortController();
    const call = create('hang', { signal: controller.signal }, stream);
    await provider.untilRequests(before + 1);
    const left = performance.now();
    controller.abort();
    await assert.rejects(call, (error) => error === controller.signal.reason && error.name === 'AbortError');
    assert.ok((await provider.untilClosed(closed + 1)) - left < CLOSED_WITHIN);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });
}

test('AbortSignal.timeout', async () => {
  await assert.rejects(create('hang', { signal: AbortSignal.timeout(30) }), { name: 'TimeoutError' });
});

test('no listener stays after a reply, an error, or a wrong input', async () => {
  const { signal } = new AbortController();
  await create('echo', { signal });
  await assert.rejects(create('status-500', { signal }));
  await assert.rejects(client.chat.completions.create({ model: Number.NaN }, { signal }));
  await assert.rejects(client.chat.completions.create({ model: 5 }, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('an abort after the reply does nothing', async () => {
  const controller = new AbortController();
  const reply = await create('echo', { signal: controller.signal });
  controller.abort();
  assert.equal(reply.object, 'chat.completion');
});

test('one signal for many calls', async () => {
  const controller = new AbortController();
  const before = provider.requests.length;
  const calls = Array.from({ length: 50 }, () => create('hang', { signal: controller.signal }));
  await provider.untilRequests(before + 50);
  controller.abort();
  const results = await Promise.allSettled(calls);
  assert.ok(results.every(({ reason }) => reason === controller.signal.reason));
});
