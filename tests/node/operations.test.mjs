// Embeddings, rerank and lists of models, over real connections to mock providers.

import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { BadRequestError, NoTargetAvailableError, Roocode, Stream, StreamInterruptedError } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const server = MockServer.start({ models: ['one', 'two'] });
const apiKey = 'key-of-it';
const client = new Roocode({
  providers: [
    { kind: 'openai', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'anthropic', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'gemini', baseURL: `${server.url}/v1beta`, apiKey },
    { kind: 'cohere', baseURL: `${server.url}/v2`, apiKey },
  ],
  routes: { vectors: { targets: ['anthropic/m', 'openai/m', 'gemini/m'] }, ranks: { targets: ['cohere/m'] } },
});
let before = 0;
beforeEach(() => {
  before = server.requests.length;
});
const requests = () => server.requests.slice(before);
after(() => {
  client.close();
  server.stop();
});

test('embeddings', async () => {
  const reply = await client.embeddings.create({ model: 'openai/m', input: ['one two', 'three'], dimensions: 4 });
  assert.deepEqual(
    reply.data.map((each) => [each.index, each.embedding.length]),
    [
      [0, 4],
      [1, 4],
    ],
  );
  assert.equal(reply.usage.prompt_tokens, 3);
  assert.equal(reply.route.target, 'openai/m');
  const coded = await client.embeddings.create({
    model: 'openai/m',
    input: 'one two',
    dimensions: 4,
    encoding_format: 'base64',
  });
  const bytes = Buffer.from(coded.data[0].embedding, 'base64');
  const numbers = [0, 4, 8, 12].map((at) => bytes.readFloatLE(at));
  assert.deepEqual(numbers, reply.data[0].embedding);
});

test('token ids', async () => {
  await client.embeddings.create({ model: 'openai/m', input: [[1, 2], [3]] });
  assert.deepEqual(requests()[0].body.input, [[1, 2], [3]]);
  await assert.rejects(
    client.embeddings.create({ model: 'openai/m', input: ['a', 1] }),
    (error) => error instanceof BadRequestError && error.param === 'input',
  );
});

test('a long list goes out in parts', async () => {
  const input = Array.from({ length: 200 }, (_, number) => `text number ${number}`);
  const reply = await client.embeddings.create({ model: 'cohere/m', input });
  assert.deepEqual(
    reply.data.map((each) => each.index),
    input.map((_, index) => index),
  );
  const sizes = requests().map((each) => each.body.texts.length);
  assert.deepEqual(
    sizes.sort((one, other) => one - other),
    [8, 96, 96],
  );
  assert.equal(reply.usage.prompt_tokens, 600);
  const alone = await client.embeddings.create({ model: 'cohere/m', input: input[150] });
  assert.deepEqual(alone.data[0].embedding, reply.data[150].embedding);
});

test('a target without embeddings is left out', async () => {
  const trace = client.explain({ operation: 'embeddings', model: 'vectors', input: 'a' });
  assert.equal(trace.candidates[0].why, 'it does not support embeddings');
  const reply = await client.embeddings.create({ model: 'vectors', input: 'a' });
  assert.equal(reply.route.target, 'openai/m');
  await assert.rejects(client.embeddings.create({ model: 'anthropic/m', input: 'a' }), NoTargetAvailableError);
});

test('rerank', async () => {
  const documents = ['a red rose', { text: 'blue sky' }, 'red sky at night'];
  const body = { model: 'ranks', query: 'red sky', documents, top_n: 2, return_documents: true };
  const { data, response } = await client.rerank.create(body).withResponse();
  assert.deepEqual(
    data.results.map((each) => each.index),
    [2, 0],
  );
  assert.deepEqual(data.results[0].document, { text: 'red sky at night' });
  assert.equal(data.route.target, 'cohere/m');
  assert.equal(response.status, 200);
  assert.deepEqual(requests()[0].body.documents, ['a red rose', 'blue sky', 'red sky at night']);
});

test('tokens', async () => {
  const turns = [{ role: 'user', content: 'How many are these?' }];
  const count = await client.tokens.count({ model: 'anthropic/claude-sonnet-4-5', messages: turns });
  assert.deepEqual([count.input_tokens, count.estimated, count.method], [4, false, 'provider']);
  assert.equal(requests()[0].path, '/v1/messages/count_tokens');
  const second = await client.tokens.count({ model: 'openai/m', messages: turns });
  assert.deepEqual([second.input_tokens, second.estimated], [4, false]);
  assert.equal(requests()[1].path, '/v1/responses/input_tokens');
  const other = new Roocode({ providers: [{ kind: 'groq', baseURL: `${server.url}/v1`, apiKey }] });
  const estimate = await other.tokens.count({ model: 'groq/m', messages: turns });
  assert.deepEqual([estimate.input_tokens, estimate.estimated, estimate.method], [9, true, 'estimate']);
  assert.equal(requests().length, 2);
  await assert.rejects(
    other.tokens.count({ model: 'groq/m', messages: turns, method: 'provider' }),
    (error) => error instanceof NoTargetAvailableError,
  );
});

