// Worker threads: some end by themselves, some are terminated at work; then the
// main thread makes a call, and with `exit` leaves while a worker is at work.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { args, baseURL, create } from './common.mjs';

const file = new URL('./worker.mjs', import.meta.url);
const start = (task) => new Worker(file, { workerData: { baseURL, task } });

const finishing = Array.from({ length: 3 }, () => start('finish'));
const results = await Promise.all(finishing.map((worker) => once(worker, 'message')));
await Promise.all(finishing.map((worker) => (worker.threadId === -1 ? undefined : once(worker, 'exit'))));
const busy = Array.from({ length: 3 }, () => start('pending'));
await Promise.all(busy.map((worker) => once(worker, 'message')));
if (args[0] === 'exit') process.exit(0);
await Promise.all(busy.map((worker) => worker.terminate()));
const reply = await create('echo');
process.stdout.write(JSON.stringify([results.map(([result]) => result), reply.id]));
