// The cases of `tests/cases/routing`, which are in no language; their form is in their README.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RoocodeError, replay } from 'roocode';
import { decide } from 'roocode/testing';

const folder = new URL('../cases/routing/', import.meta.url);
const files = readdirSync(folder).sort();

/** What happened, in the form of `expect`. */
function observe(given) {
  let decided;
  try {
    decided = decide(given);
  } catch (error) {
    assert.ok(error instanceof RoocodeError, String(error));
    return { error: { kind: error.kind, param: error.param, message: error.message } };
  }
  const { trace, ...observed } = decided;
  if (!trace) return observed;
  const replayed = replay(trace);
  assert.deepEqual([replayed.same, replayed.differences], [true, []]);
  for (const what of ['excluded', 'short']) {
    const those = trace.candidates.filter((candidate) => what in candidate);
    observed[what] = Object.fromEntries(
      those.map((candidate) => [candidate.facts.name, { ...candidate[what], why: candidate.why }]),
    );
  }
  return { ...observed, last_resort: trace.last_resort ?? false };
}

/** Asserts that `got` is `wanted`: see the README of the cases. */
function holds(got, wanted, place) {
  if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(got) && got.length === wanted.length, `${place}: ${JSON.stringify(got)}`);
    wanted.forEach((each, index) => {
      holds(got[index], each, `${place}[${index}]`);
    });
  } else if (typeof wanted === 'object' && wanted !== null) {
    assert.ok(typeof got === 'object' && got !== null, `${place}: ${JSON.stringify(got)}`);
    if (/(excluded|short)$/.test(place)) assert.deepEqual(Object.keys(got).sort(), Object.keys(wanted).sort(), place);
    for (const [key, each] of Object.entries(wanted)) holds(got[key], each, `${place}.${key}`);
  } else if (typeof wanted === 'string' && /(message|why|order_failed)$/.test(place)) {
    assert.ok(got?.includes(wanted), `${place}: ${got}`);
  } else if (typeof wanted === 'number') {
    assert.ok(Math.abs(got - wanted) < 1e-9, `${place}: ${got}`);
  } else {
    assert.equal(got ?? null, wanted, place);
  }
}

test('the cases are there', () => assert.ok(files.length >= 40));

for (const file of files) {
  const given = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  test(`${file}: ${given.about}`, () => holds(observe(given), given.expect, 'expect'));
}
