// Mutual TLS: a provider whose server wants a client certificate.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { APIConnectionError, ConfigurationError, Roocode } from 'roocode';
import { messages } from './support/provider.mjs';

const folder = mkdtempSync(join(tmpdir(), 'roocode-mutual-'));
const file = (name) => join(folder, name);
const text = (name) => readFileSync(file(name), 'utf8');

/** A certificate of `name` and its key: by `authority`, else by itself. */
function issue(name, authority) {
  const command = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  command.push('-keyout', `${name}.key`, '-out', `${name}.crt`, '-addext', `subjectAltName=DNS:${name}`);
  if (authority) command.push('-CA', `${authority}.crt`, '-CAkey', `${authority}.key`);
  if (authority) command.push('-addext', 'basicConstraints=critical,CA:FALSE');
  execFileSync('openssl', command, { cwd: folder, stdio: 'ignore' });
}

let skip = false;
try {
  execFileSync('openssl', ['version'], { stdio: 'ignore' });
  issue('authority');
  issue('localhost', 'authority');
  issue('alice', 'authority');
} catch {
  skip = 'openssl is not installed';
}

// Says whose certificate it was shown.
const server =
  !skip &&
  createServer(
    {
      key: text('localhost.key'),
      cert: text('localhost.crt'),
      ca: text('authority.crt'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const message = { role: 'assistant', content: request.socket.getPeerCertificate().subject.CN };
      const choices = [{ index: 0, finish_reason: 'stop', message }];
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: 'm', choices }));
      });
    },
  );
if (server) await new Promise((ready) => server.listen(0, 'localhost', ready));
after(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function client(tls) {
  const baseURL = `https://localhost:${server.address().port}/v1`;
  return new Roocode({ providers: [{ name: 'p', kind: 'custom', baseURL, tls }], maxRetries: 0 });
}

test('the certificate is shown', { skip }, async () => {
  const one = client({
    certificate: file('alice.crt'),
    key: file('alice.key'),
    authorities: file('authority.crt'),
  });
  const ask = async () => (await one.chat.completions.create({ model: 'p/m', messages })).choices[0].message.content;
  assert.equal(await ask(), 'alice');
  // As text, too, with the key beside it; and what is changed begins anew.
  one.providers.update('p', {
    tls: { certificate: text('alice.crt') + text('alice.key'), authorities: text('authority.crt') },
  });
  assert.equal(await ask(), 'alice');
  assert.ok(!JSON.stringify(one.providers.list()).includes('BEGIN'));
});

test('without it the error says what is wanted', { skip }, async () => {
  const one = client({ authorities: file('authority.crt') });
  await assert.rejects(one.chat.completions.create({ model: 'p/m', messages }), (error) => {
    assert.ok(error instanceof APIConnectionError);
    return error.message.includes('asks for a client certificate');
  });
});

test('what is wrong with it is named', { skip }, async () => {
  assert.throws(() => client({ key: file('alice.key') }), /providers\[0\]\.tls\.certificate/);
  const missing = client({ certificate: file('nobody.pem') });
  await assert.rejects(missing.chat.completions.create({ model: 'p/m', messages }), (error) => {
    assert.ok(error instanceof ConfigurationError);
    return /providers\[0\]\.tls\.certificate.*nobody\.pem/.test(error.message);
  });
});
