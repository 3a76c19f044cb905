// Providers and routes changed while a client runs.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BadRequestError, ConfigurationError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const a = MockServer.start([{ reply: { content: 'a' } }]);
const b = MockServer.start([{ reply: { content: 'b' } }]);
after(() => {
  a.stop();
  b.stop();
});

const provider = (name, { url }) => ({ name, kind: 'custom', baseURL: `${url}/v1`, apiKey: 'k' });
const ask = async (client, model) =>
  (await client.chat.completions.create({ ...(model && { model }), messages })).choices[0].message.content;

test('providers come and go', async () => {
  const client = new Roocode({ providers: [provider('a', a)] });
  client.providers.add(provider('b', b));
  assert.deepEqual(
    client.providers.list().map((each) => each.name),
    ['a', 'b'],
  );
  assert.equal(await ask(client, 'b/m'), 'b');
  client.providers.update('b', { baseURL: `${a.url}/v1`, tags: null });
  assert.equal(await ask(client.withOptions({ maxRetries: 0 }), 'b/m'), 'a');
  client.providers.deactivate('b');
  await assert.rejects(ask(client, 'b/m'), BadRequestError);
  client.providers.activate('b');
  assert.equal(await ask(client, 'b/m'), 'a');
  client.providers.remove('b');
  await assert.rejects(ask(client, 'b/m'), BadRequestError);
  client.close();
});

test('routes are set, and what is refused changes nothing', async () => {
  const client = new Roocode({
    providers: [provider('a', a), provider('b', b)],
    routes: { usual: { targets: ['a/m', 'b/m'], strategy: 'weighted' } },
    defaultRoute: 'usual',
  });
  client.routes.setWeights('usual', { 'a/m': 0 });
  assert.deepEqual([await ask(client), await ask(client)], ['b', 'b']);
  client.routes.set('other', { targets: ['usual'], maxFallbacks: 1 });
  for (const [refused, param] of [
    [() => client.routes.set('usual', { targets: ['other'] }), 'routes.usual.targets[0].target'],
    [() => client.routes.remove('usual'), 'routes.other.targets[0].target'],
    [() => client.providers.add({ kind: 'custom' }), 'base_url'],
    [() => client.providers.update('c', {}), 'name'],
  ]) {
    assert.throws(refused, (error) => error instanceof ConfigurationError && error.param === param);
  }
  assert.equal(await ask(client, 'other'), 'b');
  assert.deepEqual(
    client.routes.list().map((each) => [each.name, each.default]),
    [
      ['other', false],
      ['usual', true],
    ],
  );
  client.close();
});
