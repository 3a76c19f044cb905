// Compiled, never run: what the types promise. A line that must not compile
// stands under `@ts-expect-error`, and is an error itself once it does.

import type * as all from 'roocode';
import type Default from 'roocode';
import {
  type APIPromise,
  APITimeoutError,
  BadRequestError,
  type CallOptionsParam,
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatRequestParam,
  type ErrorKind,
  type OrderFunction,
  propensities,
  QuotaExceededError,
  type RateLimitError,
  type Replay,
  type RequestOptions,
  Roocode,
  RoocodeError,
  replay,
  roocode,
  Stream,
} from 'roocode';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function check<_T extends true>(): void {}

// One default, one class.
check<Equal<typeof Default, typeof Roocode>>();

// Every kind of error has its class.
check<Equal<Exclude<ErrorKind, keyof typeof all>, never>>();

// Every option of a call has its name here; the rename is that of js/options.js.
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type Renamed<S extends string> = S extends `extra_${infer Rest}` ? Rest : Camel<S>;
check<Equal<Exclude<Renamed<keyof CallOptionsParam & string>, keyof RequestOptions>, never>>();
check<Equal<Exclude<keyof RequestOptions, Renamed<keyof CallOptionsParam & string> | 'signal'>, never>>();

const client = new Roocode({
  apiKey: 'k',
  timeout: { firstByte: 1000 },
  providers: [{ name: 'mine', kind: 'custom', baseURL: 'http://localhost:1/v1' }],
});
const messages: ChatRequestParam['messages'] = [{ role: 'user', content: 'Hello' }];

// A literal `stream` decides the type.
const plain = client.chat.completions.create({ model: 'm', messages });
check<Equal<typeof plain, APIPromise<ChatCompletion>>>();
const off = client.chat.completions.create({ model: 'm', messages, stream: false }, { maxRetries: 0, timeout: 50 });
check<Equal<typeof off, APIPromise<ChatCompletion>>>();
const streamed = client.chat.completions.create({ model: 'm', messages, stream: true });
check<Equal<typeof streamed, APIPromise<Stream<ChatCompletionChunk>>>>();
const either = client.chat.completions.create({ model: 'm', messages, stream: Math.random() > 0.5 });
check<Equal<typeof either, APIPromise<ChatCompletion | Stream<ChatCompletionChunk>>>>();

// A reply's message goes straight into the next request.
const reply = await plain;
const answer = reply.choices[0];
if (answer) {
  await roocode.chat.completions.create({
    model: 'm',
    messages: [...messages, answer.message, { role: 'user', content: [{ type: 'text', text: 'And?' }] }],
    tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
  });
  const text: string | null | undefined = answer.message.content;
  void text;
}

const { data, response } = await streamed.withResponse();
response.headers.get('x-request-id')?.toUpperCase();
for await (const chunk of data) {
  const piece: string | null | undefined = chunk.choices[0]?.delta?.content;
  void piece;
}
const readable: ReadableStream<Uint8Array> = data.toReadableStream();
for await (const chunk of Stream.fromReadableStream(readable)) check<Equal<typeof chunk, ChatCompletionChunk>>();
const [left] = data.tee();
check<Equal<typeof left, Stream<ChatCompletionChunk>>>();
const sum: ChatCompletion = await left.finalCompletion();
void sum;

try {
  await client
    .withOptions({ maxRetries: 5 })
    .chat.completions.create({ model: 'm', messages }, { signal: AbortSignal.timeout(5) });
} catch (error) {
  if (error instanceof QuotaExceededError) {
    const parent: RateLimitError = error;
    const status: number | null | undefined = parent.status;
    const after: number | null | undefined = parent.retryAfter;
    void [status, after, error.kind satisfies string, error.request_id, error.body];
  }
  if (error instanceof APITimeoutError && error.limit === 'connect') error.message.trim();
  if (error instanceof RoocodeError) error.route?.attempts?.length;
}
void new BadRequestError('text', { status: 400, param: 'model' });

for (const { target, errors, breaker, total_s } of client.stats()) {
  check<Equal<typeof breaker, 'closed' | 'open' | 'half_open'>>();
  const p95: number | undefined = total_s?.p95;
  void [target satisfies string, errors['RateLimitError'] satisfies number | undefined, p95];
}

const order: OrderFunction = (candidates, request) =>
  request.input_tokens > 9 ? (candidates[0]?.name ?? '') : candidates.filter((each) => (each.in_flight ?? 0) < 2);
