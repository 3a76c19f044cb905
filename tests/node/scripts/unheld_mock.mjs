// Holds the address of a mock server, not the server; it also ends by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';

const address = () => MockServer.start().url;
const baseURL = `${address()}/v1`;
for (let count = 0; count < 10; count++) {
  globalThis.gc();
  await sleep(5);
}
const client = new Roocode({ providers: [{ name: 'mock', kind: 'custom', baseURL, apiKey: 'k' }], maxRetries: 0 });
await client.chat.completions.create({ model: 'mock/m', messages: [{ role: 'user', content: 'Hello' }] });
