// A provider of OpenAI's wire for these tests, independent of the package's own
// mock: what it saw of connections is the proof that they were closed.
//
// The model's name says how it behaves: `echo`, `hang`, `delay-50`,
// `status-429`, `stream-<chunks>`, `stream-<chunks>-<milliseconds between>`,
// `cut-<chunks>` (the connection breaks after them), `endless` (until closed).

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const CREATED = 1700000000;

function chunk(content, more = {}) {
  const delta = content === undefined ? {} : { content };
  const choices = [{ index: 0, delta, finish_reason: null, ...more }];
  const body = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: CREATED, model: 'test', choices };
  return `data: ${JSON.stringify(body)}\n\n`;
}

export class Provider {
  requests = [];
  /** Resolves with the time at which the next response is closed before its end. */
  closures = [];
  written = 0;

  static async start() {
    const provider = new Provider();
    provider.server = createServer((request, response) => provider.answer(request, response));
    provider.server.keepAliveTimeout = 60_000;
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    provider.baseURL = `http://127.0.0.1:${provider.server.address().port}/v1`;
    return provider;
  }

  /** Options of a client of this provider alone. */
  get options() {
    return {
      providers: [{ name: 'test', kind: 'custom', baseURL: this.baseURL, apiKey: 'sk-secret-of-the-tests' }],
      maxRetries: 0,
    };
  }

  async stop() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** The number of responses that were closed before their end. */
  get closed() {
    return this.closures.length;
  }

  /** Waits until so many responses were closed early; the time of the last. */
  async untilClosed(count, within = 5000) {
    const end = performance.now() + within;
    while (this.closed < count) {
      if (performance.now() > end) throw new Error(`${this.closed} of ${count} responses were closed`);
      await sleep(1);
    }
    return this.closures[count - 1];
  }

  async untilRequests(count, within = 5000) {
    const end = performance.now() + within;
    while (this.requests.length < count) {
      if (performance.now() > end) throw new Error(`${this.requests.length} of ${count} requests came`);
      await sleep(1);
    }
  }

  async answer(request, response) {
    let text = '';
    // Decodes characters that two pieces share.
    request.setEncoding('utf8');
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    this.requests.push({ url: request.url, headers: request.headers, body });
    response.on('close', () => {
      if (!response.writableFinished) this.closures.push(performance.now());
    });
    const [behaviour, ...numbers] = body.model.split('-');
    const [first = 0, second = 0] = numbers.map(Number);
    if (behaviour === 'hang') return;
    if (behaviour === 'status') return this.fail(response, first);
    if (behaviour === 'delay') await sleep(first);
    if (behaviour === 'endless') return this.stream(response, Infinity, 0);
    if (behaviour === 'cut') return this.stream(response, first, second, true);
    if (body.stream) return this.stream(response, first || 3, second);
    this.reply(response, body);
  }

  fail(response, status) {
    const error = { message: 'as the test asks', type: 'test_error', code: 'asked', param: null };
    response.writeHead(status, {
      'content-type': 'application/json',
      'retry-after': '7',
      'x-request-id': 'req_failed',
    });
    response.end(JSON.stringify({ error }));
  }

  reply(response, { model, messages }) {
    const message = { role: 'assistant', content: JSON.stringify(messages) };
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-request-id': 'req_1',
      'x-note': 'a "quoted" note',
    });
    response.end(
      JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', created: CREATED, model, choices, usage }),
    );
  }

  async stream(response, count, pause, cut = false) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_s' });
    for (let at = 0; at < count && !response.destroyed; at++) {
      const more = response.write(chunk(`${at} `));
      this.written++;
      if (pause > 0) await sleep(pause);
      else if (!more) await drained(response);
    }
    if (response.destroyed) return;
    if (cut) {
      response.destroy();
      return;
    }
    response.write(chunk(undefined, { finish_reason: 'stop' }));
    response.end('data: [DONE]\n\n');
  }
}

/** Waits until more can be written, or never can. */
async function drained(response) {
  const left = new AbortController();
  const { signal } = left;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => {});
  left.abort();
}

export const messages = [{ role: 'user', content: 'Hello' }];

/** The text of a streamed reply. */
export async function textOf(stream) {
  let text = '';
  for await (const each of stream) text += each.choices[0]?.delta?.content ?? '';
  return text;
}

/** The text that `stream-<count>` says. */
export function countedText(count) {
  return Array.from({ length: count }, (_, at) => `${at} `).join('');
}
