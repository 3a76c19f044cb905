// Processes and threads: they end when done, stay while somebody waits, and
// leave cleanly in the middle of work.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FULL, run } from './support/child.mjs';
import { Provider } from './support/provider.mjs';

const RUNS = FULL ? 200 : 8;

let provider;
before(async () => {
  provider = await Provider.start();
});
after(() => provider.stop());

/** Runs a script many times, two at a time; each must end well. */
async function everyRun(name, args, check) {
  let left = RUNS;
  const lane = async () => {
    while (left-- > 0) {
      const result = await run(name, [provider.baseURL, ...args]);
      assert.equal(result.code, 0, `${name}: code ${result.code}, signal ${result.signal}\n${result.errors}`);
      assert.equal(result.errors, '');
      check?.(result);
    }
  };
  await Promise.all([lane(), lane()]);
}

test(`${RUNS} runs of a script with one call`, () =>
  everyRun('one_call', [], ({ output }) => assert.equal(output, 'chatcmpl-1')));

test(`${RUNS} runs of a script that ends with a half-read stream`, () =>
  everyRun('half_read', [], ({ output, took }) => {
    assert.equal(output, 'chatcmpl-1');
    assert.ok(took < 10_000, 'the stream kept the process alive');
  }));

test(`${RUNS} runs that exit with calls pending and streams flowing`, () => everyRun('exit_pending', []));

test('a pending call keeps the process alive', async () => {
  const { code, output } = await run('delayed', [provider.baseURL]);
  assert.deepEqual([code, output], [0, 'chatcmpl-1']);
});

test('an idle client does not', async () => {
  const { code, took, errors } = await run('idle', [provider.baseURL]);
  assert.equal(code, 0, errors);
  assert.ok(took < 5000, `it took ${took} ms`);
});

test('worker threads end by themselves and can be terminated at work', async () => {
  const { code, output, errors } = await run('threads', [provider.baseURL]);
  assert.equal(code, 0, errors);
  const [results, id] = JSON.parse(output);
  assert.deepEqual(results, Array(3).fill({ replies: 20, chunks: 101 }));
  assert.equal(id, 'chatcmpl-1');
});

test('exit while worker threads are at work', async () => {
  for (let count = 0; count < (FULL ? 50 : 3); count++) {
    const { code, signal, errors } = await run('threads', [provider.baseURL, 'exit']);
    assert.deepEqual([code, signal, errors], [0, null, '']);
  }
});

test('memory is flat over many calls and abandoned streams', async (context) => {
  // 20,000 calls and 2,000 abandoned streams in a full run. What a round leaves
  // resident wanders by a mebibyte or so: over the last twelve of sixteen the
  // slope of that is some 0.06 a round, a fifth of what is held to be a leak.
  const size = FULL ? [16, 1250, 125] : [16, 800, 60];
  // V8 gives its young generation more room the longer it works, up to 16 MiB a
  // half: it is held at 1 MiB here, so that what grows is a leak.
  const options = ['--expose-gc', '--max-semi-space-size=1'];
  const { code, output, errors } = await run('memory', [provider.baseURL, ...size], options);
  assert.equal(code, 0, errors);
  const figures = JSON.parse(output);
  const growth = slope(figures.slice(4));
  const shown = `resident MiB after each round: ${figures.join(', ')}; growth ${growth.toFixed(2)} a round`;
  context.diagnostic(shown);
  assert.ok(growth < 0.3, shown);
});

/** The growth from one figure to the next, by least squares. */
function slope(figures) {
  const middle = (figures.length - 1) / 2;
  const mean = figures.reduce((sum, each) => sum + each, 0) / figures.length;
  let [above, below] = [0, 0];
  figures.forEach((each, at) => {
    above += (at - middle) * (each - mean);
    below += (at - middle) ** 2;
  });
  return above / below;
}
