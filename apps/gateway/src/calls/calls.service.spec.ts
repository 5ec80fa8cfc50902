/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import type { UsageRecord } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answersJson,
  answersStream,
  chatAnswer,
  chatEvent,
  FakeProvider,
  usageEvent,
} from '../spec-support/fake-provider.js';
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
    catalog: { groupAliases: { nickname: { model: 'lonely', hidden: false } } },
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

/** Usage arrives on its own time, and that of earlier calls may still be under way. */
async function usageOf(response: Response | string, count = 1): Promise<UsageRecord[]> {
  const id = typeof response === 'string' ? response : response.headers.get('x-litellm-call-id');
  return vi.waitFor(() => {
    const records = under.services.usage.filter(({ requestId }) => requestId === id);
    expect(records).toHaveLength(count);
    return records;
  });
}

describe('a whole answer', () => {
  it('passes the provider bytes through with the headers LiteLLM clients read', async () => {
    const response = await under.post('/v1/chat/completions', chat, {
      headers: { 'x-litellm-call-id': 'call-7' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(chatAnswer());
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'x-litellm-call-id': 'call-7',
      'x-litellm-model-id': 'one',
      'x-litellm-model-group': 'gpt-4',
      'x-litellm-api-base': provider.apiBase('one'),
      'x-litellm-model-api-base': provider.apiBase('one'),
      'x-litellm-attempted-retries': '0',
    });
    expect(provider.calls('one')[0]?.headers['authorization']).toBe('Bearer sk-upstream');
  });

  it('records the usage of the attempt', async () => {
    const response = await under.post('/v1/chat/completions', { ...chat, user: 'customer-1' });
    const [record] = await usageOf(response);
    expect(record).toMatchObject({
      outcome: 'succeeded',
      upstreamStatus: 200,
      deploymentId: 'one',
      endUserId: 'customer-1',
      tokens: { prompt: 3, completion: 4, total: 7, source: 'provider' },
    });
    expect(record?.attemptId).toBe(under.services.asked[0]?.attemptId);
  });

  it('answers under the name the client sent when an alias led elsewhere', async () => {
    const response = await under.post('/chat/completions', { ...chat, model: 'nickname' });
    expect(await response.json()).toMatchObject({ model: 'nickname' });
  });

  it('tells the router nothing of the prompt', async () => {
    await under.post('/v1/chat/completions', {
      ...chat,
      messages: [{ role: 'user', content: 'a secret plan' }],
    });
    expect(JSON.stringify(under.services.asked)).not.toContain('secret');
  });

  it.each([
    '/router/completions',
    '/queue/chat/completions',
    '/engines/gpt-4/chat/completions',
    '/openai/deployments/gpt-4/chat/completions',
  ])('takes calls at %s', async (route) => {
    const response = await under.post(route, {
      ...chat,
      ...(route.includes('gpt-4') && { model: undefined }),
    });
    expect(response.status).toBe(200);
  });
});

describe('a streamed answer', () => {
  const events = ['Hel', 'lo'].map(chatEvent);

  it('passes the events through and hides the usage nobody asked for', async () => {
    provider.on('one', answersStream([...events, usageEvent]));
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe([...events, '[DONE]'].map((event) => `data: ${event}\n\n`).join(''));
    expect((await usageOf(response))[0]).toMatchObject({
      outcome: 'succeeded',
      streamed: true,
      tokens: { total: 7, source: 'provider' },
    });
  });

  it('writes the name the client sent into every event when an alias led elsewhere', async () => {
    provider.on('alone', answersStream(events));
    const text = await (
      await under.post('/v1/chat/completions', { ...chat, model: 'nickname', stream: true })
    ).text();
    expect(text.match(/"model":"nickname"/g)).toHaveLength(2);
    expect(text).not.toContain('upstream-model');
  });

  it('ends a stream that breaks with an error event', async () => {
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${chatEvent('Hel')}\n\ndata: {"half":`, () => response.destroy());
    });
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    const text = await response.text();
    expect(text).toContain('"content":"Hel"');
    expect(text).not.toContain('half');
    expect(text).not.toContain('[DONE]');
    const last = text.trim().split('\n\n').at(-1) ?? '';
    expect(JSON.parse(last.replace('data: ', ''))).toMatchObject({
      error: { type: 'upstream_error', code: '502' },
    });
    expect((await usageOf(response))[0]).toMatchObject({
      outcome: 'upstream_broken',
      tokens: { completion: 1, source: 'estimated' },
    });
  });

  it('tries another deployment when the stream ends before its first byte', async () => {
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      response.destroy();
    });
    provider.on('two', answersStream(events));
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    expect(response.headers.get('x-litellm-model-id')).toBe('two');
    expect(response.headers.get('x-litellm-attempted-retries')).toBe('1');
    expect(await response.text()).toContain('[DONE]');
    expect((await usageOf(response, 2)).map(({ outcome }) => outcome)).toEqual([
      'upstream_broken',
      'succeeded',
    ]);
  });

  it('stops reading from the provider while the client does not read', async () => {
    let isFull: (() => void) | undefined;
    const full = new Promise<void>((resolve) => (isFull = resolve));
    let written = 0;
    const event = `data: ${chatEvent('x'.repeat(60_000))}\n\n`;
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const pump = (): void => {
        while (written < 2_000) {
          written += 1;
          if (!response.write(event)) {
            isFull?.();
            response.once('drain', pump);
            return;
          }
        }
        response.end('data: [DONE]\n\n');
      };
      pump();
    });
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    await full;
    // 120 MB wait; kernel buffers on both sides take a few of them, our memory must not take the rest.
    await vi.waitFor(() => {
      expect(written).toBeGreaterThan(1);
    });
    const writtenWhileUnread = written;
    expect(writtenWhileUnread).toBeLessThan(1_000);
    const text = await response.text();
    expect(written).toBe(2_000);
    expect(text.length).toBe(event.length * 2_000 + 'data: [DONE]\n\n'.length);
  });

  it('hangs up on the provider when the client hangs up', async () => {
    provider.on('one', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${chatEvent('Hel')}\n\n`);
    });
    const client = new AbortController();
    const response = await under.post(
      '/v1/chat/completions',
      { ...chat, stream: true },
      { signal: client.signal },
    );
    await response.body?.getReader().read();
    client.abort();
    await vi.waitFor(() => {
      expect(provider.calls('one')[0]?.aborted).toBe(true);
    });
    expect((await usageOf(response))[0]).toMatchObject({
      outcome: 'client_disconnected',
      tokens: { completion: 1 },
    });
  });
});

