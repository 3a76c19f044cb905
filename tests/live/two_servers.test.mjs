// A route over two servers of llama.cpp, one of which is frozen, killed and started again in the middle of
// traffic; `tests/live/run` says how to start them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as roocode from 'roocode';

const command = process.env.ROOCODE_LIVE_LLAMA_COMMAND;
const skip = command ? false : 'no live servers: use tests/live/run';

// Milliseconds until the first byte, and between two; and what the work of a busy machine may add.
const limit = 1000;
const slack = 750;
const messages = [{ role: 'user', content: 'hello' }];
const names = ['a/any', 'b/any'];

/** A server of llama.cpp, whose port stays through restarts. */
class Server {
  port = 0;

  async start() {
    const all = `exec ${command} --ctx 8192 --parallel 4 --port ${this.port}`;
    this.process = spawn('bash', ['-c', all], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: this.process.stdout })) {
      const port = Number(line.match(/^listening .*:(\d+)/)?.[1]);
      if (port) {
        assert.ok(this.port === 0 || this.port === port);
        this.port = port;
        return this;
      }
    }
    throw new Error('the server did not start');
  }

  freeze() {
    this.process.kill('SIGSTOP');
  }

  thaw() {
    this.process.kill('SIGCONT');
  }

  async kill() {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
  }
}

async function route(t, resilience = {}) {
  const servers = [];
  t.after(() => Promise.all(servers.map((server) => server.kill())));
  for (let count = 0; count < 2; count += 1) servers.push(await new Server().start());
  const client = new roocode.Roocode({
    providers: servers.map(({ port }, at) => ({
      name: 'ab'[at],
      kind: 'llamacpp',
      baseURL: `http://127.0.0.1:${port}/v1`,
    })),
    routes: { both: { targets: names, strategy: 'round_robin' } },
    timeout: { connect: limit, firstByte: limit, idle: limit, total: 30_000 },
    resilience: { breaker: { consecutive_failures: 3, open_for: 0.5, longest_open: 2 }, ...resilience },
  });
  const of = (name) => client.stats().find(({ target }) => target === name);
  return { client, servers, of };
}

async function until(condition) {
  const end = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'it did not come to it');
    await sleep(5);
  }
}

/** Four that ask without an end, plain and streamed in turns. */
function traffic(client) {
  const outcomes = [];
  let begun = 0;
  let ended = false;
  const one = async (stream) => {
    // Long enough to be met in the middle of a stream.
    const body = { model: 'both', messages, stream, max_completion_tokens: 80 };
    let reply = await client.chat.completions.create(body, { body: { ignore_eos: true } });
    if (stream) reply = await reply.finalCompletion();
    outcomes.push({ route: reply.route, text: reply.choices[0].message.content });
  };
  const work = async () => {
    while (!ended) {
      begun += 1;
      await one(begun % 2 === 0);
    }
  };
  const workers = Promise.all([work(), work(), work(), work()]);
  // Awaited at the end; a failure before it is none without a handler.
  workers.catch(() => {});
  return {
    outcomes,
    /** The next outcomes. */
    async more(count) {
      const before = outcomes.length;
      await until(() => outcomes.length >= before + count);
      return outcomes.slice(before);
    },
    /** That nothing was lost, and that statistics and traces say what happened. */
    async end() {
      ended = true;
      await workers;
      assert.equal(outcomes.length, begun);
      for (const { route, text } of outcomes) {
        const last = route.attempts.at(-1);
        assert.deepEqual([last.outcome, last.target], ['success', route.target]);
        assert.ok(text && route.attempts.slice(0, -1).every(({ outcome }) => outcome === 'failure'));
      }
      const attempts = outcomes.flatMap(({ route }) => route.attempts);
      for (const stats of client.stats()) {
        const mine = attempts.filter(({ target }) => target === stats.target);
        const errors = {};
        for (const { error } of mine) if (error) errors[error.kind] = (errors[error.kind] ?? 0) + 1;
        assert.deepEqual({ ...stats.errors }, errors);
        assert.deepEqual([stats.requests, stats.in_flight, stats.cancelled], [mine.length, 0, 0]);
        assert.equal(stats.successes, mine.filter(({ outcome }) => outcome === 'success').length);
      }
    },
  };
}

