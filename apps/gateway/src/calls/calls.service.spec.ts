/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatAnswer, FakeProvider } from '../spec-support/fake-provider.js';
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
      aDeployment({
        id: 'alone',
        modelGroup: 'lonely',
        upstream: { apiBase: provider.apiBase('alone'), model: 'gpt-4o' },
        maxOutputTokens: 128,
      }),
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

  it('is reserved by the tokenizer of its model, and by what it may take at most', async () => {
    const messages = [{ role: 'user', content: 'お誕生日おめでとう' }];
    await under.post('/v1/chat/completions', { model: 'gpt-4', messages, max_tokens: 50, n: 2 });
    await under.post('/v1/chat/completions', { model: 'nickname', messages });
    expect(under.services.asked).toMatchObject([
      { promptTokens: 3 + 4 + 9, outputTokens: 100 },
      { promptTokens: 3 + 4 + 8, outputTokens: 128 },
    ]);
  });

  it('records the usage of the attempt', async () => {
    const response = await under.post('/v1/chat/completions', { ...chat, user: 'customer-1' });
    const [record] = await under.usageOf(response);
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
