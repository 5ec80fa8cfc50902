/** Real: HTTP, the whole gateway, NATS killed and started again. Fake: what router, identity and provider say. */
import { aDeployment } from '@signalbox/routing/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answersJson, chatAnswer, FakeProvider } from './spec-support/fake-provider.js';
import { GatewayUnderTest } from './spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

beforeEach(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [aDeployment({ upstream: { apiBase: provider.apiBase('one') } })],
  });
});

afterEach(async () => {
  await under.stop();
  await provider.stop();
});

/** Starts a call and resolves once it is at the provider; `answer` lets the provider answer. */
async function aCallUnderWay(): Promise<{ response: Promise<Response>; answer: () => void }> {
  let answer = (): void => undefined;
  provider.on('one', (response, body, request) => {
    answer = () => {
      void answersJson(chatAnswer())(response, body, request);
    };
  });
  const response = under.post('/v1/chat/completions', chat);
  await vi.waitFor(() => {
    expect(provider.calls('one')).toHaveLength(1);
  });
  return {
    response,
    answer: () => {
      answer();
    },
  };
}

describe('shutting down', () => {
  it('lets a call under way finish, records it, and takes no new one', async () => {
    const { response, answer } = await aCallUnderWay();
    const finished = under.gateway.finishCalls(10_000);
    expect(under.gateway.readiness.report().status).toBe('shutting down');
    answer();
    const answered = await response;
    expect(answered.status).toBe(200);
    expect(answered.headers.get('connection')).toBe('close');
    await finished;
    expect(await under.gateway.flushRecords(5_000)).toBe(0);
    expect(await under.usageOf(answered)).toMatchObject([{ outcome: 'succeeded' }]);
    await expect(under.post('/v1/chat/completions', chat)).rejects.toThrow('fetch failed');
  });

  it('cuts off what takes too long, and records that too', async () => {
    const { response } = await aCallUnderWay();
    const outcome = response.catch((error: unknown) => error);
    await under.gateway.finishCalls(1);
    expect(await outcome).toBeInstanceOf(Error);
    expect(await under.gateway.flushRecords(5_000)).toBe(0);
    await vi.waitFor(() => {
      expect(under.services.usage).toMatchObject([{ outcome: 'client_disconnected' }]);
    });
  });
});

describe('a bus that is away when a call ends', () => {
  it('gets the usage when it is back', async () => {
    const { response, answer } = await aCallUnderWay();
    await under.nats.kill();
    answer();
    const answered = await response;
    expect(answered.status).toBe(200);
    await under.nats.restart();
    await vi.waitFor(
      () => {
        const ids = under.services.usage.map(({ requestId }) => requestId);
        expect(ids).toEqual([answered.headers.get('x-litellm-call-id')]);
      },
      { timeout: 20_000 },
    );
  }, 40_000);
});
