// Images, audio and moderation, over real connections to mock providers.

import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BadRequestError, Roocode } from 'roocode';
import { MockServer } from 'roocode/testing';

const server = MockServer.start({});
const apiKey = 'key-of-it';
const client = new Roocode({
  providers: [
    { kind: 'openai', baseURL: `${server.url}/v1`, apiKey },
    { kind: 'anthropic', baseURL: `${server.url}/v1`, apiKey },
  ],
  routes: { paint: { targets: ['anthropic/m', 'openai/m'] } },
});
const folder = mkdtempSync(join(tmpdir(), 'roocode-media-'));
const last = () => server.requests.at(-1);
after(() => {
  client.close();
  server.stop();
  rmSync(folder, { recursive: true });
});

test('images', async () => {
  const reply = await client.images.generate({ model: 'paint', prompt: 'a red circle', n: 2 });
  assert.equal(reply.data.length, 2);
  assert.equal(Buffer.from(reply.data[0].b64_json, 'base64').toString('latin1', 1, 4), 'PNG');
  assert.equal(reply.usage.prompt_tokens, 3);
  assert.equal(reply.route.target, 'openai/m');
  assert.match(reply.route.routing.candidates[0].why, /making images/);
});

test('images are changed', async () => {
  const two = new File(['two'], 'b.webp', { type: 'image/webp' });
  await client.images.edit({ model: 'openai/m', prompt: 'join', image: [Buffer.from('\x89PNG', 'latin1'), two] });
  const sent = last().body.image;
  assert.deepEqual(
    sent.map((image) => [image.filename, image.content_type, image.size]),
    [
      ['file.png', 'image/png', 4],
      ['b.webp', 'image/webp', 3],
    ],
  );
});

test('speech', async () => {
  const speech = await client.audio.speech.create({ model: 'openai/tts-1', input: 'hello', voice: 'alloy' });
  assert.equal(speech.content.toString(), 'hello');
  assert.equal(speech.content_type, 'audio/mpeg');
  assert.equal(Buffer.from(await speech.arrayBuffer()).toString(), 'hello');
  assert.equal((await speech.blob()).type, 'audio/mpeg');
  const path = join(folder, 'hello.mp3');
  await speech.writeToFile(path);
  assert.equal(readFileSync(path, 'utf8'), 'hello');
  assert.ok(!JSON.stringify(speech).includes('hello'));
});

test('a file in every form', async () => {
  const content = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), Buffer.alloc(1000)]);
  const path = join(folder, 'talk.wav');
  writeFileSync(path, content);
  const forms = [
    [path, 'talk.wav'],
    [pathToFileURL(path), 'talk.wav'],
    [createReadStream(path), 'talk.wav'],
    [{ path, name: 'other.wav' }, 'other.wav'],
    [content, 'file.wav'],
    [new Uint8Array(content), 'file.wav'],
    [new Uint8Array(content).buffer, 'file.wav'],
    [new Blob([content]), 'file.wav'],
    [new File([content], 'named.wav'), 'named.wav'],
    [Readable.from([content.subarray(0, 9), content.subarray(9)]), 'file.wav'],
    [new Blob([content]).stream(), 'file.wav'],
    [new Response(content), 'file.wav'],
    [{ data: content, name: 'x.wav', content_type: 'audio/wav' }, 'x.wav'],
  ];
  for (const [file, name] of forms) {
    const reply = await client.audio.transcriptions.create({ model: 'openai/whisper-1', file });
    assert.equal(reply.text, 'This is what was said.');
    assert.deepEqual(last().body.file, { filename: name, content_type: 'audio/wav', size: content.length });
  }
  // A part of a file is read by the stream.
  const part = createReadStream(path, { end: 99 });
  await client.audio.transcriptions.create({ model: 'openai/whisper-1', file: part });
  assert.equal(last().body.file.size, 100);
});

test('transcription with times, and a translation as subtitles', async () => {
  const file = { data: Buffer.from('ID3'), name: 'a.mp3' };
  const body = { model: 'openai/whisper-1', file, response_format: 'verbose_json' };
  const reply = await client.audio.transcriptions.create({ ...body, timestamp_granularities: ['word'] });
  assert.deepEqual([reply.words[1].word, reply.words[1].start], ['is', 0.5]);
  assert.equal(reply.usage.seconds, 3);
  const subtitles = await client.audio.translations.create({ ...body, response_format: 'srt' });
  assert.match(subtitles.text, /^1\n00:00:00,000 -->/);
  assert.match(last().path, /translations$/);
});

test('what is no file is refused with its place', async () => {
  for (const file of [3, {}, undefined, join(folder, 'absent.mp3')]) {
    await assert.rejects(
      client.audio.transcriptions.create({ model: 'openai/m', file }),
      (error) => error instanceof BadRequestError && error.param === 'file',
    );
  }
});

test('moderation', async () => {
  const reply = await client.moderations.create({ model: 'openai/m', input: ['fine', 'violence'] });
  assert.deepEqual(
    reply.results.map((result) => result.flagged),
    [false, true],
  );
  assert.equal(reply.results[1].category_scores.violence, 0.9);
});
