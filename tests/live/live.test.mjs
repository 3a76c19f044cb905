// The Node package against servers that are not ours; `tests/live/run` starts them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import * as roocode from 'roocode';

const {
  ROOCODE_LIVE_LLAMA: llama,
  ROOCODE_LIVE_LLAMA_KEYED: keyed,
  ROOCODE_LIVE_AIMOCK: aimock,
  ROOCODE_LIVE_LLAMA_COMMAND: command,
} = process.env;
const skip = llama && keyed && aimock && command ? false : 'no live servers: use tests/live/run';

const keys = { access_key_id: 'any', secret_access_key: 'any' };
const providers = [
  { name: 'llamacpp', kind: 'llamacpp', baseURL: `${llama}/v1` },
  { name: 'custom', kind: 'custom', baseURL: `${llama}/v1` },
  { name: 'anthropic', kind: 'anthropic', baseURL: `${llama}/v1`, apiKey: 'any' },
  { name: 'gemini', kind: 'gemini', baseURL: `${aimock}/v1beta`, apiKey: 'any' },
  { name: 'bedrock', kind: 'bedrock', baseURL: aimock, region: 'eu-west-1', auth: { aws: keys } },
];
const llamas = ['llamacpp', 'custom', 'anthropic'];
const wires = [...llamas, 'gemini', 'bedrock'];
const hello = [{ role: 'user', content: 'hello' }];
const weather = [{ role: 'user', content: 'weather' }];
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';

const closed = (properties) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const where = closed({ city: { type: 'string', enum: ['Paris', 'Rome'] }, days: { type: 'integer' } });
const tools = [{ type: 'function', function: { name: 'weather', parameters: where } }];
const answer = closed({ ok: { type: 'boolean' }, color: { type: 'string', enum: ['red', 'blue'] } });

function ask(wire, messages = hello, rest = {}) {
  const client = new roocode.Roocode({ providers, timeout: 30_000, maxRetries: 0 });
  return client.chat.completions.create({ model: `${wire}/any`, messages, max_completion_tokens: 400, ...rest });
}

/** The error of a promise, which must be of this class. */
async function failure(promise, expected) {
  const error = await promise.then(
    () => assert.fail(`${expected.name} did not come`),
    (error) => error,
  );
  assert.equal(error.constructor, expected, error.stack);
  return error;
}

for (const wire of skip ? ['skipped'] : wires) {
  test(`${wire}: plain, and the stream says the same`, { skip }, async () => {
    const plain = await ask(wire, hello, { temperature: 0 });
    assert.ok(plain.choices[0].message.content);
    const { total_tokens, prompt_tokens, completion_tokens } = plain.usage;
    assert.ok(total_tokens > 10 && total_tokens === prompt_tokens + completion_tokens);
    assert.equal(plain.route.target, `${wire}/any`);
    assert.deepEqual(
      plain.route.attempts.map((attempt) => attempt.status),
      [200],
    );

    const pieces = [];
    let last;
    for await (const chunk of await ask(wire, hello, { temperature: 0, stream: true })) {
      if (chunk.choices[0].delta.content) pieces.push(chunk.choices[0].delta.content);
      last = chunk;
    }
    assert.ok(pieces.length > 1);
    assert.equal(pieces.join(''), plain.choices[0].message.content);
    assert.equal(last.choices[0].finish_reason, plain.choices[0].finish_reason);
    assert.equal(last.usage.total_tokens, total_tokens);
    assert.equal(last.route.target, `${wire}/any`);
  });
}

for (const wire of skip ? [] : wires) {
  for (const stream of [false, true]) {
    test(`${wire}: a turn with tools, stream ${stream}`, async () => {
      let reply = await ask(wire, weather, { tools, tool_choice: 'required', stream });
      if (stream) reply = await reply.finalCompletion();
      assert.equal(reply.choices[0].finish_reason, 'tool_calls');
      const { message } = reply.choices[0];
      assert.ok(message.tool_calls.length);
      for (const call of message.tool_calls) {
        const given = JSON.parse(call.function.arguments);
        assert.equal(call.function.name, 'weather');
        assert.ok(['Paris', 'Rome'].includes(given.city) && Number.isInteger(given.days));
      }
      const results = message.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: 'sunny' }));
      const last = await ask(wire, [...weather, message, ...results], { tools });
      assert.ok(last.choices[0].message.content);
      assert.equal(last.choices[0].finish_reason, 'stop');
    });
  }
}

