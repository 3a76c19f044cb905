// Batches, over real connections to mock providers.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BadRequestError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';

const server = MockServer.start({});
const provider = (kind) => ({ kind, baseURL: `${server.url}/v1`, apiKey: 'key-of-it' });
const client = new Roocode({ providers: [provider('openai'), provider('anthropic')] });
const requests = ['one', 'two'].map((content) => ({ messages: [{ role: 'user', content }], max_tokens: 9 }));
after(() => {
  client.close();
  server.stop();
});

for (const model of ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5']) {
  test(`a batch of ${model} from its making to its results`, async () => {
    const batch = await client.batches.create({ model, requests });
    assert.equal(batch.ended, false);
    const seen = [];
    const ended = await client.batches.wait(batch.id, { onProgress: (each) => seen.push(each.status) });
    assert.deepEqual([ended.status, seen], ['completed', ['completed']]);
    for await (const each of client.batches.watch(batch.id)) assert.equal(each.request_counts.succeeded, 2);
    const { data, cost } = await client.batches.results(batch.id);
    assert.deepEqual(
      data.map((each) => [each.custom_id, each.completion.choices[0].message.content]),
      [
        ['request-0', 'You said: one'],
        ['request-1', 'You said: two'],
      ],
    );
    assert.ok(cost.total_usd > 0);
    assert.equal((await client.batches.cancel(batch.id)).status, 'cancelled');
    const listed = await client.batches.list({ limit: 5 }, { provider: batch.provider });
    // The newest first; the mock keeps those of all wires in one list.
    assert.equal(listed.data[0].id, batch.id);
  });
}

test('what is wrong is named', async () => {
  await assert.rejects(
    client.batches.create({ model: 'openai/m', requests: [{ messages: [] }] }),
    (error) => error instanceof BadRequestError && error.param === 'requests[0].messages',
  );
  await assert.rejects(client.batches.retrieve('batch_1'), { param: 'id' });
});
