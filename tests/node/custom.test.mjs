// Functions of the caller's that order a route's targets.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ConfigurationError, Roocode, replay } from 'roocode';
import { MockServer } from 'roocode/testing';
import { run } from './support/child.mjs';
import { messages } from './support/provider.mjs';

const KEY = 'sk-a-long-secret-key';
const server = MockServer.start([{ reply: { content: 'x' } }]);
after(() => server.stop());

function client(strategy) {
  const provider = (name) => ({ name, kind: 'custom', baseURL: `${server.url}/v1`, apiKey: KEY, tags: [name] });
  const targets = ['a/m', { target: 'b/m', weight: 2, quality: 0.5 }, 'c/m'];
  return new Roocode({ providers: ['a', 'b', 'c'].map(provider), routes: { r: { targets, strategy } } });
}

const ask = async (asked, options) =>
  (await asked.chat.completions.create({ model: 'r', messages }, options)).route;

const why = ({ routing: { steps } }) => (steps[0].step === 'order_failed' ? steps[0].why : undefined);

test('it sees the targets and the request', async () => {
  const seen = [];
  const asked = client((candidates, request) => {
    seen.push({ candidates, request });
    return candidates.toSorted((one, other) => (other.quality ?? 0) - (one.quality ?? 0));
  });
  const route = await ask(asked, { routing: { task: 'sum' } });
  assert.deepEqual([route.target, why(route), seen.length], ['b/m', undefined, 1]);
  assert.ok(replay(route.routing).same);
  const [{ candidates, request }] = seen;
  assert.deepEqual(
    candidates.map((each) => each.name),
    ['a/m', 'b/m', 'c/m'],
  );
  const { weight, facts, in_flight, available } = candidates[1];
  assert.deepEqual([weight, facts.tags, in_flight, available], [2, ['b'], 0, true]);
  assert.deepEqual([request.model, request.routing.task], ['r', 'sum']);
  assert.ok(!JSON.stringify(seen).includes(KEY));
  // An explanation asks too; where there is no choice nobody is asked.
  assert.equal(asked.explain({ model: 'r', messages }).steps[0].target, 1);
  assert.equal(seen.length, 2);
  assert.equal((await ask(asked, { routing: { tags: ['c'] } })).target, 'c/m');
  const derived = asked.withOptions({ maxRetries: 0 });
  assert.equal(derived.explain({ model: 'r', messages }).steps[0].target, 1);
  assert.deepEqual([(await ask(derived)).target, seen.length], ['b/m', 4]);
});

test('what fails falls back and says so', async () => {
  const failing = [
    [() => assert.fail(`no ${KEY} today`), 'AssertionError: no *** today'],
    [
      () => {
        throw 'as text';
      },
      'as text',
    ],
    [async () => 'b/m', 'async'],
    [async () => assert.fail('nobody is told'), 'async'],
    [() => 'x/m', '`x/m`, which is none of the targets'],
    [() => ['b/m', 'b/m'], '`b/m` twice'],
    [() => [], 'no target'],
    [() => undefined, 'returned undefined'],
    [() => [1], 'returned number'],
  ];
  for (const [order, said] of failing) {
    const asked = client({ type: 'custom', function: order, then: 'round_robin' });
    for (const wanted of ['a/m', 'b/m', 'c/m']) {
      const route = await ask(asked);
      assert.equal(route.target, wanted);
      assert.ok(why(route).includes(said) && !why(route).includes(KEY), why(route));
      assert.ok(replay(route.routing).same);
    }
  }
});

test('a busy event loop is not waited for beyond the limit', async () => {
  const asked = client({ type: 'custom', function: () => 'b/m', timeout_seconds: 0.02 });
  const going = ask(asked);
  const end = Date.now() + 150;
  while (Date.now() < end);
  const route = await going;
  assert.equal(route.target, 'a/m');
  assert.match(why(route), /within 0\.02 s/);
  assert.equal((await ask(client({ type: 'custom', function: () => 'b/m' }))).target, 'b/m');
});

test('many at once, and streams', async () => {
  const asked = client(() => 'c/m');
  const routes = await Promise.all(Array.from({ length: 50 }, () => ask(asked)));
  assert.deepEqual(new Set(routes.map((route) => route.target)), new Set(['c/m']));
  let last;
  for await (const chunk of await asked.chat.completions.create({ model: 'r', messages, stream: true })) last = chunk;
  assert.equal(last.route.target, 'c/m');
});

test('configurations that cannot be', () => {
  const order = () => 'a/m';
  for (const [strategy, param] of [
    ['custom', 'routes.r.strategy'],
    [{ type: 'cheapest', function: order }, 'routes.r.strategy'],
    [{ type: 'custom', function: 3 }, 'routes.r.strategy.function'],
    [{ type: 'custom', function: order, then: order }, 'routes.r.strategy.then'],
    [{ type: 'custom', function: order, timeout_seconds: -1 }, 'routes.r.strategy.timeout_seconds'],
  ]) {
    assert.throws(
      () => client(strategy),
      (error) => error instanceof ConfigurationError && error.param === param,
    );
  }
  assert.equal(client({ type: 'cheapest', then: order }).explain({ model: 'r', messages }).steps[0].target, 0);
});

test('a client with a function lets the process end', async () => {
  const { code, output, errors } = await run('ordered', [`${server.url}/v1`]);
  assert.deepEqual([code, output], [0, 'b/m'], errors);
});