for (const wire of skip ? [] : llamas) {
  test(`${wire}: JSON of a schema`, async () => {
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema: answer } };
    const stream = await ask(wire, hello, { response_format: format, stream: true });
    const { content } = (await stream.finalCompletion()).choices[0].message;
    const given = JSON.parse(content);
    assert.deepEqual(Object.keys(given).sort(), ['color', 'ok']);
    assert.ok(typeof given.ok === 'boolean' && ['red', 'blue'].includes(given.color));
  });

  test(`${wire}: errors`, async () => {
    const long = [{ role: 'user', content: 'word '.repeat(9000) }];
    for (const stream of [false, true]) {
      const tooLong = await failure(ask(wire, long, { stream }), roocode.ContextWindowExceededError);
      assert.deepEqual([tooLong.status, tooLong.type], [400, 'exceed_context_size_error']);
      assert.equal(tooLong.body.error.n_ctx, 2048);
    }

    const image = { type: 'image_url', image_url: { url: pixel } };
    const see = [{ role: 'user', content: [{ type: 'text', text: 'see' }, image] }];
    const unseen = await failure(ask(wire, see), roocode.InternalServerError);
    assert.match(unseen.message, /image input is not supported/);
    assert.deepEqual([unseen.status, unseen.attempts], [500, 1]);
  });

  test(`${wire}: keys`, async () => {
    const say = (apiKey) =>
      new roocode.Roocode({ provider: wire, baseURL: `${keyed}/v1`, apiKey }).chat.completions.create({
        model: 'any',
        messages: hello,
        max_tokens: 20,
      });
    const refused = await failure(say('wrong-key'), roocode.AuthenticationError);
    assert.deepEqual([refused.status, refused.attempts], [401, 1]);
    assert.doesNotMatch(JSON.stringify(refused) + refused.stack, /wrong-key/);
    assert.ok((await say('right-key')).choices[0].message.content);
  });

  test(`${wire}: the server is killed in a stream`, async (t) => {
    const server = spawn('bash', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => server.kill('SIGKILL'));
    let url;
    for await (const line of createInterface({ input: server.stdout })) {
      url = line.match(/^listening (.*)/)?.[1];
      if (url) break;
    }
    // The server's Anthropic side does not know `ignore_eos`; its tool calls are long enough.
    const long = wire === 'anthropic' ? [{ tools, tool_choice: 'required' }, {}] : [{}, { body: { ignore_eos: true } }];
    const client = new roocode.Roocode({ provider: wire, baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    const create = (stream) =>
      client.chat.completions.create(
        { model: 'any', messages: hello, max_completion_tokens: 20_000, stream, ...long[0] },
        long[1],
      );

    let text = '';
    const join = ({ content, tool_calls }) =>
      (content ?? '') + (tool_calls ?? []).map((call) => call.function.arguments ?? '').join('');
    const read = async () => {
      for await (const chunk of await create(true)) {
        if (!text) server.kill('SIGKILL');
        text += join(chunk.choices[0].delta);
      }
    };
    const broken = await failure(read(), roocode.StreamInterruptedError);
    assert.ok(text);
    assert.equal(join(broken.partial.choices[0].message), text);
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    assert.equal((await failure(create(false), roocode.APIConnectionError)).attempts, 1);
  });
}

test('gemini: a rate limit', { skip }, async () => {
  for (const stream of [false, true]) {
    const limited = await failure(
      ask('gemini', [{ role: 'user', content: 'too fast' }], { stream }),
      roocode.RateLimitError,
    );
    assert.match(limited.message, /exhausted/);
    assert.deepEqual([limited.status, limited.retryAfter, limited.attempts], [429, 1, 1]);
  }
});
