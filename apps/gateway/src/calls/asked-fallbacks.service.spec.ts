/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answersJson, FakeProvider } from '../spec-support/fake-provider.js';
import { FallbackHouse, servedBy } from '../spec-support/fallback-house.js';

let provider: FakeProvider;
let house: FallbackHouse;

beforeAll(async () => {
  provider = await FakeProvider.start();
  house = await FallbackHouse.start(provider);
});

afterAll(async () => {
  await house.under.stop();
  await provider.stop();
});

beforeEach(() => {
  provider.reset();
  house.under.services.forget();
});

describe('fallbacks in the body', () => {
  it('replace the configured ones', async () => {
    house.breaks('a1');
    expect(servedBy(await house.post({ model: 'a', fallbacks: ['mild'] }))).toEqual([200, 'mild1', '1']);
    expect(servedBy(await house.post({ model: 'a', fallbacks: [{ a: ['last'] }] }))).toEqual([
      200,
      'last1',
      '1',
    ]);
    expect((await house.post({ model: 'a', fallbacks: [] })).status).toBe(500);
  });

  it('may have their own messages and parameters, which the next one does not inherit', async () => {
    house.breaks('a1', 'mild1');
    const own = [{ role: 'user', content: 'What is a signal box?' }];
    const fallbacks = [{ model: 'mild', messages: own, max_tokens: 50, temperature: 0 }, { model: 'last' }];
    const response = await house.post({ model: 'a', temperature: 1, logit_bias: { 5: 1 }, fallbacks });
    expect(servedBy(response)).toEqual([200, 'last1', '2']);
    const passed = { model: 'gpt-4', logit_bias: { 5: 1 } };
    expect(house.sentTo('mild1')).toEqual({ ...passed, messages: own, max_tokens: 50, temperature: 0 });
    expect(house.sentTo('last1')).toEqual({ ...passed, messages: house.messages, temperature: 1 });
    const estimates = house.under.services.asked.map(({ outputTokens }) => outputTokens);
    expect(estimates).toEqual([256, 50, 256]);
  });

  it('may ask the same model for something else', async () => {
    provider.on('a1', (response, body) => {
      const asked = JSON.parse(body) as { max_tokens?: number };
      const answer = asked.max_tokens === 5 ? answersJson({ id: 'short' }) : answersJson({}, 500);
      return answer(response, body, response.req);
    });
    const response = await house.post({ model: 'a', fallbacks: [{ model: 'a', max_tokens: 5 }] });
    expect([...servedBy(response), await response.json()]).toEqual([200, 'a1', '1', { id: 'short' }]);
  });

  it.each([
    [{ fallbacks: 'b' }, 'fallbacks'],
    [{ fallbacks: [5] }, 'fallbacks[0]'],
    [{ fallbacks: [{ model: 'b', user: 'somebody-else' }] }, 'fallbacks[0].user'],
    [{ fallbacks: ['c', { model: 'b', allowed_model_region: 'us' }] }, 'fallbacks[1].allowed_model_region'],
    [{ fallbacks: [{ model: 'b', api_base: 'http://evil.example' }] }, 'fallbacks[0].api_base'],
    [{ fallbacks: [{ model: 'b', messages: 'Hey' }] }, 'fallbacks[0].messages'],
    [{ fallbacks: [{ a: 'b' }] }, 'fallbacks[0].a'],
    [{ context_window_fallbacks: [{ a: [{ max_tokens: 5 }] }] }, 'context_window_fallbacks[0].a[0]'],
    [{ fallbacks: ['x'.repeat(600)] }, 'model'],
    [{ fallbacks: new Array(33).fill('b') }, 'fallbacks'],
    [{ fallbacks: new Array(33).fill({ b: [] }) }, 'fallbacks'],
    [{ fallbacks: [{}] }, 'fallbacks[0]'],
  ])('that cannot be taken are refused at once: %j', async (more, param) => {
    const response = await house.post({ model: 'a', ...more });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param } }]);
    expect(house.under.services.asked).toHaveLength(0);
  });

  it('make no name of a star that the client could not have asked for', async () => {
    const response = await house.post({ model: 'x..y', fallbacks: [{ 'x*y': ['openai/*'] }] });
    expect([response.status, provider.calls('any')]).toEqual([400, []]);
  });

  it('never reach a provider', async () => {
    await house.post({
      model: 'a',
      fallbacks: ['b'],
      num_retries: 1,
      disable_fallbacks: false,
      mock_timeout: false,
    });
    expect(house.sentTo('a1')).toEqual({ model: 'gpt-4', messages: house.messages });
  });
});

describe('mock testing', () => {
  it.each([
    ['mock_testing_fallbacks', 'b-us'],
    ['mock_testing_context_window_fallbacks', 'long1'],
    ['mock_testing_content_policy_fallbacks', 'mild1'],
  ])('%s fails the first model, without an attempt at it', async (field, id) => {
    const response = await house.post({ model: 'a', [field]: true, num_retries: 2 });
    expect(servedBy(response)).toEqual([200, id, '1']);
    expect([provider.calls('a1').length, house.under.services.asked.length]).toEqual([0, 1]);
  });

  it('mock_testing_rate_limit_error fails one attempt', async () => {
    const response = await house.post({ model: 'a', mock_testing_rate_limit_error: true, num_retries: 1 });
    expect(servedBy(response)).toEqual([200, 'a1', '0']);
    expect(response.headers.get('x-litellm-attempted-retries')).toBe('1');
  });

  it('mock_timeout takes the time of the call', async () => {
    const body = { model: 'a', mock_timeout: true, timeout: 0.02 };
    expect(servedBy(await house.post(body))).toEqual([200, 'b-us', '1']);
    expect((await house.post({ ...body, disable_fallbacks: true })).status).toBe(504);
  });

  it('is for the master key', async () => {
    const response = await house.post({ model: 'a', mock_testing_fallbacks: true }, 'sk-plain');
    expect(servedBy(response)).toEqual([200, 'a1', '0']);
  });
});
