// What a client tells of its targets.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const busy = MockServer.start([{ fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } } }]);
const well = MockServer.start([{ reply: { content: 'here', usage: { prompt_tokens: 3, completion_tokens: 2 } } }]);
after(() => {
  busy.stop();
  well.stop();
});

test('every target that was asked, by name', async () => {
  const provider = (name, { url }) => ({ name, kind: 'custom', baseURL: `${url}/v1`, apiKey: 'k', models: ['m'] });
  const client = new Roocode({ providers: [provider('a', busy), provider('b', well)] });
  assert.deepEqual(client.stats(), []);
  await client.chat.completions.create({ model: 'm', messages });
  const other = client.withOptions({ maxRetries: 0 });
  await other.chat.completions.create({ model: 'm', messages });
  const [a, b] = client.stats();
  const { target, requests, successes, errors, in_flight, breaker } = a;
  assert.deepEqual(
    { target, requests, successes, errors, in_flight, breaker },
    { target: 'a/m', requests: 1, successes: 0, errors: { RateLimitError: 1 }, in_flight: 0, breaker: 'closed' },
  );
  assert.ok(a.unavailable_for_s > 0 && a.unavailable_for_s <= 7);
  assert.deepEqual([b.target, b.requests, b.success_rate, b.input_tokens], ['b/m', 2, 1, 6]);
  assert.equal(b.total_s.count, 2);
  assert.deepEqual(
    other.stats().map((each) => each.target),
    ['a/m', 'b/m'],
  );
  client.close();
});
