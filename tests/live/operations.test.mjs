// Responses, vectors, rankings and counts of llama.cpp's own server; `tests/live/run` starts it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Roocode } from 'roocode';

const { ROOCODE_LIVE_LLAMA: llama, ROOCODE_LIVE_LLAMA_EMBED: embed, ROOCODE_LIVE_LLAMA_RERANK: rerank } = process.env;
const skip = llama && embed && rerank ? false : 'no live servers: use tests/live/run';
const providers = [
  { name: 'own', kind: 'llamacpp', baseURL: `${llama}/v1` },
  { name: 'chat', kind: 'custom', baseURL: `${llama}/v1` },
  { name: 'anthropic', kind: 'anthropic', baseURL: `${llama}/v1`, apiKey: 'any' },
  { name: 'vectors', kind: 'llamacpp', baseURL: `${embed}/v1` },
  { name: 'ranks', kind: 'llamacpp', baseURL: `${rerank}/v1` },
];
const open = () => new Roocode({ providers, timeout: 30_000, maxRetries: 0 });

// Native, over OpenAI's chat, and over Anthropic's messages.
for (const wire of ['own', 'chat', 'anthropic']) {
  test(`${wire}: a response, plain and streamed`, { skip }, async () => {
    const request = { model: `${wire}/any`, input: 'hello', max_output_tokens: 24, temperature: 0 };
    const client = open();
    const reply = await client.responses.create(request);
    assert.ok(reply.output_text);
    assert.ok(reply.usage.output_tokens > 0);
    let text = '';
    let last;
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      last = event;
    }
    assert.equal(text, reply.output_text);
    assert.equal(last.response.output_text, reply.output_text);
  });
}

for (const wire of ['own', 'chat', 'anthropic']) {
  test(`${wire}: a message, plain and streamed`, { skip }, async () => {
    const messages = [{ role: 'user', content: 'hello' }];
    const request = { model: `${wire}/any`, messages, max_tokens: 24, temperature: 0 };
    const client = open();
    const reply = await client.messages.create(request);
    const texts = reply.content.filter(({ type }) => type === 'text').map(({ text }) => text);
    assert.ok(texts.join(''));
    let streamed = '';
    for await (const event of await client.messages.create({ ...request, stream: true })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') streamed += event.delta.text;
    }
    assert.equal(streamed, texts.join(''));
  });
}

test('vectors', { skip }, async () => {
  const client = open();
  const both = await client.embeddings.create({ model: 'vectors/any', input: ['one two', 'three'] });
  assert.deepEqual(
    both.data.map(({ index }) => index),
    [0, 1],
  );
  assert.ok(both.data[0].embedding.length > 8);
});

test('rankings', { skip }, async () => {
  const documents = ['Rome is in Italy', 'a cat', 'Paris is in France'];
  const ranking = await open().rerank.create({ model: 'ranks/any', query: 'Italy', documents, top_n: 2 });
  assert.equal(ranking.results.length, 2);
  assert.ok(ranking.results[0].relevance_score >= ranking.results[1].relevance_score);
});

test('a count is the one that the server bills', { skip }, async () => {
  const client = open();
  const messages = [{ role: 'user', content: 'hello' }];
  const counted = await client.tokens.count({ model: 'anthropic/any', messages });
  const reply = await client.chat.completions.create({ model: 'anthropic/any', messages, max_completion_tokens: 1 });
  assert.equal(counted.estimated, false);
  assert.equal(counted.input_tokens, reply.usage.prompt_tokens);
});
