// Plays the rows of matrix.json from Node, and tells what was seen of each.
// Nothing here knows what ought to be seen: README.md says what a row means.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Roocode, RoocodeError } from 'roocode';
import { MockServer } from 'roocode/testing';

export const matrix = JSON.parse(readFileSync(new URL('./matrix.json', import.meta.url), 'utf8'));
const whole = matrix.reply.join('');
const messages = [{ role: 'user', content: 'Count.' }];
// Each has up to two servers of a thread each.
const AT_ONCE = 24;
// A port that refuses is opened again well before the first retry, which waits half a second or more.
const REFUSING_MS = 250;

/** A server; one that refuses has a port that no connection and no other server is given meanwhile. */
function startServer(scripts, refusing) {
  if (!refusing) return MockServer.start(scripts);
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    try {
      return MockServer.start({ scripts, port, refusing: true });
    } catch (taken) {
      if (taken.param !== 'port') throw taken;
    }
  }
}

function startServers(row) {
  const mode = matrix.modes[row.mode];
  const fault = matrix.faults[row.fault];
  const well = { stream: { chunks: matrix.reply } };
  const servers = {};
  for (const name of mode.targets) {
    const failing = name === 'a' && fault[row.call];
    const once = mode.a_fails === 'once' ? { times: 1 } : {};
    const scripts = failing ? [{ ...well, fault: failing, ...once }, well] : [well];
    if (failing && mode.well_first) scripts.unshift({ ...well, times: mode.well_first });
    servers[name] = startServer(scripts, name === 'a' && fault.refusing === true);
  }
  return servers;
}

/** Seconds by their names → milliseconds by the package's. */
function timeouts(limits) {
  const names = { first_byte: 'firstByte' };
  return Object.fromEntries(Object.entries(limits).map(([name, seconds]) => [names[name] ?? name, seconds * 1000]));
}

/** What was seen of a row: its `requests`, `calls` and `state`, and whatever is never right. */
async function play(row) {
  const mode = matrix.modes[row.mode];
  const fault = matrix.faults[row.fault];
  const servers = startServers(row);
  const client = new Roocode({
    providers: Object.entries(servers).map(([name, { url }]) => ({
      name,
      kind: 'custom',
      baseURL: `${url}/v1`,
      apiKey: 'k',
      models: ['m'],
    })),
    maxRetries: matrix.max_retries,
    timeout: timeouts({ ...matrix.timeout, ...fault.timeout }),
    resilience: mode.resilience,
  });
  const calls = [];
  const wrong = [];
  const opening =
    fault.refusing && mode.a_fails === 'once' && sleep(REFUSING_MS).then(() => servers.a.setRefusing(false));
  const count = row.calls.reduce((sum, { times }) => sum + times, 0);
  for (let number = 0; number < count; number++) {
    const [seen, attempts] = await ask(client, row.call === 'stream', wrong);
    const same = calls.at(-1);
    if (same && JSON.stringify({ ...same, times: 0 }) === JSON.stringify({ times: 0, ...seen })) same.times++;
    else calls.push({ times: 1, ...seen });
    attempts.slice(1).forEach((attempt, place) => {
      const waited = attempts[place].waited_s ?? 0;
      if (attempt.cause === 'retry' && waited < (fault.hint_s ?? 0)) wrong.push(`waited only ${waited} s`);
    });
  }
  const stats = Object.fromEntries(client.stats().map((each) => [each.target.replace(/\/m$/, ''), each]));
  const result = {
    requests: Object.fromEntries(Object.entries(servers).map(([name, { counters }]) => [name, counters.requests])),
    calls,
  };
  if (row.state) {
    result.state = Object.fromEntries(Object.keys(row.state).map((name) => [name, stateOf(stats[name])]));
  }
  for (const [name, { in_flight: left }] of Object.entries(stats)) {
    if (left) wrong.push(`${left} left in flight at ${name}`);
  }
  await opening;
  client.close();
  for (const server of Object.values(servers)) server.stop();
  return wrong.length > 0 ? { ...result, wrong } : result;
}

function stateOf({ breaker, unavailable_for_s: left }) {
  return breaker === 'closed' && left !== null ? 'cooling down' : breaker;
}

/** How one call ended, and the attempts of its trace. */
async function ask(client, stream, wrong) {
  let text = '';
  let route;
  const seen = {};
  try {
    if (stream) {
      for await (const chunk of await client.chat.completions.create({ model: 'm', messages, stream: true })) {
        text += chunk.choices[0].delta.content ?? '';
        route = chunk.route ?? route;
      }
    } else {
      const reply = await client.chat.completions.create({ model: 'm', messages });
      text = reply.choices[0].message.content;
      route = reply.route;
    }
    seen.ends = 'reply';
    if (text !== whole) wrong.push(`the reply is ${JSON.stringify(text)}`);
  } catch (error) {
    if (!(error instanceof RoocodeError)) throw error;
    seen.ends = error.constructor.name;
    route = error.route;
    if (error.limit) seen.limit = error.limit;
    if (error.partial) {
      seen.partial = error.partial.choices[0].message.content ?? '';
      if (!whole.startsWith(seen.partial) || seen.partial === whole) wrong.push(`\`partial\` is "${seen.partial}"`);
      if (seen.partial !== text) wrong.push(`\`partial\` is "${seen.partial}" where the stream gave "${text}"`);
    }
    const count = route?.attempts?.length ?? 0;
    if (error.attempts !== count) wrong.push(`\`attempts\` is ${error.attempts}, and the trace has ${count}`);
  }
  const attempts = route?.attempts ?? [];
  seen.attempts = attempts.map(({ target, cause, outcome, error }) =>
    [target.replace(/\/m$/, ''), cause, outcome, ...(error ? [error.kind] : [])].join(' '),
  );
  return [seen, attempts];
}

/**
 * What was seen, with an expected `partial` that ends in "…" where the seen one begins so. Calls that
 * differ in nothing but how far they came are equal ones.
 */
export function meet(expected, seen) {
  const calls = [];
  for (const call of seen.calls) {
    const last = calls.at(-1);
    if (last && isDeepStrictEqual({ ...begun(last, call), times: 0 }, { ...last, times: 0 })) last.times += call.times;
    else calls.push({ ...begun(expected.calls[calls.length], call) });
  }
  return { ...seen, calls };
}

function begun(wanted, call) {
  const want = wanted?.partial ?? '';
  const begins = want.endsWith('…') && call.partial?.startsWith(want.slice(0, -1));
  return begins ? { ...call, partial: want } : call;
}

export async function playAll() {
  const results = [];
  const rows = matrix.rows.entries();
  const inTurn = async () => {
    for (const [number, row] of rows) results[number] = await play(row);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
  return results;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(JSON.stringify(await playAll()));
}
