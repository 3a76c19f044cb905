// Tokens of an OAuth 2.0 server that is not ours, in front of a service that checks their signatures.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { AuthenticationError, Roocode } from 'roocode';

const { ROOCODE_LIVE_OAUTH: issuer } = process.env;
const skip = issuer ? false : 'no live servers: use tests/live/run';
const answer = {
  id: '1',
  object: 'chat.completion',
  created: 1,
  model: 'any',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'welcome' } }],
};

/** The claims of a token, if its issuer signed it. */
async function claims(token) {
  const [header, payload, signature] = token.split('.');
  const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));
  const { keys } = await (await fetch(`${issuer}/jwks`)).json();
  const jwk = keys.find(({ kid }) => kid === part(header).kid);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')));
  return part(payload);
}

let asked = 0;
let refusals = 0;
const service = createServer(async (request, response) => {
  request.resume();
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  const { scope, exp } = await claims(token);
  asked += 1;
  const isGood = asked > refusals && scope === 'chat' && exp > Date.now() / 1000;
  response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isGood ? answer : { error: { message: `ended: ${token}` } }));
});
before(async () => {
  if (!skip) await once(service.listen(0, '127.0.0.1'), 'listening');
});
after(() => service.close());

async function ask(times = 1) {
  const oauth2 = { token_url: `${issuer}/token`, client_id: 'me', client_secret: 'a-secret-text', scope: 'chat' };
  const baseURL = `http://127.0.0.1:${service.address().port}/v1`;
  const providers = [{ name: 'p', kind: 'custom', baseURL, auth: { oauth2 } }];
  const client = new Roocode({ providers, maxRetries: 0, timeout: 30_000 });
  const say = () => client.chat.completions.create({ model: 'p/any', messages: [{ role: 'user', content: 'hello' }] });
  return Promise.all(Array.from({ length: times }, say)).finally(() => client.close());
}

test('a token for a secret', { skip }, async () => {
  [asked, refusals] = [0, 0];
  const replies = await ask(16);
  assert.ok(replies.every((reply) => reply.choices[0].message.content === 'welcome'));
});

test('another token where the first has ended, and no third', { skip }, async () => {
  [asked, refusals] = [0, 1];
  const [reply] = await ask();
  assert.deepEqual([reply.route.attempts.map(({ status }) => status), asked], [[200], 2]);
  [asked, refusals] = [0, 99];
  await assert.rejects(ask(), (error) => error instanceof AuthenticationError && /ended: \*\*\*/.test(error.message));
  assert.equal(asked, 2);
});
