// Real: HTTP on a loopback port, called with OpenAI's own client. Every kind of call beside chats.
import { createHash } from 'node:crypto';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeUpstream, type FakeUpstream } from './fake-upstream.js';

let upstream: FakeUpstream;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const options = { apiKey: 'sk-fake', maxRetries: 0, logLevel: 'off' as const };
  client = new OpenAI({ baseURL: `${upstream.siteUrl('eu')}/v1`, ...options });
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  await upstream.stop();
});

const recording = Buffer.from('RIFF....WAVE');
const wav = () => toFile(recording, 'hello.wav', { type: 'audio/wav' });

async function collect<Event>(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const lastRequest = (site = 'eu') => upstream.requests(site).at(-1);

describe('responses', () => {
  const ask = { model: 'gpt-4o', input: 'Hey there' };

  it('says the same as a chat, and counts in its own words', async () => {
    const response = await client.responses.create(ask);
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'gpt-4o',
      output_text: 'Hello from eu: you said "Hey there"',
      usage: {
        input_tokens: 2,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 9,
      },
    });
    expect(response.id).toMatch(/^resp_/);
    expect(lastRequest()?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 7 });
  });

  it('reads instructions, messages and their parts, and stops at the token limit', async () => {
    const cut = await client.responses.create({
      model: 'gpt-4o',
      instructions: 'Be brief.',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'How are you?' }] }],
      max_output_tokens: 2,
    });
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Hello from',
      usage: { input_tokens: 5, output_tokens: 2 },
    });
  });

  it('streams numbered events of which the last has the usage, also when told what to count', async () => {
    const tokens = { prompt: 5, ofPrompt: { cached_tokens: 3 }, ofCompletion: { reasoning_tokens: 1 } };
    upstream.next('eu', { tokens });
    const events = await collect(await client.responses.create({ ...ask, stream: true }));
    expect(events.map(({ type }) => type).filter((type) => !type.endsWith('.delta'))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
    expect(text.join('')).toBe('Hello from eu: you said "Hey there"');
    expect(events.at(-1)).toMatchObject({
      response: {
        usage: {
          input_tokens: 5,
          input_tokens_details: { cached_tokens: 3 },
          output_tokens_details: { reasoning_tokens: 1 },
        },
      },
    });
  });

  it('names each event, and closes with none', async () => {
    const answer = await client.responses.create({ ...ask, stream: true }).asResponse();
    const text = await answer.text();
    expect(text).toMatch(
      /^event: response\.created\ndata: \{"type":"response\.created","sequence_number":0,/,
    );
    expect(text).not.toContain('[DONE]');
  });

  it('breaks, talks nonsense and keeps usage back as chats do', async () => {
    upstream.next('eu', { truncateStreamAfter: 2 }, { garbage: true }, { usage: false });
    const broken = await client.responses.create({ ...ask, stream: true });
    await expect(collect(broken)).rejects.toThrow();
    await expect(collect(await client.responses.create({ ...ask, stream: true }))).rejects.toThrow();
    expect((await client.responses.create(ask)).usage).toBeNull();
    expect(lastRequest()?.usage).toMatchObject({ total_tokens: 9 });
  });
});

describe('images', () => {
  const draw = { model: 'gpt-image-1', prompt: 'A red cat' };

  it('are made, as many as asked for, and counted by those models that count', async () => {
    const counted = await client.images.generate({ ...draw, n: 2 });
    expect(counted.data?.map((image) => typeof image.b64_json)).toEqual(['string', 'string']);
    expect(counted.usage).toEqual({
      input_tokens: 3,
      output_tokens: 200,
      total_tokens: 203,
      input_tokens_details: { text_tokens: 3, image_tokens: 0 },
    });
    const older = await client.images.generate({ ...draw, model: 'dall-e-3' });
    expect([older.usage, lastRequest()?.usage]).toEqual([undefined, undefined]);
  });

  it('are changed: the form is recorded taken apart', async () => {
    const image = Buffer.from('first image');
    const files = [image, Buffer.from('second')].map((bytes) =>
      toFile(bytes, 'a.png', { type: 'image/png' }),
    );
    const edited = await client.images.edit({ ...draw, image: await Promise.all(files), n: 1 });
    expect(edited.usage).toMatchObject({ input_tokens_details: { text_tokens: 3, image_tokens: 200 } });
    const sha256 = createHash('sha256').update(image).digest('hex');
    expect(lastRequest()?.body).toEqual({
      fields: { model: 'gpt-image-1', prompt: 'A red cat', n: '1' },
      files: {
        'image[]': [
          { filename: 'a.png', type: 'image/png', bytes: image.length, sha256 },
          expect.objectContaining({ bytes: 6 }),
        ],
      },
    });
  });

  it('stream in parts, as large as told, with usage at the end', async () => {
    upstream.always('eu', { bytes: 300_000 });
    const made = await collect(await client.images.generate({ ...draw, stream: true, partial_images: 2 }));
    expect(made.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ]);
    expect(made.at(-1)).toMatchObject({ usage: { total_tokens: 103 } });
    expect(Buffer.from(made.at(-1)?.b64_json ?? '', 'base64')).toHaveLength(300_000);
    const image = await toFile(Buffer.from('x'), 'x.png');
    const edits = await collect(await client.images.edit({ ...draw, image, stream: true }));
    expect(edits.map(({ type }) => type)).toEqual(['image_edit.partial_image', 'image_edit.completed']);
  });
});

