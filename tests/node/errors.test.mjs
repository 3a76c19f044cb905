import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';

const roocode = createRequire(import.meta.url)('roocode');
const { RoocodeError } = roocode;
const declared = readFileSync(new URL('../../bindings-node/js/index.d.ts', import.meta.url), 'utf8');
const classes = [...declared.matchAll(/export declare class (\w+Error) extends (\w+)/g)];

test('the declared classes are those of the core, with the same bases', () => {
  for (const [, name, parent] of classes) {
    assert.equal(Object.getPrototypeOf(roocode[name]).name, parent, name);
    assert.equal(roocode[name].name, name);
  }
  const names = Object.keys(roocode).filter((name) => name.endsWith('Error'));
  assert.deepEqual(names.sort(), classes.map(([, name]) => name).sort());
});

test('an error can be made by hand, for the tests of an application', () => {
  const error = new roocode.QuotaExceededError('no credit', { status: 402, request_id: 'r' });
  assert.ok(error instanceof roocode.RateLimitError);
  assert.equal(`${error}`, 'QuotaExceededError: no credit');
  assert.equal(error.kind, 'QuotaExceededError');
  assert.equal(error.requestId, 'r');
  assert.match(inspect(error), /status: 402/);
  assert.equal(new RoocodeError('x').kind, 'RoocodeError');
});
