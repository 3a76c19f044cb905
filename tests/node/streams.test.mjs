import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { APIPromise, RateLimitError, ResponseDecodeError, Roocode, Stream, StreamInterruptedError } from 'roocode';
import { CLOSED_WITHIN, run } from './support/child.mjs';
import { countedText, messages, Provider, textOf } from './support/provider.mjs';

let provider;
let client;
before(async () => {
  provider = await Provider.start();
  client = new Roocode(provider.options);
});
after(() => provider.stop());

const open = (model, options) =>
  client.chat.completions.create({ model: `test/${model}`, messages, stream: true }, options);

/** Asserts that `leave` closes the next connection, and soon. */
async function closes(leave) {
  const { closed } = provider;
  const left = await leave();
  const at = await provider.untilClosed(closed + 1);
  assert.ok(at - left < CLOSED_WITHIN, `closed after ${at - left} ms`);
}

test('for await gives every chunk, once', async () => {
  const promise = open('stream-1000');
  assert.ok(promise instanceof APIPromise);
  const stream = await promise;
  assert.ok(stream instanceof Stream);
  assert.equal(await textOf(stream), countedText(1000));
  assert.equal(await textOf(stream), '');
});

test('chunks are plain objects that come as they are sent', async () => {
  const stream = await open('stream-4-30');
  const times = [];
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    if (chunk.choices[0]?.delta.content) times.push(performance.now());
  }
  assert.equal(times.length, 4);
  assert.ok(times[3] - times[0] > 60, 'they came all at once');
});

test('many streams at once each get their own chunks', async () => {
  const streams = await Promise.all(Array.from({ length: 100 }, (_, at) => open(`stream-${at + 1}-1`)));
  const texts = await Promise.all(streams.map(textOf));
  texts.forEach((text, at) => {
    assert.equal(text, countedText(at + 1));
  });
});

test('withResponse of a stream', async () => {
  const { data, response } = await open('stream-2').withResponse();
  assert.equal(response.requestId, 'req_s');
  assert.equal(await textOf(data), countedText(2));
});

test('an error before the first chunk rejects the call', async () => {
  await assert.rejects(open('status-429'), RateLimitError);
});

test('break closes the connection at once', () =>
  closes(async () => {
    for await (const _ of await open('stream-100000-2')) break;
    return performance.now();
  }));

test('a throw inside the loop closes the connection at once', () =>
  closes(async () => {
    const loop = async () => {
      for await (const _ of await open('stream-100000-2')) throw new Error('mine');
    };
    await assert.rejects(loop, /mine/);
    return performance.now();
  }));

test('abort() and controller.abort() end the iteration without an error', async () => {
  for (const leave of [(stream) => stream.abort(), (stream) => stream.controller.abort()]) {
    await closes(async () => {
      const stream = await open('stream-100000-5');
      let left;
      setTimeout(() => {
        left = performance.now();
        leave(stream);
      }, 30);
      await textOf(stream);
      return left;
    });
  }
});

test('a signal ends the iteration with its reason, and keeps no listener', async () => {
  await closes(async () => {
    const controller = new AbortController();
    const stream = await open('stream-100000-5', { signal: controller.signal });
    const reason = new Error('enough');
    let left;
    setTimeout(() => {
      left = performance.now();
      controller.abort(reason);
    }, 30);
    await assert.rejects(textOf(stream), (error) => error === reason);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    return left;
  });
  const { signal } = new AbortController();
  await textOf(await open('stream-3', { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  for await (const _ of await open('stream-1000-5', { signal })) break;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a stream that breaks raises an error with what came', async () => {
  const stream = await open('cut-5-5');
  let text = '';
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0].delta.content;
  };
  const error = await read().catch((each) => each);
  assert.ok(error instanceof StreamInterruptedError, String(error));
  assert.equal(text, countedText(5));
  assert.equal(error.partial.choices[0].message.content, countedText(5));
  assert.equal(error.partial.request_id, 'req_s');
  await assert.rejects(stream.finalCompletion(), StreamInterruptedError);
  // The end is sticky.
  assert.equal(await textOf(stream), '');
});

test('finalCompletion is the sum of all chunks, however far they were read', async () => {
  const stream = await open('stream-20-1');
  for await (const _ of { [Symbol.asyncIterator]: () => ({ next: () => stream[Symbol.asyncIterator]().next() }) })
    break;
  const sum = await stream.finalCompletion();
  assert.equal(sum.object, 'chat.completion');
  assert.equal(sum.choices[0].message.content, countedText(20));
  assert.equal(sum.choices[0].finish_reason, 'stop');
  // What is known beside the chunks goes with their sum.
  assert.equal(sum.request_id, 'req_s');
  assert.equal(sum.route.provider, 'test');
  assert.deepEqual(await stream.finalCompletion(), sum);
});

test('tee gives each side every chunk, and leaves when both left', async () => {
  const [left, right] = (await open('stream-50-1')).tee();
  assert.deepEqual(await Promise.all([textOf(left), textOf(right)]), [countedText(50), countedText(50)]);
  assert.equal((await right.finalCompletion()).choices[0].message.content, countedText(50));
  await closes(async () => {
    const [one, other] = (await open('stream-100000-2')).tee();
    for await (const _ of one) break;
    for await (const _ of other) break;
    return performance.now();
  });
});

test('toReadableStream and fromReadableStream', async () => {
  const bytes = (await open('stream-30')).toReadableStream();
  const response = new Response(bytes);
  const stream = Stream.fromReadableStream(response.body);
  assert.equal(await textOf(stream), countedText(30));
  assert.equal((await stream.finalCompletion()).choices[0].message.content, countedText(30));
  await closes(async () => {
    const reader = (await open('stream-100000-2')).toReadableStream().getReader();
    await reader.read();
    const left = performance.now();
    await reader.cancel();
    return left;
  });
});

test('fromReadableStream takes characters split anywhere and refuses what is no JSON', async () => {
  const line = new TextEncoder().encode('{"choices":[{"index":0,"delta":{"content":"é🎈"}}]}\n');
  const piecemeal = new ReadableStream({
    start(sink) {
      for (const byte of line) sink.enqueue(Uint8Array.of(byte));
      sink.close();
    },
  });
  assert.equal(await textOf(Stream.fromReadableStream(piecemeal)), 'é🎈');
  const wrong = new Response('{"a":').body;
  await assert.rejects(textOf(Stream.fromReadableStream(wrong)), ResponseDecodeError);
});

test('next() can be called ahead', async () => {
  const walk = (await open('stream-3-5'))[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 6 }, () => walk.next()));
  assert.deepEqual(
    results.map(({ done }) => done),
    [false, false, false, false, true, true],
  );
});

test('a reader that is behind holds the provider back', async () => {
  provider.written = 0;
  const stream = await open('endless');
  const walk = stream[Symbol.asyncIterator]();
  await walk.next();
  await sleep(600);
  const { written } = provider;
  await sleep(400);
  assert.equal(provider.written, written, 'it was read on without bound');
  for (let count = 0; count < 50_000; count++) await walk.next();
  assert.ok(provider.written > written);
  stream.abort();
});

test('a stream that nobody holds closes its connection when it is collected', async () => {
  const { closed } = provider;
  const { code, errors } = await run('forgotten', [provider.baseURL, 5], ['--expose-gc']);
  assert.equal(code, 0, errors);
  await provider.untilClosed(closed + 5);
});
