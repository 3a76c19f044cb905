// The cases of `tests/cases`, which are in no language, run in Node. Their form is in its README.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Roocode, RoocodeError } from 'roocode';
import { MockServer } from 'roocode/testing';

const folder = new URL('../cases/chat/', import.meta.url);
const names = readdirSync(folder).sort();

/** The wire's names of options, as JavaScript has them. */
const OPTIONS = {
  max_retries: 'maxRetries',
  extra_headers: 'headers',
  extra_query: 'query',
  extra_body: 'body',
  unsupported: 'unsupported',
};

async function send(client, request, options) {
  const seen = { texts: [] };
  try {
    const reply = await client.chat.completions.create(request, options);
    if (request.stream !== true) return { ...seen, reply };
    const [chunks, sum] = reply.tee();
    const whole = sum.finalCompletion().catch(() => undefined);
    try {
      for await (const chunk of chunks) {
        const text = chunk.choices[0]?.delta.content;
        if (text) seen.texts.push(text);
        seen.last = chunk;
      }
    } finally {
      seen.reply = await whole;
    }
  } catch (error) {
    if (!(error instanceof RoocodeError)) throw error;
    seen.error = error;
  }
  return seen;
}

/** Asserts that `got` holds at least `wanted`. */
function holds(got, wanted, place) {
  if (Array.isArray(wanted)) {
    assert.equal(got?.length, wanted.length, place);
    wanted.forEach((value, index) => holds(got[index], value, `${place}[${index}]`));
  } else if (wanted !== null && typeof wanted === 'object') {
    for (const [key, value] of Object.entries(wanted)) holds(got?.[key], value, `${place}.${key}`);
  } else {
    assert.equal(got, wanted, place);
  }
}

test('the cases are there', () => assert.ok(names.length >= 40));

for (const name of names) {
  test(name, async () => {
    const { scripts, providers, request, options = {}, then, expect } = JSON.parse(
      readFileSync(new URL(name, folder), 'utf8'),
    );
    const server = MockServer.start(scripts);
    try {
      const client = new Roocode({
        providers: JSON.parse(JSON.stringify(providers).replaceAll('{url}', server.url)),
      });
      const own = Object.fromEntries(Object.entries(options).map(([key, value]) => [OPTIONS[key], value]));
      let seen = await send(client, request, own);
      if (then) {
        const messages = [...request.messages, seen.reply.choices[0].message, ...then.messages];
        seen = await send(client, { ...request, messages }, own);
      }
      check(expect, seen, server.requests);
    } finally {
      server.stop();
    }
  });
}

function check(expect, seen, sent) {
  if (!expect.error) assert.equal(seen.error, undefined);
  for (const part of ['reply', 'last', 'error']) if (expect[part]) holds(seen[part], expect[part], part);
  if (expect.texts) assert.deepEqual(seen.texts, expect.texts);
  if (expect.tool_calls) {
    const calls = seen.reply.choices[0].message.tool_calls.map((call) => call.function);
    const got = calls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) }));
    assert.deepEqual(got, expect.tool_calls);
  }
  if (expect.cost_usd !== undefined) {
    assert.ok(Math.abs(seen.reply.route.cost.total_usd - expect.cost_usd) < 1e-12);
  }
  if (expect.requests !== undefined) assert.equal(sent.length, expect.requests);
  if (expect.sent) {
    assert.equal(sent.length, expect.sent.length);
    expect.sent.forEach(({ body, ...rest }, index) => {
      holds(sent[index], rest, `sent[${index}]`);
      if (body) assert.deepEqual(sent[index].body, body);
    });
  }
}
