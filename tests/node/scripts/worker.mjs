// In a worker thread: `finish` calls and ends, `pending` waits to be terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { Roocode } from 'roocode';

const client = new Roocode({
  providers: [{ name: 'test', kind: 'custom', baseURL: workerData.baseURL, apiKey: 'k' }],
  maxRetries: 0,
});
const messages = [{ role: 'user', content: 'x' }];
const create = (model, stream = false) => client.chat.completions.create({ model: `test/${model}`, messages, stream });

if (workerData.task === 'finish') {
  const replies = await Promise.all(Array.from({ length: 20 }, () => create('echo')));
  let chunks = 0;
  for await (const _ of await create('stream-100', true)) chunks++;
  parentPort.postMessage({ replies: replies.length, chunks });
} else {
  create('hang').catch(() => {});
  const stream = await create('stream-100000-1', true);
  let first = true;
  for await (const _ of stream) {
    if (first) parentPort.postMessage('begun');
    first = false;
  }
}
