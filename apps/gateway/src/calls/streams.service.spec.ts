/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { answersStream, chatEvent, FakeProvider, usageEvent } from '../spec-support/fake-provider.js';
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

describe('a streamed answer', () => {
  const events = ['Hel', 'lo'].map(chatEvent);

  it('passes the events through and hides the usage nobody asked for', async () => {
    provider.on('one', answersStream([...events, usageEvent]));
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe([...events, '[DONE]'].map((event) => `data: ${event}\n\n`).join(''));
    expect((await under.usageOf(response))[0]).toMatchObject({
      outcome: 'succeeded',
      streamed: true,
      tokens: { total: 7, source: 'provider' },
    });
  });

  it('says that it is one, and how soon it began', async () => {
    provider.on('one', answersStream(events));
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    await response.text();
    const [record] = await under.usageOf(response);
    expect(record?.firstByteMs).toBeGreaterThan(0);
    expect(record?.firstByteMs).toBeLessThanOrEqual(record?.durationMs ?? 0);
    expect(under.services.asked.map(({ stream }) => stream)).toEqual([true]);
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
    expect((await under.usageOf(response))[0]).toMatchObject({
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
    expect((await under.usageOf(response, 2)).map(({ outcome }) => outcome)).toEqual([
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
        while (written < 500) {
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
    // 30 MB wait; kernel buffers on both sides take a few of them, our memory must not take the rest.
    await vi.waitFor(() => {
      expect(written).toBeGreaterThan(1);
    });
    const writtenWhileUnread = written;
    expect(writtenWhileUnread).toBeLessThan(400);
    const text = await response.text();
    expect(written).toBe(500);
    expect(text.length).toBe(event.length * 500 + 'data: [DONE]\n\n'.length);
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
    expect((await under.usageOf(response))[0]).toMatchObject({
      outcome: 'client_disconnected',
      tokens: { completion: 1 },
    });
  });
});
