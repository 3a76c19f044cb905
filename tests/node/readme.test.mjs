// The Node examples of the README run as they stand, with a mock where a provider would be.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MockServer } from 'roocode/testing';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const marked = /<!-- runs as a test: tests\/node\/readme.test.mjs -->\n```js\n(.*?)```/gs;
const examples = [...readme.matchAll(marked)].map((match) => match[1]);

test('the examples are there', () => assert.equal(examples.length, 4));

for (const code of examples) {
  test(code.split('\n')[0], async () => {
    const server = MockServer.start([{ reply: { content: 'one two three' } }]);
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: new URL('../..', import.meta.url),
      env: {
        ...process.env,
        OPENAI_API_KEY: 'k',
        OPENAI_BASE_URL: `${server.url}/v1`,
        ANTHROPIC_API_KEY: 'k',
        ANTHROPIC_BASE_URL: server.url,
      },
      timeout: 60_000,
    });
    server.stop();
    assert.match(stdout, /one two three/);
    assert.match(stdout, /openai\/gpt-5\.2/);
  });
}