describe('a failing provider', () => {
  it.each([429, 500, 503, 408])('is replaced by another deployment when it answers %i', async (status) => {
    provider.on('one', answersJson({ error: { message: 'no' } }, status));
    const response = await under.post('/v1/chat/completions', chat);
    expect([response.status, response.headers.get('x-litellm-model-id')]).toEqual([200, 'two']);
    expect(under.services.asked.map(({ exclude }) => exclude)).toEqual([[], ['one']]);
    expect(new Set(under.services.asked.map(({ attemptId }) => attemptId)).size).toBe(2);
    expect((await usageOf(response, 2)).map(({ outcome, tokens }) => [outcome, tokens.source])).toEqual([
      ['failed', 'none'],
      ['succeeded', 'provider'],
    ]);
  });

  it('is replaced when it answers nonsense or hangs up', async () => {
    for (const nonsense of ['<html>oops</html>', '[1]', '{"cut":']) {
      provider.on('one', (response) => response.writeHead(200).end(nonsense));
      expect((await under.post('/v1/chat/completions', chat)).headers.get('x-litellm-model-id')).toBe('two');
    }
    provider.on('one', (response) => response.destroy());
    expect((await under.post('/v1/chat/completions', chat)).headers.get('x-litellm-model-id')).toBe('two');
  });

  it('is answered for with its own error when no other deployment is left', async () => {
    provider.on(
      'alone',
      answersJson({ error: { message: 'slow down', type: 'requests' } }, 429, { 'retry-after': '7' }),
    );
    const response = await under.post('/v1/chat/completions', { ...chat, model: 'lonely' });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(await response.json()).toEqual({
      error: { message: 'slow down', type: 'requests', param: null, code: '429' },
    });
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
    expect((await usageOf(response))[0]).toMatchObject({ outcome: 'timed_out' });
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