test('completions of a text', async () => {
  const body = { model: 'openai/m', prompt: 'The sky is', max_tokens: 9 };
  const { data, response } = await client.completions.create(body).withResponse();
  assert.equal(data.object, 'text_completion');
  assert.ok(data.choices[0].text.includes('The sky is'));
  assert.equal(response.status, 200);
  assert.deepEqual(requests()[0].body, { ...body, model: 'm' });
});

test('a tool of any name, and a document of text', async () => {
  const model = 'cohere/command-a-03-2025';
  const tools = [{ type: 'function', function: { name: 'weather.get' } }];
  const part = { type: 'file', file: { file_data: 'data:text/plain,Hello', filename: 'a.txt' } };
  const request = { model, tools, messages: [{ role: 'user', content: [part] }] };
  await client.chat.completions.create(request);
  const { body } = requests()[0];
  const { name } = body.tools[0].function;
  assert.match(name, /^weather_get_/);
  assert.equal(body.documents[0].data.text, 'Hello');
  server.setScripts([{ reply: { tool_calls: [{ name, arguments: {} }] }, times: 2 }]);
  const reply = await client.chat.completions.create(request);
  assert.equal(reply.choices[0].message.tool_calls[0].function.name, 'weather.get');
  const stream = await client.chat.completions.create({ ...request, stream: true });
  const whole = await stream.finalCompletion();
  assert.equal(whole.choices[0].message.tool_calls[0].function.name, 'weather.get');
});

test('streamed completions of a text', async () => {
  const body = { model: 'openai/m', prompt: 'The sky is', stream: true };
  const stream = await client.completions.create(body);
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  assert.ok(pieces.length > 2 && pieces.every((piece) => piece.object === 'text_completion'));
  assert.equal(pieces.map((piece) => piece.choices[0].text).join(''), 'You said: The sky is');
  assert.equal(pieces.at(-1).route.target, 'openai/m');
  const whole = await stream.finalCompletion();
  assert.equal(whole.choices[0].text, 'You said: The sky is');
  assert.deepEqual(whole.usage, pieces.at(-1).usage);
  const again = await client.completions.create(body);
  const copied = await Stream.fromReadableStream(again.toReadableStream()).finalCompletion();
  assert.deepEqual(copied.choices, whole.choices);
  server.setScripts([{ fault: { kind: 'cut', after_chunks: 2 }, times: 1 }]);
  const broken = await client.completions.create(body);
  await assert.rejects(
    broken.finalCompletion(),
    (error) => error instanceof StreamInterruptedError && error.partial_completion.choices[0].text !== '',
  );
});

test('models', async () => {
  const listed = await client.models.list();
  const ids = ['openai', 'anthropic', 'gemini', 'cohere'].flatMap((kind) => [`${kind}/one`, `${kind}/two`]);
  assert.deepEqual(
    listed.data.map((each) => each.id),
    ids,
  );
  assert.deepEqual(
    listed.providers.map((each) => [each.provider, each.models, each.error]),
    [
      ['openai', 2, undefined],
      ['anthropic', 2, undefined],
      ['gemini', 2, undefined],
      ['cohere', 2, undefined],
    ],
  );
  assert.ok(requests().every((each) => each.method === 'GET'));
  const alone = await client.models.list({ provider: 'gemini', timeout: 5_000 });
  assert.deepEqual(
    alone.data.map((each) => each.model),
    ['one', 'two'],
  );
  const reply = await client.chat.completions.create({ model: ids[0], messages });
  assert.ok(reply.choices[0].message.content);
});

test('a provider that fails is told of', async () => {
  const [refusing, good] = [MockServer.start({ api_key: 'other-key' }), MockServer.start({ models: ['m'] })];
  const provider = (name, { url }) => ({ name, kind: 'custom', baseURL: `${url}/v1`, apiKey });
  const both = new Roocode({ providers: [provider('refusing', refusing), provider('good', good)] });
  const listed = await both.models.list();
  assert.deepEqual(
    listed.data.map((each) => each.id),
    ['good/m'],
  );
  assert.equal(listed.providers[0].error.status, 401);
  assert.ok(!JSON.stringify(listed).includes(apiKey));
  await assert.rejects(both.models.list({ provider: 'refusing' }), { status: 401 });
  both.close();
  refusing.stop();
  good.stop();
});
