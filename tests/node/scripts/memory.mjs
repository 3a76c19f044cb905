// Rounds of many calls and many abandoned streams; prints the resident MiB after each.
import { setTimeout as sleep } from 'node:timers/promises';
import { args, create } from './common.mjs';

const [rounds, calls, streams] = args.map(Number);

async function each(total, width, work) {
  let left = total;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function resident() {
  for (let count = 0; count < 10; count++) {
    globalThis.gc();
    await sleep(20);
  }
  return process.memoryUsage().rss / 2 ** 20;
}

const call = () => create('echo');
const abandon = async () => {
  const stream = await create('stream-100000-5', true);
  await stream[Symbol.asyncIterator]().next();
  if (Math.random() < 0.5) stream.abort();
  else if (Math.random() < 0.2) globalThis.gc();
};
const read = async () => {
  for await (const _ of await create('stream-20', true));
};

async function round() {
  await each(calls, 32, call);
  await each(streams, 16, abandon);
  await each(streams, 16, read);
}
const figures = [];
for (let count = 0; count < rounds; count++) {
  await round();
  figures.push(await resident());
}
process.stdout.write(JSON.stringify(figures.map((figure) => Math.round(figure * 10) / 10)));
