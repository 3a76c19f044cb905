// Every row of matrix.json, from Node.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { matrix, meet, playAll } from './scenarios.mjs';

let seen;
before(async () => {
  seen = await playAll();
});

for (const [number, row] of matrix.rows.entries()) {
  test(`${row.fault}, ${row.call}, ${row.mode}`, () => {
    const { fault, call, mode, ...expected } = row;
    assert.deepEqual(meet(expected, seen[number]), expected);
  });
}
