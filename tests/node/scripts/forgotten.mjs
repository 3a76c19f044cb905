// Streams that are begun and forgotten; their connections close while this still runs.
import { setTimeout as sleep } from 'node:timers/promises';
import { args, create } from './common.mjs';

async function begin() {
  const stream = await create('stream-100000-5', true);
  await stream[Symbol.asyncIterator]().next();
}
for (let count = 0; count < Number(args[0]); count++) await begin();
for (let count = 0; count < 20; count++) {
  globalThis.gc();
  await sleep(10);
}
// An answer after it shows that the process is well.
await create('echo');
