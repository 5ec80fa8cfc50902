import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: all four services, NATS, Redis, Postgres. Fake: the provider, and it misbehaves.

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up, timeout: 20, stream_timeout: 5 }`;
  system = await startSignalbox({
    config: `
model_list:
  - { model_name: one, litellm_params: ${params('one')}, model_info: { id: one } }
  - { model_name: two, litellm_params: ${params('bad')}, model_info: { id: bad } }
  - { model_name: two, litellm_params: ${params('good')}, model_info: { id: good } }
router_settings: { num_retries: 2 }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
});
beforeEach(() => {
  upstream.reset();
});
afterAll(async () => {
  upstream.reset();
  // Whatever the provider did before, the gateway still serves, and it leaves no connection behind.
  expect((await call('/v1/chat/completions', chat('one'))).status).toBe(200);
  await system.stop();
  expect(upstream.openConnections()).toBe(0);
  await upstream.stop();
});

describe('answers that are none', () => {
  it.each([
    ['a page of HTML', { garbage: true }],
    ['an empty body', { body: '' }],
    ['half a JSON object', { body: '{"id": "chatcmpl-1", "choices": [' }],
    ['a JSON list', { body: [] }],
  ])('turns %s into 502', async (_what, behaviour) => {
    upstream.always('one', behaviour);
    expectError(await call('/v1/chat/completions', chat('one')), 502, 'upstream_error');
  });

  it('turns a closed connection into 502', async () => {
    upstream.always('one', { hangUp: true });
    expectError(await call('/v1/chat/completions', chat('one')), 502, 'upstream_error');
  });

  it('hands on an error body that is no JSON without repeating it blindly', async () => {
    upstream.always('one', { status: 500, body: '<html><b>nginx</b></html>' });
    const answer = await call('/v1/chat/completions', chat('one'));
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/\S/) as string } });
  });
});

describe('streams that break', () => {
  it('ends the stream of a provider that breaks off, without a false end mark', async () => {
    upstream.next('one', { truncateStreamAfter: 2 });
    const text = await streamText('one');
    expect(text).toContain('Hello');
    expect(text).not.toContain('[DONE]');
  });

  it('tries again when the provider breaks before the first byte', async () => {
    upstream.always('bad', { hangUp: true });
    const text = await streamText('two');
    expect(text).toContain('"id":"chatcmpl-fake-good');
    expect(text).toContain('[DONE]');
  });

  it('passes on events that are no JSON and lives', async () => {
    upstream.next('one', { garbage: true });
    expect(await streamText('one')).toContain('[DONE]');
  });

  it('lets go of the provider when the client hangs up', async () => {
    upstream.next('one', { chunks: 1_000, chunkDelayMs: 20 });
    const controller = new AbortController();
    const response = await streamResponse('one', controller.signal);
    await response.body?.getReader().read();
    controller.abort();
    await upstream.until('one', (requests) => requests.at(-1)?.aborted === true);
  });

  it('lets go of the provider when the client hangs up before the first byte', async () => {
    upstream.next('one', { latencyMs: 15_000 });
    const controller = new AbortController();
    const response = streamResponse('one', controller.signal).catch(() => 'aborted');
    await upstream.until('one', (requests) => requests.length === 1);
    controller.abort();
    expect(await response).toBe('aborted');
    await upstream.until('one', (requests) => requests.at(-1)?.aborted === true);
  });
});

describe('connections', () => {
  it('are not left behind by clients that hang up, nor by providers that break off', async () => {
    upstream.always('one', { chunks: 1_000, chunkDelayMs: 20 });
    for (let call = 0; call < 20; call += 1) {
      const controller = new AbortController();
      const response = await streamResponse('one', controller.signal);
      await response.body?.getReader().read();
      controller.abort();
    }
    upstream.always('one', { truncateStreamAfter: 1 });
    for (let call = 0; call < 20; call += 1) await streamText('one');
    // Idle ones that wait for the next call may stay.
    await expect.poll(() => upstream.openConnections(), { timeout: 10_000 }).toBeLessThanOrEqual(4);
  });
});

describe('second tries', () => {
  it.each([
    ['an overloaded', { status: 503 }],
    ['a limiting', { status: 429, headers: { 'retry-after': '30' } }],
    ['an unreachable', { hangUp: true }],
  ])('goes to the other deployment after %s one, and says so', async (_what, behaviour) => {
    upstream.always('bad', behaviour);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('/v1/chat/completions', chat('two'))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(answers.map((answer) => answer.headers.get('x-litellm-model-id'))).toEqual(
      answers.map(() => 'good'),
    );
    const retried = answers.filter((answer) => answer.headers.get('x-litellm-attempted-retries') === '1');
    expect(retried.length).toBe(upstream.requests('bad').length);
  });

  it("does not try again what the provider calls the client's fault", async () => {
    upstream.always('one', { status: 400 });
    expect((await call('/v1/chat/completions', chat('one'))).status).toBe(400);
    expect(upstream.requests('one').length).toBe(1);
  });
});

function streamResponse(model: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${system.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(chat(model, { stream: true })),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Everything that arrives before the stream ends or breaks. */
async function streamText(model: string): Promise<string> {
  const response = await streamResponse(model);
  expect(response.status).toBe(200);
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const part of response.body ?? [])
      text += decoder.decode(part as Uint8Array, { stream: true });
  } catch {
    // A connection that breaks is how a client learns of a broken stream.
  }
  return text;
}
