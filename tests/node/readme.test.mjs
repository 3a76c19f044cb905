// The Node examples of the README and of docs/ run as they stand, with a mock where a provider would be.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { MockServer } from 'roocode/testing';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const marked = /<!-- runs as a test: tests\/node\/readme.test.mjs -->\n```js\n(.*?)```/gs;
const examplesOf = (text) => [...text.matchAll(marked)].map((match) => match[1]);
const examples = examplesOf(read('README.md'));
const [setup, ...sections] = read('docs/routing.md').split('\n## ').slice(1);

// What an example writes.
after(() => rmSync(new URL('../../morning.mp3', import.meta.url), { force: true }));

test('the examples are there', () => {
  assert.equal(examples.length, 14);
  assert.equal(sections.length, 18);
});

async function run(code, environment) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  return stdout;
}

for (const code of examples) {
  test(code.split('\n')[0], async () => {
    const server = MockServer.start([{ reply: { content: 'one two three' } }]);
    const said = await run(code, {
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: `${server.url}/v1`,
      ANTHROPIC_API_KEY: 'k',
      ANTHROPIC_BASE_URL: server.url,
      COHERE_API_KEY: 'k',
      CO_API_URL: server.url,
    });
    server.stop();
    for (const [, shown] of code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)) assert.ok(said.includes(shown), said);
    if (!code.includes('chat.completions')) return;
    assert.match(said, /one two three/);
    assert.match(said, /openai\/gpt-5\.2/);
  });
}

/** As `settled` of tests/python/test_readme.py. */
function settled(text) {
  return text
    .replace(/[\d.]+ (ms|s)\b/g, 'TIME')
    .replace(/tokens\/s [\d.]+/g, 'tokens/s RATE')
    .replace(/(fastest_output|least_latency) +[\d.]+/g, '$1 SCORE')
    .replace(/seed [0-9a-f]{16}/g, 'SEED')
    .replace(/[░█×]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

for (const section of sections) {
  test(section.split('\n')[0], async () => {
    const said = await run(`${examplesOf(setup)[0]}\n${examplesOf(section)[0]}`, {});
    assert.equal(settled(said), settled(section.match(/```text\n(.*?)```/s)[1]));
  });
}
