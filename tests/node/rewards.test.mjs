// Rewards that are reported, and what the strategy `bandit` makes of them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BadRequestError, propensities, Roocode, replay } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const server = MockServer.start([{ reply: { content: 'x' } }]);
after(() => server.stop());

function client(strategy) {
  const provider = (name) => ({ name, kind: 'custom', baseURL: `${server.url}/v1`, apiKey: 'k' });
  return new Roocode({
    providers: ['a', 'b', 'c'].map(provider),
    routes: {
      r: { targets: ['a/m', 'b/m', 'c/m'], strategy },
      plain: { targets: ['a/m', 'b/m'] },
      straight: { targets: ['a/m'], rules: [{ when: 'true', to: 'b/m' }] },
      on: { targets: ['a/m'], rules: [{ when: 'true', to: 'r' }] },
    },
  });
}

const ask = (asked, more) => asked.chat.completions.create({ model: 'r', messages, ...more });

function reading(trace, term, target) {
  const read = trace.steps[0].read.find(
    (each) => each.term === term && trace.candidates[each.target].facts.name === target,
  );
  return read?.value;
}

test('the rewarded target is preferred', async () => {
  const learning = client('bandit');
  for (let count = 0; count < 120; count++) {
    const reply = await ask(learning);
    learning.reportReward(reply.route.target === 'b/m' ? 1 : 0.1, { reply });
  }
  let best = 0;
  for (let count = 0; count < 40; count++) best += (await ask(learning)).route.target === 'b/m';
  assert.ok(best > 30, String(best));
});

test('a reply is rewarded once, and may be rewarded anew', async () => {
  const learning = client('bandit');
  const reply = await ask(learning);
  const { target, id } = reply.route;
  assert.match(id, /^[0-9a-f]{16}$/);
  learning.reportReward(0, { reply });
  learning.reportReward(0.25, { reply: JSON.parse(JSON.stringify(reply.route)) });
  learning.withOptions({ maxRetries: 0 }).reportReward(0.75, { route: 'r', target, id });
  const body = { model: 'r', messages };
  assert.equal(reading(learning.explain(body), 'reward_mean', target), 0.75);
  assert.ok(reading(learning.explain(body), 'reward_count', target) <= 1);
  learning.reportReward(0.75, { route: 'r', target });
  assert.ok(reading(learning.explain(body), 'reward_count', target) > 1.99);

  const chunks = [];
  for await (const chunk of await ask(learning, { stream: true })) chunks.push(chunk);
  learning.reportReward(1, { reply: chunks.at(-1) });
});

test('what is wrong is named', async () => {
  const learning = client('bandit');
  const good = { route: 'r', target: 'a/m' };
  const plain = await learning.chat.completions.create({ model: 'a/m', messages });
  for (const [reward, of, param] of [
    [1.5, good, 'reward'],
    ['good', good, 'reward'],
    [undefined, good, 'reward'],
    [1, undefined, 'reply'],
    [1, {}, 'reply'],
    [1, { route: 'x', target: 'a/m' }, 'route'],
    [1, { route: 'r', target: 'x/m' }, 'target'],
    [1, { ...good, id: '?' }, 'id'],
    [1, { reply: plain }, 'reply.route.route'],
    [1, { reply: await ask(learning, { model: 'straight' }) }, 'reply.route.path'],
  ]) {
    assert.throws(
      () => learning.reportReward(reward, of),
      (error) => error instanceof BadRequestError && error.param === param,
      `${reward} ${param}`,
    );
  }
});

test('the route that a rule chose learns', async () => {
  const learning = client('bandit');
  const reply = await ask(learning, { model: 'on' });
  learning.reportReward(0.75, { reply });
  assert.equal(reading(learning.explain({ model: 'r', messages }), 'reward_mean', reply.route.target), 0.75);
});

test('live decisions replay and tell their chances', async () => {
  for (const strategy of ['bandit', 'random', 'least_latency', 'sticky', 'weighted', 'balanced']) {
    const asked = client(strategy);
    for (let count = 0; count < 8; count++) {
      const reply = await ask(asked);
      asked.reportReward(0.7, { reply });
      const { routing, target } = reply.route;
      const replayed = replay(routing);
      assert.deepEqual([replayed.same, replayed.differences], [true, []]);
      assert.deepEqual(replayed.trace, routing);
      const [chances] = propensities(reply);
      if (!['bandit', 'random'].includes(strategy)) {
        assert.deepEqual([chances, routing.steps[0].propensity], [[], undefined]);
        continue;
      }
      const sum = chances.reduce((total, each) => total + each.propensity, 0);
      const chosen = chances.find((each) => each.name === target);
      assert.ok(Math.abs(sum - 1) < 1e-9 && Math.abs(chosen.propensity - routing.steps[0].propensity) < 1e-9);
    }
  }
});

test('a changed record says where it differs', () => {
  const asked = client('least_busy');
  const trace = asked.explain({ model: 'r', messages });
  assert.ok(asked.replay(trace).same);
  trace.candidates[trace.steps[0].target].facts.status = 'inactive';
  const { same, differences } = replay(trace);
  const found = differences.find(({ place }) => place === 'steps[0].target');
  assert.ok(!same && found.recorded === trace.steps[0].target && found.replayed !== found.recorded);
  assert.throws(() => replay({}), BadRequestError);
  assert.throws(() => replay(7), BadRequestError);
});