describe('speech', () => {
  const say = { model: 'gpt-4o-mini-tts', voice: 'alloy' as const, input: 'x'.repeat(80) };

  it('is a sound in several pieces, always the same for the same text', async () => {
    const answer = await client.audio.speech.create(say);
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    const sound = Buffer.from(await answer.arrayBuffer());
    expect(sound).toHaveLength(80_000);
    const again = await client.audio.speech.create({ ...say, response_format: 'opus' });
    expect(again.headers.get('content-type')).toBe('audio/opus');
    expect(Buffer.from(await again.arrayBuffer()).equals(sound)).toBe(true);
    expect(lastRequest()?.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 1 });
  });

  it('is as long as told, and breaks in the middle', async () => {
    upstream.next('eu', { bytes: 10 }, { truncateStreamAfter: 2 });
    expect((await (await client.audio.speech.create(say)).arrayBuffer()).byteLength).toBe(10);
    const broken = await client.audio.speech.create(say);
    await expect(broken.arrayBuffer()).rejects.toThrow();
    expect(lastRequest()?.ended).toBe('cut off');
  });

  it('comes as events that say what it used', async () => {
    const answer = await client.audio.speech.create({ ...say, stream_format: 'sse' });
    const events = (await answer.text())
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => JSON.parse(event.replace(/^data: /, '')) as { type: string; audio?: string });
    expect(events.at(-1)).toEqual({
      type: 'speech.audio.done',
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    });
    const sound = Buffer.concat(events.map(({ audio = '' }) => Buffer.from(audio, 'base64')));
    expect(sound).toHaveLength(80_000);
  });
});

describe('transcriptions and translations', () => {
  const text = 'Heard by eu: "hello.wav"';

  it('are counted in tokens, or in seconds by whisper', async () => {
    const create = async (model: string) =>
      client.audio.transcriptions.create({ model, file: await wav(), prompt: 'Two words' });
    expect(await create('gpt-4o-transcribe')).toEqual({
      text,
      usage: {
        type: 'tokens',
        input_tokens: 12,
        output_tokens: 4,
        total_tokens: 16,
        input_token_details: { text_tokens: 2, audio_tokens: 10 },
      },
    });
    expect(lastRequest()?.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 4 });
    expect(await create('whisper-1')).toEqual({ text, usage: { type: 'duration', seconds: 10 } });
    expect(lastRequest()?.usage).toBeUndefined();
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', await wav());
    // The client's own method is deprecated, as is OpenAI's endpoint.
    expect(await client.post('/audio/translations', { body: form })).toMatchObject({ text });
  });

  it('are plain text where the caller wants subtitles', async () => {
    const create = async (response_format: 'text' | 'srt' | 'vtt') =>
      client.audio.transcriptions.create({ model: 'whisper-1', file: await wav(), response_format });
    expect(await create('text')).toBe(`${text}\n`);
    expect(await create('srt')).toBe(`1\n00:00:00,000 --> 00:00:10,000\n${text}\n\n`);
    expect(await create('vtt')).toMatch(/^WEBVTT\n/);
  });

  it('stream, word by word', async () => {
    const stream = await client.audio.transcriptions.create({
      ...{ model: 'gpt-4o-mini-transcribe', file: await wav(), stream: true },
    });
    const events = await collect(stream);
    const said = events.map((event) => (event.type === 'transcript.text.delta' ? event.delta : ''));
    expect(said.join('')).toBe(text);
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text, usage: { total_tokens: 14 } });
  });
});

it('moderations flag, and count nothing', async () => {
  const { results } = await client.moderations.create({ input: ['Peace', 'Violence'] });
  expect(results.map(({ flagged, categories }) => [flagged, categories.violence])).toEqual([
    [false, false],
    [true, true],
  ]);
  expect(lastRequest()?.usage).toBeUndefined();
});

it('forms where JSON is due, JSON where forms are due, and broken forms are refused', async () => {
  const form = new FormData();
  form.set('model', 'gpt-4o');
  const type = { 'content-type': 'multipart/form-data; boundary=x' };
  const refused = await Promise.all([
    fetch(`${upstream.siteUrl('eu')}/v1/responses`, { method: 'POST', body: form }),
    fetch(`${upstream.siteUrl('eu')}/v1/images/edits`, { method: 'POST', body: '{"prompt":"x"}' }),
    fetch(`${upstream.siteUrl('eu')}/v1/images/edits`, { method: 'POST', headers: type, body: 'no form' }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
});

it('Azure names the deployment in the path, but the model of responses in the body', async () => {
  const at = { endpoint: upstream.siteUrl('sweden'), apiKey: 'fake', apiVersion: '2025-04-01-preview' };
  const azure = new AzureOpenAI(at);
  const path = '/sweden/openai/deployments';
  await azure.images.generate({ model: 'gpt-image-1', prompt: 'A cat' });
  expect(lastRequest('sweden')?.path).toContain(`${path}/gpt-image-1/images/generations?api-version=`);
  const speaking = new AzureOpenAI({ ...at, deployment: 'loud' });
  await speaking.audio.speech.create({ model: 'loud', voice: 'alloy', input: 'Hey' });
  expect(lastRequest('sweden')?.path).toContain(`${path}/loud/audio/speech`);
  const hearing = new AzureOpenAI({ ...at, deployment: 'whisper' });
  const heard = await hearing.audio.transcriptions.create({ model: 'whisper', file: await wav() });
  expect(heard.usage).toMatchObject({ type: 'duration' });
  const { data, response } = await azure.responses.create({ model: 'my-gpt', input: 'Hey' }).withResponse();
  expect([data.model, response.headers.get('x-ms-region')]).toEqual(['my-gpt', 'Sweden Central']);
  expect(lastRequest('sweden')?.path).toContain('/sweden/openai/responses?api-version=');
  const undated = new OpenAI({ baseURL: `${upstream.siteUrl('sweden')}/openai/v1`, apiKey: 'fake' });
  expect((await undated.responses.create({ model: 'my-gpt', input: 'Hey' })).model).toBe('my-gpt');
});
