// A client whose route has a function: used, busy beyond the limit, idle; it does not keep the process.
import { Roocode } from 'roocode';

const [baseURL] = process.argv.slice(2);
const provider = (name) => ({ name, kind: 'custom', baseURL, apiKey: 'k' });
const client = new Roocode({
  providers: [provider('a'), provider('b')],
  routes: { r: { targets: ['a/m', 'b/m'], strategy: () => globalThis.client && 'b/m' } },
});
globalThis.client = client;
const { route } = await client.chat.completions.create({
  model: 'r',
  messages: [{ role: 'user', content: 'x' }],
});
process.stdout.write(route.target);
