// Responses, over real connections to mock providers: native, over chat, streamed, broken off.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BadRequestError, Roocode, Stream, StreamInterruptedError } from 'roocode';
import { MockServer } from 'roocode/testing';

const server = MockServer.start();
const apiKey = 'key-of-it';
const client = new Roocode({
  providers: [
    { kind: 'openai', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'anthropic', baseURL: `${server.url}/v1`, apiKey },
  ],
  routes: { mixed: { targets: ['openai/m', 'anthropic/m'] } },
  maxRetries: 0,
});
after(() => {
  client.close();
  server.stop();
});

for (const provider of ['openai', 'anthropic']) {
  test(`plain and streamed at ${provider}`, async () => {
    server.setScripts([{}]);
    const response = await client.responses.create({ model: `${provider}/m`, input: 'Hello' });
    assert.equal(response.output_text, 'You said: Hello');
    assert.deepEqual([response.object, response.status], ['response', 'completed']);
    assert.equal(response.output[0].content[0].text, 'You said: Hello');
    assert.equal(response.route.target, `${provider}/m`);
    assert.match(String(response.route), new RegExp(provider));

    const stream = await client.responses.create({ model: `${provider}/m`, input: 'Hello', stream: true });
    const events = [];
    for await (const event of stream) events.push(event);
    const said = events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta);
    assert.equal(said.join(''), 'You said: Hello');
    const last = events.at(-1);
    assert.equal(last.type, 'response.completed');
    assert.match(String(last.response.route), new RegExp(provider));
    const whole = await stream.finalResponse();
    assert.deepEqual(whole, last.response);

    const again = await client.responses.create({ model: `${provider}/m`, input: 'Hello', stream: true });
    const copied = Stream.fromReadableStream(again.toReadableStream());
    assert.equal((await copied.finalResponse()).output_text, 'You said: Hello');
  });
}

test('a loop of tools keeps what the provider signed', async () => {
  const calls = [{ id: 'call_1', name: 'look', arguments: { at: 'sky' } }];
  server.setScripts([{ reply: { reasoning: 'hm', tool_calls: calls }, times: 1 }, { reply: { content: 'Blue.' } }]);
  const tools = [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} } }];
  const question = { role: 'user', content: 'What colour?' };
  const first = await client.responses.create({ model: 'anthropic/m', input: [question], tools });
  const { call_id } = first.output.find((item) => item.type === 'function_call');
  const input = [question, ...first.output, { type: 'function_call_output', call_id, output: 'blue' }];
  const second = await client.responses.create({ model: 'anthropic/m', input, tools });
  assert.equal(second.output_text, 'Blue.');
  const turn = server.requests.at(-1).body.messages[1].content;
  assert.deepEqual(
    turn.map((block) => block.type),
    ['thinking', 'tool_use'],
  );
});

test('failover, and what breaks off', async () => {
  server.setScripts([{ fault: { kind: 'status', status: 503 }, times: 1 }, {}]);
  const response = await client.responses.create({ model: 'mixed', input: 'Hello' });
  assert.equal(response.route.target, 'anthropic/m');
  server.setScripts([{ reply: { content: 'one two three' }, fault: { kind: 'cut', after_chunks: 2 } }]);
  const read = async () => {
    for await (const _ of await client.responses.create({ model: 'mixed', input: 'Hello', stream: true }));
  };
  await assert.rejects(
    read(),
    (error) => error instanceof StreamInterruptedError && error.partial_response.output_text !== '',
  );
  await assert.rejects(
    client.responses.create({ model: 'mixed', input: [3] }),
    (error) => error instanceof BadRequestError && error.param === 'input[0]',
  );
});
