// Compiled, never run: what the types of the mocks promise.

import { type Fault, MockServer, type RecordedRequest, type Script } from 'roocode/testing';

const fault: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '1' } };
const scripts: Script[] = [
  { when: { attempt: 1 }, fault, times: 1 },
  { reply: { content: 'Hello', usage: { prompt_tokens: 3 } }, stream: { chunks: ['Hel', 'lo'] } },
];
using server = MockServer.start({ scripts, api_key: 'any' });
server.setScripts([{ reply: { tool_calls: [{ name: 'f', arguments: { x: 1 } }] } }]);
const request: RecordedRequest | undefined = server.requests[0];
const outcome: 'active' | 'complete' | 'client_left' | 'cut' | 'reset' | 'refused' | undefined = request?.outcome;
void [outcome, server.counters.open_connections.toFixed()];

// @ts-expect-error no such condition
MockServer.start([{ when: { modle: 'm' } }]);
// @ts-expect-error no such way to fail
MockServer.start([{ fault: { kind: 'explode' } }]);
// @ts-expect-error a status says which
MockServer.start([{ fault: { kind: 'status' } }]);
// @ts-expect-error a server is started, not made
new MockServer();
