// Credentials that are fetched: a token endpoint and the service that wants its token.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AuthenticationError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';
import { messages } from './support/provider.mjs';

const secret = 'a-very-secret-text';
const server = MockServer.start([
  {
    when: { path: '/token', contains: secret },
    reply: { body: { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600 } },
    latency_ms: 50,
  },
  { when: { path: '/token' }, fault: { kind: 'status', status: 401, body: { error: 'invalid_client' } } },
  {
    when: { path: '/chat' },
    expect: { headers: { authorization: 'Bearer a-token' } },
    reply: { content: 'here' },
  },
]);
after(() => server.stop());

// The names inside `auth` are those of the OAuth 2.0 standard.
const client = (client_secret) =>
  new Roocode({
    providers: [
      {
        name: 'p',
        kind: 'custom',
        baseURL: `${server.url}/v1`,
        auth: { oauth2: { token_url: `${server.url}/token`, client_id: 'me', client_secret, scope: ['chat'] } },
      },
    ],
    maxRetries: 0,
  });

test('one token serves all', async () => {
  const one = client(secret);
  const ask = () => one.chat.completions.create({ model: 'p/m', messages });
  const replies = await Promise.all(Array.from({ length: 16 }, ask));
  assert.ok(replies.every((reply) => reply.choices[0].message.content === 'here'));
  assert.equal(server.requests.filter(({ path }) => path === '/token').length, 1);
  assert.ok(!JSON.stringify(one.providers.list()).includes(secret));
  server.assertSatisfied();
  one.close();
});

test('a refused client is an AuthenticationError', async () => {
  const one = client('a-wrong-secret');
  await assert.rejects(one.chat.completions.create({ model: 'p/m', messages }), (error) => {
    assert.ok(error instanceof AuthenticationError);
    assert.equal(error.code, 'invalid_client');
    assert.ok(!`${error} ${error.stack} ${JSON.stringify(error)}`.includes('a-wrong-secret'));
    return true;
  });
  one.close();
});
