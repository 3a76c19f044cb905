// The language-neutral cases of `tests/cases`; their form is in its README.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Roocode, RoocodeError } from 'roocode';
import { MockServer } from 'roocode/testing';

const folder = new URL('../cases/chat/', import.meta.url);

// As a user of JavaScript writes them.
const NAMES = { max_retries: 'maxRetries', extra_headers: 'headers', extra_query: 'query', extra_body: 'body' };

function optionsOf(options = {}) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]));
}

async function send(client, request, options) {
  const seen = { texts: [] };
  try {
    const reply = await client.chat.completions.create(request, options);
    if (!request.stream) return { ...seen, reply };
    for await (const chunk of reply) {
      const text = chunk.choices.find((choice) => choice.delta.content)?.delta.content;
      if (text) seen.texts.push(text);
      seen.last = chunk;
    }
    seen.reply = await reply.finalCompletion();
  } catch (error) {
    assert.ok(error instanceof RoocodeError, String(error));
    seen.error = error;
  }
  return seen;
}

/** Asserts that `got` holds at least `wanted`. */
function holds(got, wanted, place) {
  if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(got) && got.length === wanted.length, `${place}: ${JSON.stringify(got)}`);
    wanted.forEach((each, index) => {
      holds(got[index], each, `${place}[${index}]`);
    });
  } else if (typeof wanted === 'object' && wanted !== null) {
    assert.ok(typeof got === 'object' && got !== null, `${place}: ${JSON.stringify(got)}`);
    for (const [key, each] of Object.entries(wanted)) holds(got[key], each, `${place}.${key}`);
  } else {
    assert.equal(got ?? null, wanted, place);
  }
}

function toolCalls(reply) {
  const calls = reply.choices[0].message.tool_calls ?? [];
  return calls.map((call) => ({ name: call.function.name, arguments: JSON.parse(call.function.arguments) }));
}

function check(expect, seen, server) {
  if (!expect.error && seen.error) throw seen.error;
  for (const key of ['reply', 'last', 'error', 'texts']) {
    if (key in expect) holds(seen[key], expect[key], key);
  }
  if (expect.tool_calls) holds(toolCalls(seen.reply), expect.tool_calls, 'tool_calls');
  if ('cost_usd' in expect) {
    const cost = seen.reply.route.cost.total_usd;
    assert.ok(Math.abs(cost - expect.cost_usd) < 1e-12, `cost ${cost}`);
  }
  const sent = server.requests;
  if ('requests' in expect) assert.equal(sent.length, expect.requests, 'requests');
  if (expect.sent) {
    holds(sent, expect.sent, 'sent');
    // A body is compared whole: a field too many is a mistake as well.
    expect.sent.forEach(({ body }, index) => {
      if (body !== undefined) assert.deepEqual(sent[index].body, body, `sent[${index}].body`);
    });
  }
}

for (const file of readdirSync(folder).sort()) {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { about, scripts, expect, ...given } = JSON.parse(text);
  test(`${file}: ${about}`, async (context) => {
    const server = MockServer.start(scripts);
    context.after(() => server.stop());
    const client = new Roocode({
      providers: JSON.parse(JSON.stringify(given.providers).replaceAll('{url}', server.url)),
      routes: given.routes,
    });
    const options = optionsOf(given.options);
    let seen = await send(client, given.request, options);
    if (given.then) {
      const messages = [...given.request.messages, seen.reply.choices[0].message, ...given.then.messages];
      seen = await send(client, { ...given.request, messages }, options);
    }
    check(expect, seen, server);
  });
}
