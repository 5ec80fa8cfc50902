/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { answersJson, chatAnswer, FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [
      aDeployment({
        id: 'one',
        order: 1,
        upstream: { apiBase: provider.apiBase('one'), apiKey: 'sk-upstream' },
      }),
      aDeployment({ id: 'two', order: 2, upstream: { apiBase: provider.apiBase('two') } }),
      aDeployment({ id: 'alone', modelGroup: 'lonely', upstream: { apiBase: provider.apiBase('alone') } }),
    ],
  });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

beforeEach(() => {
  provider.reset();
  under.services.forget();
});

describe('a failing provider', () => {
  it.each([429, 500, 503, 408])('is replaced by another deployment when it answers %i', async (status) => {
    provider.on('one', answersJson({ error: { message: 'no' } }, status));
    const response = await under.post('/v1/chat/completions', chat);
    expect([response.status, response.headers.get('x-litellm-model-id')]).toEqual([200, 'two']);
    expect(under.services.asked.map(({ exclude }) => exclude)).toEqual([[], ['one']]);
    expect(new Set(under.services.asked.map(({ attemptId }) => attemptId)).size).toBe(2);
    expect((await under.usageOf(response, 2)).map(({ outcome, tokens }) => [outcome, tokens.source])).toEqual(
      [
        ['failed', 'none'],
        ['succeeded', 'provider'],
      ],
    );
  });

  it('is replaced when it answers nonsense or hangs up', async () => {
    for (const nonsense of ['<html>oops</html>', '[1]', '{"cut":']) {
      provider.on('one', (response) => response.writeHead(200).end(nonsense));
      expect((await under.post('/v1/chat/completions', chat)).headers.get('x-litellm-model-id')).toBe('two');
    }
    provider.on('one', (response) => response.destroy());
    expect((await under.post('/v1/chat/completions', chat)).headers.get('x-litellm-model-id')).toBe('two');
  });

  it('has given no valid answer when its status is none of HTTP', async () => {
    provider.on('alone', (response) => response.writeHead(999).end('{}'));
    expect((await under.post('/v1/chat/completions', { ...chat, model: 'lonely' })).status).toBe(502);
  });

  it('may name the type of its answer twice', async () => {
    const types = ['content-type', 'application/json', 'content-type', 'text/event-stream'];
    provider.on('one', (response) => response.writeHead(200, types).end(JSON.stringify(chatAnswer())));
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    expect([response.status, response.headers.get('x-litellm-model-id')]).toEqual([200, 'one']);
  });

  it('is answered for with its own error when no other deployment is left', async () => {
    provider.on(
      'alone',
      answersJson({ error: { message: 'slow down', type: 'requests' } }, 429, { 'retry-after': '7' }),
    );
    const response = await under.post('/v1/chat/completions', {
      ...chat,
      model: 'lonely',
      num_retries: 0,
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(await response.json()).toEqual({
      error: { message: 'slow down', type: 'requests', param: null, code: '429' },
    });
  });

  it.each<[string, object, number | undefined]>([
    ['how long it asked to be left alone', { message: 'slow down' }, 7_000],
    ['no time for an empty account, which waiting does not fill', { code: 'insufficient_quota' }, undefined],
  ])('leaves in the usage record %s', async (_case, error, retryAfterMs) => {
    provider.on('alone', answersJson({ error }, 429, { 'retry-after': '7' }));
    const response = await under.post('/v1/chat/completions', { ...chat, model: 'lonely', num_retries: 0 });
    const [record] = await under.usageOf(response);
    expect([record?.outcome, record?.upstreamStatus, record?.retryAfterMs]).toEqual([
      'failed',
      429,
      retryAfterMs,
    ]);
  });

  it('has its refusal of the request passed on at once', async () => {
    provider.on(
      'one',
      answersJson(
        { error: { message: 'bad temperature', type: 'invalid_request_error', param: 'temperature' } },
        400,
      ),
    );
    const response = await under.post('/v1/chat/completions', chat);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: 'bad temperature', param: 'temperature' },
    });
    expect(provider.calls('two')).toHaveLength(0);
  });

  it('is not followed to another place', async () => {
    provider.on('alone', (response) =>
      response.writeHead(307, { location: provider.siteUrl('elsewhere') }).end(),
    );
    const response = await under.post('/v1/chat/completions', { ...chat, model: 'lonely' });
    expect(response.status).toBe(502);
    expect(provider.calls('elsewhere')).toHaveLength(0);
  });

  it('is given up after its time', async () => {
    provider.on('alone', () => undefined);
    const response = await under.post(
      '/v1/chat/completions',
      { ...chat, model: 'lonely' },
      { headers: { 'x-litellm-timeout': '0.05' } },
    );
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { type: 'timeout_error', code: '504' } });
    expect((await under.usageOf(response))[0]).toMatchObject({ outcome: 'timed_out', callerTimedOut: true });
    await vi.waitFor(() => {
      expect(provider.calls('alone')[0]?.aborted).toBe(true);
    });
  });

  it('is not tried again when the client wants no retries', async () => {
    provider.on('one', answersJson({ error: { message: 'no' } }, 500));
    const response = await under.post('/v1/chat/completions', chat, {
      headers: { 'x-litellm-num-retries': '0' },
    });
    expect(response.status).toBe(500);
    expect(provider.calls('two')).toHaveLength(0);
  });
});

describe('a thousand calls of all kinds', () => {
  it('leave no connection behind, and each attempt is recorded once', async () => {
    let turn = 0;
    provider.on('one', (response) => {
      turn += 1;
      if (turn % 5 === 0) return response.destroy();
      if (turn % 5 === 1) return response.writeHead(500).end('{}');
      if (turn % 5 === 2) return response.writeHead(200).end('garbage');
      if (turn % 5 === 3)
        return response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write('data: {}\n\n', () => response.destroy());
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(chatAnswer()));
    });
    const one = async (number: number): Promise<void> => {
      const client = new AbortController();
      const isImpatient = number % 10 === 0;
      const pending = under.post(
        '/v1/chat/completions',
        { ...chat, stream: number % 2 === 0 },
        { signal: client.signal },
      );
      if (isImpatient) client.abort();
      await pending.then((response) => response.text()).catch(() => undefined);
    };
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(Array.from({ length: 25 }, (_, index) => one(round * 25 + index)));
    }
    const asked = new Set(under.services.asked.map(({ attemptId }) => attemptId));
    await vi.waitFor(async () => {
      // What is left are idle connections kept for the next call, never more than were busy at once.
      expect(await provider.openConnections()).toBeLessThanOrEqual(50);
      const recorded = under.services.usage.map(({ attemptId }) => attemptId).filter((id) => asked.has(id));
      expect(recorded).toHaveLength(asked.size);
      expect(new Set(recorded).size).toBe(asked.size);
    }, 10_000);
  }, 60_000);
});