const routed = new Roocode({
  routes: { r: { targets: ['a/m'], strategy: { type: 'custom', function: order, timeout_seconds: 1 } } },
});
routed.routes.set('r', { targets: ['a/m'], strategy: order });
routed.reportReward(1, { reply });
routed.reportReward(0, { route: 'r', target: 'a/m' });
check<Equal<Replay['same'], boolean>>();
void [
  replay(reply).differences[0]?.place satisfies string | undefined,
  propensities(reply)[0]?.[0]?.propensity satisfies number | undefined,
];
// @ts-expect-error neither a reply nor a target
routed.reportReward(1, { route: 'r' });

// Without a model the default route is asked.
client.chat.completions.create({ messages });
// @ts-expect-error a message is no text
client.chat.completions.create({ model: 'm', messages: ['Hello'] });
// @ts-expect-error no such option
client.chat.completions.create({ model: 'm', messages }, { max_retries: 1 });
// @ts-expect-error seconds are numbers
client.chat.completions.create({ model: 'm', messages }, { timeout: '10s' });
// @ts-expect-error a stream is made by a client
new Stream();
// @ts-expect-error read-only
reply.choices[0].message.content.length = 3;

export async function responses(client: Roocode): Promise<void> {
  const response = await client.responses.create({ model: 'm', input: 'hi', tools: [{ type: 'web_search' }] });
  check<Equal<typeof response.output_text, string>>();
  const input = [...response.output, { role: 'user', content: 'go on' }];
  const stream = await client.responses.create({ model: 'm', input, stream: true });
  for await (const event of stream) check<Equal<typeof event.type, string>>();
  check<Equal<Awaited<ReturnType<typeof stream.finalResponse>>, typeof response>>();
  client.explain({ operation: 'responses', model: 'm', input: 'hi' });
  // @ts-expect-error
  client.responses.create({ model: 'm', input: 3 });
}

export async function ofMessages(client: Roocode): Promise<void> {
  const asked = { model: 'm', max_tokens: 9 };
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
  const message = await client.messages.create({ ...asked, messages: [{ role: 'user', content: 'hi' }], tools });
  check<Equal<typeof message.stop_reason, string | null | undefined>>();
  const turns = [
    { role: 'assistant', content: message.content },
    { role: 'user', content: [{ type: 'text', text: 'go on' }] },
  ];
  const stream = await client.messages.create({ ...asked, messages: turns, stream: true });
  for await (const event of stream) check<Equal<typeof event.type, string>>();
  check<Equal<Awaited<ReturnType<typeof stream.finalMessage>>, typeof message>>();
  client.explain({ operation: 'messages', ...asked, messages: turns });
  // @ts-expect-error
  client.messages.create({ model: 'm', messages: turns });
}

export async function operations(client: Roocode): Promise<void> {
  const embeddings = await client.embeddings.create({ model: 'm', input: ['a'], encoding_format: 'base64' });
  check<Equal<(typeof embeddings.data)[0]['embedding'], number[] | string>>();
  const ranking = await client.rerank.create({ model: 'm', query: 'q', documents: ['a', { text: 'b' }] });
  check<Equal<(typeof ranking.results)[0]['index'], number>>();
  const count = await client.tokens.count({ model: 'm', messages, method: 'estimate' });
  check<Equal<typeof count.input_tokens, number>>();
  const text = await client.completions.create({ model: 'm', prompt: ['a', 'b'] });
  check<Equal<(typeof text.choices)[0]['text'], string>>();
  const pieces = await client.completions.create({ model: 'm', prompt: 'a', stream: true });
  for await (const piece of pieces) check<Equal<typeof piece, typeof text>>();
  check<Equal<Awaited<ReturnType<typeof pieces.finalCompletion>>, typeof text>>();
  client.explain({ operation: 'count_tokens', model: 'm', messages });
  const models = await client.models.list({ provider: 'openai' });
  check<Equal<(typeof models.data)[0]['id'], string>>();
  client.explain({ operation: 'rerank', model: 'm', query: 'q', documents: [] });
  const sent = await client.call<{ id: string }>('sms.send', { to: '+1' }, { idempotencyKey: 'k', maxRetries: 0 });
  check<Equal<typeof sent.data, { id: string }>>();
  check<Equal<typeof sent.status, number>>();
  const { data } = await client.call('sms.send');
  check<Equal<typeof data, unknown>>();
  client.explain({ operation: 'sms.send', input: { to: '+1' } });
  // @ts-expect-error: a query is needed.
  client.rerank.create({ model: 'm', documents: [] });
}
