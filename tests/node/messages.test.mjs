// Messages, over real connections to mock providers: native, over chat, streamed, broken off.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BadRequestError, Roocode, Stream, StreamInterruptedError } from 'roocode';
import { MockServer } from 'roocode/testing';

const server = MockServer.start();
const apiKey = 'key-of-it';
const client = new Roocode({
  providers: [
    { kind: 'anthropic', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'openai', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'gemini', baseURL: `${server.url}/v1beta`, apiKey },
  ],
  routes: { mixed: { targets: ['anthropic/m', 'openai/m'] } },
  maxRetries: 0,
});
after(() => {
  client.close();
  server.stop();
});

const hello = { max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };

for (const provider of ['anthropic', 'openai']) {
  test(`plain and streamed at ${provider}`, async () => {
    server.setScripts([{}]);
    const message = await client.messages.create({ model: `${provider}/m`, ...hello });
    assert.equal(message.content[0].text, 'You said: Hello');
    assert.deepEqual([message.type, message.stop_reason], ['message', 'end_turn']);
    assert.equal(message.usage.output_tokens, 3);
    assert.equal(message.route.target, `${provider}/m`);
    assert.match(String(message.route), new RegExp(provider));

    const stream = await client.messages.create({ model: `${provider}/m`, ...hello, stream: true });
    const events = [];
    for await (const event of stream) events.push(event);
    const said = events.filter((event) => event.type === 'content_block_delta').map((event) => event.delta.text);
    assert.equal(said.join(''), 'You said: Hello');
    assert.equal(events[0].type, 'message_start');
    const last = events.at(-1);
    assert.equal(last.type, 'message_stop');
    assert.match(String(last.message.route), new RegExp(provider));
    assert.deepEqual(await stream.finalMessage(), last.message);

    const again = await client.messages.create({ model: `${provider}/m`, ...hello, stream: true });
    const copied = Stream.fromReadableStream(again.toReadableStream());
    const read = await copied.finalMessage();
    assert.equal(read.content[0].text, 'You said: Hello');
    assert.match(String(read.route), new RegExp(provider));
  });
}

test('a loop of tools keeps what the provider signed', async () => {
  const calls = [{ id: 'call_1', name: 'look', arguments: { at: 'sky' } }];
  server.setScripts([{ reply: { reasoning: 'hm', tool_calls: calls }, times: 1 }, { reply: { content: 'Blue.' } }]);
  const tools = [{ name: 'look', input_schema: { type: 'object', properties: {} } }];
  const question = { role: 'user', content: 'What colour?' };
  const asked = { model: 'gemini/m', max_tokens: 100, messages: [question], tools };
  const first = await client.messages.create(asked);
  const { id } = first.content.find((block) => block.type === 'tool_use');
  const result = { type: 'tool_result', tool_use_id: id, content: 'blue' };
  const messages = [question, { role: 'assistant', content: first.content }, { role: 'user', content: [result] }];
  const second = await client.messages.create({ ...asked, messages });
  assert.equal(second.content[0].text, 'Blue.');
  assert.match(JSON.stringify(server.requests.at(-1).body.contents[1]), /ignature/);
});

test('failover, and what breaks off', async () => {
  server.setScripts([{ fault: { kind: 'status', status: 529 }, times: 1 }, {}]);
  const message = await client.messages.create({ model: 'mixed', ...hello });
  assert.equal(message.route.target, 'openai/m');
  server.setScripts([{ reply: { content: 'one two three' }, fault: { kind: 'cut', after_chunks: 2 } }]);
  const read = async () => {
    for await (const _ of await client.messages.create({ model: 'mixed', ...hello, stream: true }));
  };
  await assert.rejects(
    read(),
    (error) => error instanceof StreamInterruptedError && error.partial_message.content[0].text !== '',
  );
  await assert.rejects(
    client.messages.create({ model: 'mixed', max_tokens: 1, messages: [3] }),
    (error) => error instanceof BadRequestError && error.param === 'messages[0]',
  );
});
