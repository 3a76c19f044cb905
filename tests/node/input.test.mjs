// Bad input: a typed error that names the place, nothing sent, the client usable.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BadRequestError, ConfigurationError, Roocode, RoocodeError } from 'roocode';
import { messages, Provider } from './support/provider.mjs';

let provider;
let client;
before(async () => {
  provider = await Provider.start();
  client = new Roocode(provider.options);
});
after(() => provider.stop());

const model = 'test/echo';
const text = (content) => ({ model, messages: [{ role: 'user', content }] });
const cyclic = { model, messages: [{ role: 'user', content: [] }] };
cyclic.messages[0].content.push(cyclic);
const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);

const cases = [
  ['no body', undefined, /object/, 'body'],
  ['null', null, /object/, 'body'],
  ['an array', [], /object/, 'body'],
  ['a text', 'Hello', /object/, 'body'],
  ['NaN', { model, messages, temperature: Number.NaN }, /NaN/, 'temperature'],
  ['Infinity', { model, messages, logit_bias: { 5: Infinity } }, /Infinity/, 'logit_bias.5'],
  [
    'NaN deep inside',
    text([{ type: 'text', text: 'x', cache: -Infinity }]),
    /Infinity/,
    'messages[0].content[0].cache',
  ],
  ['a BigInt', { model, messages, seed: 5n }, /BigInt/, 'seed'],
  ['a function', { model, messages, tools: [() => {}] }, /function/, 'tools[0]'],
  ['a symbol', { model, messages, user: Symbol('x') }, /symbol/, 'user'],
  ['undefined in an array', { model, messages: [undefined] }, /undefined/, 'messages[0]'],
  ['a hole in an array', { model, messages: Array(1) }, /undefined/, 'messages[0]'],
  ['a Map', { model, messages, metadata: new Map() }, /Map/, 'metadata'],
  ['bytes', text(Buffer.from('x')), /Buffer.*base64/, 'messages[0].content'],
  ['a promise', { model, messages: Promise.resolve([]) }, /Promise/, 'messages'],
  ['an invalid date', { model, messages, metadata: { at: new Date(Number.NaN) } }, /date/, 'metadata.at'],
  ['a cycle', cyclic, /itself/, 'messages'],
  ['too deep', { model, messages, metadata: { deep } }, /120 levels/, 'metadata'],
  ['half a surrogate pair', text('a\ud800b'), /surrogate/, 'messages[0].content'],
  ['half a pair in a key', { model, messages, metadata: { '\udc00': 1 } }, /surrogate/, 'metadata'],
  ['half a pair in a long text', text(`${'a'.repeat(100_000)}\ud800`), /surrogate/, 'messages[0].content'],
  ['an odd key', { model, messages, metadata: { 'a b': Number.NaN } }, /NaN/, 'metadata["a b"]'],
  ['a number as model', { model: 5, messages }, /model/, 'model'],
  ['no model', { messages }, /model/, 'model'],
];
for (const [name, body, message, param] of cases) {
  test(name, async () => {
    const before = provider.requests.length;
    const error = await client.chat.completions.create(body).catch((each) => each);
    assert.ok(error instanceof BadRequestError, String(error));
    assert.match(error.message, message);
    assert.equal(error.param, param);
    assert.equal(provider.requests.length, before);
    await client.chat.completions.create({ model, messages });
  });
}

const options = [
  ['a text', 'x', 'options'],
  ['null', null, 'options'],
  ['no signal', { signal: {} }, 'signal'],
  ['NaN as timeout', { timeout: Number.NaN }, 'timeout'],
  ['a function', { headers: { x: () => {} } }, 'extra_headers.x'],
];
for (const [name, given, param] of options) {
  test(`options: ${name}`, async () => {
    const error = await client.chat.completions.create({ model, messages }, given).catch((each) => each);
    assert.ok(error instanceof BadRequestError, String(error));
    assert.equal(error.param, param);
  });
}

test('NUL in a header is refused and names the header', async () => {
  const before = provider.requests.length;
  const call = client.chat.completions.create({ model, messages }, { headers: { 'x-bad': 'a\0b' } });
  const error = await call.catch((each) => each);
  assert.ok(error instanceof RoocodeError, String(error));
  assert.match(`${error.param} ${error.message}`, /x-bad/);
  assert.equal(provider.requests.length, before);
});

test('a wrong setting of a client is an error of its constructor', () => {
  assert.throws(() => new Roocode({ ...provider.options, unknownSetting: 1 }), ConfigurationError);
  assert.throws(() => new Roocode('sk-key'), BadRequestError);
  assert.throws(() => new Roocode({ timeout: Number.NaN }), BadRequestError);
  assert.throws(() => client.withOptions(null), BadRequestError);
});

test('a message of 100 MB either goes or is refused, and the client lives on', async () => {
  const content = 'x'.repeat(100 * 1024 * 1024);
  try {
    const reply = await client.chat.completions.create(text(content));
    assert.equal(reply.choices[0].message.content.length, content.length + 30);
  } catch (error) {
    assert.ok(error instanceof RoocodeError, String(error));
  }
  await client.chat.completions.create({ model, messages });
});
