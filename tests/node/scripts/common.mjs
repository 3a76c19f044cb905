// What the scripts share: each gets the provider's address as its first argument.
import { Roocode } from 'roocode';

export const [baseURL, ...args] = process.argv.slice(2);
export const client = new Roocode({
  providers: [{ name: 'test', kind: 'custom', baseURL, apiKey: 'k' }],
  maxRetries: 0,
});
export const create = (model, stream = false) =>
  client.chat.completions.create({ model: `test/${model}`, messages: [{ role: 'user', content: 'x' }], stream });
