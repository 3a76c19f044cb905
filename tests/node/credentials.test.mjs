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

test('keys of an AWS container sign and are asked for again', async () => {
  const keys = (AccessKeyId) => ({
    when: { path: '/keys' },
    reply: { body: { AccessKeyId, SecretAccessKey: 's', Token: 't', Expiration: '2126-01-01T00:00:00Z' } },
    times: 1,
  });
  const body = {
    output: { message: { role: 'assistant', content: [{ text: 'here' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  };
  const ended = { kind: 'status', status: 403, body: { __type: 'ExpiredTokenException' } };
  const aws = MockServer.start([
    keys('AK1'),
    keys('AK2'),
    { when: { path: '/converse' }, fault: ended, times: 1 },
    { when: { path: '/converse' }, reply: { body } },
  ]);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_BEARER_TOKEN_BEDROCK', 'AWS_WEB_IDENTITY_TOKEN_FILE']) {
    delete process.env[name];
  }
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nowhere';
  process.env.AWS_CONFIG_FILE = '/nowhere';
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${aws.url}/keys`;
  const one = new Roocode({ providers: [{ kind: 'bedrock', region: 'eu-west-1', baseURL: aws.url }], maxRetries: 0 });
  const reply = await one.chat.completions.create({ model: 'bedrock/eu.amazon.nova-lite-v1:0', messages });
  assert.equal(reply.choices[0].message.content, 'here');
  const converse = '/model/eu.amazon.nova-lite-v1%3A0/converse';
  assert.deepEqual(
    aws.requests.map(({ path }) => path),
    ['/keys', converse, '/keys', converse],
  );
  aws.assertSatisfied();
  one.close();
  aws.stop();
});