const shares = (outcomes) => [...new Set(outcomes.map(({ route }) => route.target))].sort();

test('frozen, and killed and restarted, in the middle of traffic', { skip }, async (t) => {
  const { client, servers, of } = await route(t, { stream_recovery: 'continue' });
  const running = traffic(client);

  const checkLeftOut = async () => {
    await until(() => of('a/any').breaker !== 'closed');
    const served = await running.more(120);
    assert.deepEqual(shares(served), ['b/any']);
    const asked = served.flatMap(({ route }) => route.attempts).filter(({ target }) => target === 'a/any');
    // Its share would be 60; how often it is asked whether it is back depends on how long this takes.
    assert.ok(asked.length <= 30, `asked ${asked.length} times`);
    assert.ok(served.some(({ route }) => route.routing.candidates[0].short?.filter === 'breaker'));
  };
  const checkBack = async () => {
    await until(() => of('a/any').breaker === 'closed');
    const before = of('a/any').successes;
    assert.deepEqual(shares(await running.more(100)), names);
    assert.ok(of('a/any').successes > before + 20);
  };

  assert.deepEqual(shares(await running.more(40)), names);
  servers[0].freeze();
  await checkLeftOut();
  const hung = running.outcomes
    .flatMap(({ route }) => route.attempts)
    .filter(({ target, outcome }) => target === 'a/any' && outcome === 'failure');
  for (const attempt of hung) {
    assert.equal(attempt.error.kind, 'APITimeoutError');
    assert.ok(attempt.ended_ms - attempt.started_ms < limit + slack);
  }
  assert.ok(of('a/any').errors.APITimeoutError >= 3);
  servers[0].thaw();
  await checkBack();

  await servers[0].kill();
  await checkLeftOut();
  assert.ok(of('a/any').errors.APIConnectionError >= 3);
  await servers[0].start();
  await checkBack();
  await running.end();
});

for (const [end, kind] of [
  ['kill', 'APIConnectionError'],
  ['freeze', 'APITimeoutError'],
]) {
  const body = { model: 'both', messages, stream: true, max_completion_tokens: 600 };
  const options = { body: { ignore_eos: true } };

  test(`${end} in the middle of a stream`, { skip }, async (t) => {
    const { client, servers, of } = await route(t);
    let text = '';
    const read = async () => {
      for await (const chunk of await client.chat.completions.create(body, options)) {
        if (!text) servers[0][end]();
        text += chunk.choices[0].delta.content ?? '';
      }
    };
    const error = await read().then(
      () => assert.fail('no error came'),
      (error) => error,
    );
    assert.equal(error.constructor, roocode.StreamInterruptedError, error.stack);
    assert.deepEqual([error.target, error.attempts], ['a/any', 1]);
    assert.ok(text);
    assert.equal(error.partial.choices[0].message.content, text);
    assert.deepEqual({ ...of('a/any').errors }, { [kind]: 1 });
    const reply = await client.chat.completions.create({ model: 'both', messages, max_completion_tokens: 20 });
    assert.equal(reply.route.target, 'b/any');
  });

  test(`${end}, and the stream goes on at the other`, { skip }, async (t) => {
    const { client, servers } = await route(t);
    const stream = await client.chat.completions.create({ ...body, stream_recovery: 'continue' }, options);
    const text = ['', ''];
    let mark;
    let last;
    for await (const chunk of stream) {
      if (!text[0]) servers[0][end]();
      mark ??= chunk.continuation;
      text[mark ? 1 : 0] += chunk.choices[0].delta.content ?? '';
      last = chunk;
    }
    assert.ok(text[0] && text[1]);
    assert.deepEqual([mark.from_target, mark.target, mark.after_characters], ['a/any', 'b/any', [...text[0]].length]);
    assert.deepEqual(
      last.route.attempts.map(({ target, cause }) => [target, cause]),
      [
        ['a/any', 'first'],
        ['b/any', 'continuation'],
      ],
    );
    assert.equal((await stream.finalCompletion()).choices[0].message.content, text.join(''));
  });
}
