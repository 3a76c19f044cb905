// Client certificates at nginx, and proxies with passwords; `tests/live/run` starts them where they are installed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Roocode, RoocodeError } from 'roocode';

const {
  ROOCODE_LIVE_LLAMA: llama,
  ROOCODE_LIVE_MUTUAL_TLS: mutual,
  ROOCODE_LIVE_CERTIFICATES: certificates,
  ROOCODE_LIVE_PROXIES: proxies,
} = process.env;
const certificate = (name) => join(certificates, name);
const messages = [{ role: 'user', content: 'hello' }];

function open(baseURL, { tls, ...rest }) {
  const provider = { name: 'p', kind: 'llamacpp', baseURL: `${baseURL}/v1`, ...(tls && { tls }) };
  return new Roocode({ providers: [provider], maxRetries: 0, timeout: 30_000, ...rest });
}

async function said(client) {
  const request = { model: 'p/any', messages, max_completion_tokens: 8 };
  const plain = await client.chat.completions.create(request);
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return [plain.choices[0].message.content, text];
}

const skipMutual = mutual ? false : 'nginx or openssl is not installed, or not run by tests/live/run';

test('a certificate lets in', { skip: skipMutual }, async () => {
  const authorities = certificate('authority.crt');
  const tls = { certificate: certificate('alice.crt'), key: certificate('alice.key'), authorities };
  for (const text of await said(open(mutual, { tls }))) assert.ok(text);
  await assert.rejects(said(open(mutual, { tls: { authorities } })), (error) => {
    assert.ok(error instanceof RoocodeError && error.message.includes('certificate'), error.stack);
    return true;
  });
});

const urls = (proxies ?? '').split(' ').filter(Boolean);

test('proxies', { skip: urls.length ? false : 'no proxy is installed, or not run by tests/live/run' }, async (t) => {
  for (const proxy of urls) {
    await t.test(new URL(proxy).protocol, async () => {
      for (const text of await said(open(llama, { proxy }))) assert.ok(text);
      const wrong = proxy.replace('secret-word', 'other-word');
      await assert.rejects(said(open(llama, { proxy: wrong })), (error) => {
        assert.ok(error instanceof RoocodeError);
        assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes('other-word'));
        return true;
      });
    });
  }
});
