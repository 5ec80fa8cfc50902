// Real: HTTP on a loopback port, called with fetch and with OpenAI's own client.
import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeUpstream, type FakeUpstream } from './fake-upstream.js';

let upstream: FakeUpstream;
let client: OpenAI;
const messages = [{ role: 'user' as const, content: 'Hey there' }];
const chat = { model: 'gpt-4o', messages };

beforeAll(async () => {
  upstream = await startFakeUpstream();
  client = new OpenAI({ baseURL: `${upstream.siteUrl('eu')}/v1`, apiKey: 'sk-fake', maxRetries: 0 });
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  await upstream.stop();
});

function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`http://127.0.0.1:${upstream.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function dataLines(response: Response): Promise<string[]> {
  return (await response.text())
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^data: /, ''));
}

describe('OpenAI paths', () => {
  it('greets, repeats the caller and counts one token per word', async () => {
    const completion = await client.chat.completions.create(chat);
    expect(completion.choices[0]?.message.content).toBe('Hello from eu: you said "Hey there"');
    expect(completion.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 7, total_tokens: 9 });
  });

  it('stops at the token limit', async () => {
    const completion = await client.chat.completions.create({ ...chat, max_completion_tokens: 2 });
    expect(completion.choices[0]).toMatchObject({
      message: { content: 'Hello from' },
      finish_reason: 'length',
    });
  });

  it('streams, with usage at the end when asked for it', async () => {
    const options = { stream: true as const, stream_options: { include_usage: true } };
    const stream = await client.chat.completions.create({ ...chat, ...options });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('Hello from eu: you said "Hey there"');
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 9 } });
  });

  it('streams no word about usage when not asked for it', async () => {
    const lines = await dataLines(await post('/eu/chat/completions', { ...chat, stream: true }));
    expect(lines.at(-1)).toBe('[DONE]');
    expect(lines.join('')).not.toContain('usage');
  });

  it('serves legacy completions, embeddings and the list of models', async () => {
    const legacy = await client.completions.create({ model: 'davinci', prompt: 'Hey' });
    expect(legacy.choices[0]?.text).toContain('you said "Hey"');
    const embeddings = await client.embeddings.create({ model: 'embed', input: ['one', 'two'] });
    expect(embeddings.data.map((row) => row.embedding.length)).toEqual([8, 8]);
    expect((await client.models.list()).data.map((model) => model.id)).toContain('gpt-4o');
  });

  it('answers 404 to a path it does not know', async () => {
    expect((await post('/eu/v1/nothing', {})).status).toBe(404);
  });
});

describe('Azure paths', () => {
  it('names the region of the site and takes the model from the path', async () => {
    const azure = new AzureOpenAI({
      endpoint: upstream.siteUrl('sweden'),
      apiKey: 'fake',
      apiVersion: '2024-10-21',
      deployment: 'chatgpt-v-2',
    });
    const { data, response } = await azure.chat.completions.create({ ...chat, model: '' }).withResponse();
    expect(response.headers.get('x-ms-region')).toBe('Sweden Central');
    expect(data.choices[0]?.message.content).toContain('Hello from sweden');
    expect(upstream.requests('sweden')[0]?.path).toContain(
      '/openai/deployments/chatgpt-v-2/chat/completions',
    );
  });

  it('opens a stream with the verdict of the content filter', async () => {
    const path = '/us/openai/deployments/d/chat/completions?api-version=2024-10-21';
    const [first = ''] = await dataLines(await post(path, { ...chat, stream: true }));
    expect(JSON.parse(first)).toMatchObject({ choices: [], prompt_filter_results: [] });
  });

  it('does not know a call without an api-version', async () => {
    expect((await post('/us/openai/deployments/d/chat/completions', chat)).status).toBe(404);
  });
});

describe('scripts', () => {
  it('behaves as told, once per told behaviour, then as always', async () => {
    upstream.next(
      'eu',
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, body: { oh: 'no' } },
    );
    const first = await post('/eu/v1/chat/completions', chat);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await first.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    const second = await post('/eu/v1/chat/completions', chat);
    expect([second.status, await second.json()]).toEqual([503, { oh: 'no' }]);
    expect((await post('/eu/v1/chat/completions', chat)).status).toBe(200);
  });

  it('is scripted over HTTP too, and says what is wrong with a script', async () => {
    await post('/__fake/us/script', {
      always: { content: 'Yes.', tokens: { prompt: 100 }, region: 'East US 2' },
    });
    const answer = await post('/us/v1/chat/completions', chat);
    expect(answer.headers.get('x-ms-region')).toBe('East US 2');
    expect(await answer.json()).toMatchObject({ usage: { prompt_tokens: 100, completion_tokens: 1 } });
    expect((await post('/__fake/us/script', { allways: {} })).status).toBe(400);
  });

  it('keeps usage back, hangs up and talks nonsense', async () => {
    upstream.next('eu', { usage: false }, { hangUp: true }, { garbage: true });
    expect(await (await post('/eu/v1/chat/completions', chat)).json()).not.toHaveProperty('usage');
    await expect(post('/eu/v1/chat/completions', chat)).rejects.toThrow('fetch failed');
    const nonsense = await post('/eu/v1/chat/completions', chat);
    await expect(nonsense.json()).rejects.toThrow();
  });

  it('breaks a stream after some events', async () => {
    upstream.next('eu', { truncateStreamAfter: 2, chunks: 5 });
    const stream = await client.chat.completions.create({ ...chat, stream: true });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
    };
    await expect(read()).rejects.toThrow();
    expect(seen.filter((text) => text !== '')).toHaveLength(2);
  });

  it('deals the words out over as many events as told', async () => {
    upstream.next('eu', { chunks: 20 });
    const lines = await dataLines(await post('/eu/v1/completions', { prompt: 'Hey', stream: true }));
    expect(lines).toHaveLength(22);
  });
});

describe('records', () => {
  it('remembers headers and body, also over HTTP', async () => {
    await client.chat.completions.create(chat);
    expect(upstream.requests('eu')[0]).toMatchObject({
      method: 'POST',
      path: '/eu/v1/chat/completions',
      body: chat,
    });
    const answer = await fetch(`http://127.0.0.1:${upstream.port}/__fake/eu/requests`);
    expect(await answer.json()).toMatchObject([
      { headers: { authorization: 'Bearer sk-fake' }, aborted: false },
    ]);
  });

  it('tells how answers ended and what they used, and behaves as each request asks', async () => {
    const ends: unknown[] = [];
    upstream.onEnded('sweden', ({ ended, usage }) => ends.push([ended, usage?.total_tokens]));
    upstream.behave('sweden', ({ body }) =>
      (body as { user?: string }).user === 'unlucky' ? { truncateStreamAfter: 1 } : { usage: false },
    );
    const path = '/sweden/v1/chat/completions';
    await (await post(path, chat)).text();
    await (await post(path, { ...chat, user: 'unlucky', stream: true })).text().catch(() => undefined);
    await expect
      .poll(() => ends)
      .toEqual([
        ['whole', 9],
        ['cut off', 9],
      ]);
    upstream.always('sweden', {});
  });

  it('notices a caller who goes away in the middle of a stream', async () => {
    upstream.next('eu', { chunks: 2, chunkDelayMs: 60_000 });
    const caller = new AbortController();
    await post('/eu/v1/chat/completions', { ...chat, stream: true }, caller.signal);
    caller.abort();
    await upstream.until('eu', ([request]) => request?.aborted === true);
    expect(upstream.requests('eu')).toHaveLength(1);
  });
});
