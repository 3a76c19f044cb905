// What routes do that shows only over real connections: distances, and copies that find no room.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Roocode, replay } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

// The model `slow` takes five seconds.
const scripts = [{ when: { model: 'slow' }, latency_ms: 5000, reply: { content: 'x' } }, { reply: { content: 'x' } }];
const [a, b] = [MockServer.start(scripts), MockServer.start(scripts)];
after(() => {
  a.stop();
  b.stop();
});

function client(route) {
  const provider = (name, { url }) => ({ name, kind: 'custom', baseURL: `${url}/v1`, apiKey: 'k' });
  return new Roocode({ providers: [provider('a', a), provider('b', b)], routes: { r: route } });
}

const ask = (asked) => asked.chat.completions.create({ model: 'r', messages });

test('the nearest is measured', async () => {
  const asked = client({ targets: ['a/m', 'b/m'], strategy: 'region' });
  const seen = [(await ask(asked)).route.target, (await ask(asked)).route.target];
  assert.deepEqual(seen.sort(), ['a/m', 'b/m']);
  for (const { round_trip_s } of asked.stats()) assert.ok(round_trip_s > 0 && round_trip_s < 1, `${round_trip_s}`);
  const { routing } = (await ask(asked)).route;
  const { read, target } = routing.steps[0];
  assert.deepEqual(
    read.map((each) => each.term),
    ['round_trip_seconds', 'round_trip_seconds'],
  );
  const nearest = read.reduce((best, each) => (each.value < best.value ? each : best));
  assert.ok(nearest.value > 0);
  assert.equal(nearest.target, target);
  assert.ok(replay(routing).same);
  asked.close();
});

test('copies that find no room are counted', async () => {
  const asked = client({ targets: ['a/m'], shadow: { to: 'b/slow', share: 100, max_in_flight: 1 } });
  for (let count = 0; count < 3; count++) await ask(asked);
  const [copies, ...others] = asked.routes.variants();
  assert.deepEqual([copies.variant, copies.split, copies.dropped, others], ['shadow', null, 2, []]);
  asked.close();
});
