// Operations that providers declare, over real connections to servers built from the services' published formats.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { BadRequestError, Roocode } from 'roocode';

const sms = { to: '+31612345678', from: '+15017122661', text: 'Grüße & more' };
const payment = { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa' };
const resilience = { retry: { first_wait: 0.01, longest_wait: 0.02 } };
const running = [];
after(() => {
  for (const server of running) server.close();
});

/** Answers by a function; undefined loses the answer. */
async function start(answer) {
  const requests = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      requests.push({ path: request.url, headers: request.headers, body });
      const answered = answer(request.headers, body, requests.length);
      if (answered === undefined) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answered[0], { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(answered[1]));
    });
  });
  running.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, requests };
}

async function refusing() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

function example(name, url, apiKey, changes = {}) {
  const path = new URL(`../../examples/services/${name}.json`, import.meta.url);
  const { provider } = JSON.parse(readFileSync(path, 'utf8'));
  const { base_url, ...rest } = provider;
  return { ...rest, baseURL: url + new URL(base_url).pathname.replace(/\/$/, ''), apiKey, ...changes };
}

function messagebird(headers, body) {
  if (headers.authorization !== 'AccessKey live') {
    return [401, { errors: [{ code: 2, description: 'Request not allowed (incorrect access_key)' }] }];
  }
  return [201, { id: '49e4', recipients: { items: [{ status: 'sent' }] }, body: JSON.parse(body).body }];
}

test('an SMS that was surely not sent goes to the other service', async () => {
  const busy = await start(() => [429, { code: 20429, message: 'Too Many Requests' }]);
  for (const first of [busy.url, await refusing()]) {
    const other = await start(messagebird);
    const providers = [example('twilio', first, 'AC1:token'), example('messagebird', other.url, 'live')];
    const client = new Roocode({ providers, resilience });
    const { data: reply, response } = await client.call('sms.send', sms).withResponse();
    assert.deepEqual(reply.data, { id: '49e4', status: 'sent' });
    assert.deepEqual([reply.status, response.status], [201, 201]);
    assert.deepEqual(
      reply.route.attempts.map(({ target }) => target),
      ['twilio/sms.send', 'messagebird/sms.send'],
    );
    assert.equal(JSON.parse(other.requests[0].body).body, sms.text);
    client.close();
  }
  const [{ headers, body, path }] = busy.requests;
  assert.equal(path, '/2010-04-01/Accounts/ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Messages.json');
  assert.equal(headers.authorization, `Basic ${Buffer.from('AC1:token').toString('base64')}`);
  assert.equal(new URLSearchParams(body).get('Body'), sms.text);
});

test('an SMS that may have been sent is not sent again', async () => {
  for (const answer of [undefined, [503, { message: 'down' }]]) {
    const first = await start(() => answer);
    const other = await start(messagebird);
    const providers = [example('twilio', first.url, 'AC1:token'), example('messagebird', other.url, 'live')];
    const client = new Roocode({ providers, resilience });
    await assert.rejects(client.call('sms.send', sms, { maxRetries: 3 }), (error) => {
      assert.equal(error.not_done, false);
      assert.match(error.route.attempts[0].not_repeated, /nothing makes it safe/);
      return true;
    });
    assert.deepEqual([first.requests.length, other.requests.length], [1, 0]);
    client.close();
  }
});

test('a payment whose answer is lost is charged once', async () => {
  const results = new Map();
  const stripe = (headers, body, count) => {
    const key = headers['idempotency-key'];
    const amount = Number(new URLSearchParams(body).get('amount'));
    if (!results.has(key)) results.set(key, { id: `pi_${results.size}`, status: 'succeeded', amount });
    return count === 1 ? undefined : [200, results.get(key)];
  };
  const first = await start(stripe);
  const other = await start(stripe);
  const providers = [example('stripe', first.url, 'sk_1'), example('stripe', other.url, 'sk_2', { name: 'other' })];
  const client = new Roocode({ providers, resilience });
  const reply = await client.call('payment.charge', payment);
  assert.deepEqual(reply.data, { id: 'pi_0', status: 'succeeded', amount: 2000 });
  const keys = first.requests.map(({ headers }) => headers['idempotency-key']);
  assert.deepEqual([keys.length, new Set(keys).size, results.size, other.requests.length], [2, 1, 1, 0]);
  for (let again = 0; again < 2; again += 1) {
    await client.call('payment.charge', payment, { idempotencyKey: 'order-17' });
  }
  assert.equal(results.size, 2);
  client.close();
});

test('what is wrong is told', async () => {
  const client = new Roocode({ providers: [example('twilio', await refusing(), 'AC1:token')] });
  for (const [operation, input, param] of [
    ['sms.sned', sms, 'operation'],
    ['sms.send', { to: '1', from: '2' }, 'input.text'],
    ['sms.send', { ...sms, txt: 'x' }, 'input.txt'],
  ]) {
    await assert.rejects(
      client.call(operation, input),
      (error) => error instanceof BadRequestError && error.param === param,
    );
  }
  const { candidates } = client.explain({ operation: 'sms.send', input: sms });
  assert.deepEqual(
    candidates.map(({ facts }) => facts.name),
    ['twilio/sms.send'],
  );
  client.close();
});
