/** Real: HTTP, the whole gateway, NATS with JetStream, the provider's sockets. Fake: what router, identity and provider say. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answersJson, answersStream, chatEvent, FakeProvider } from '../spec-support/fake-provider.js';
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

async function messageOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { message: string } }).error.message;
}

describe('a fallback', () => {
  it('serves when the model does not, and the headers say which', async () => {
    house.breaks('a1');
    const response = await house.post({ model: 'a' });
    expect(servedBy(response)).toEqual([200, 'b-us', '1']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-litellm-model-group': 'b',
      'x-litellm-model-region': 'us',
      'x-litellm-attempted-retries': '0',
      'x-litellm-max-fallbacks': '3',
    });
    const records = await house.under.usageOf(response, 2);
    expect(records.map(({ modelGroup, outcome }) => [modelGroup, outcome])).toEqual([
      ['a', 'failed'],
      ['b', 'succeeded'],
    ]);
    expect(new Set(records.map(({ attemptId }) => attemptId)).size).toBe(2);
  });

  it('is tried after the one before it, and after a refusal of the request as well', async () => {
    house.breaks('a1', 'b-us');
    expect(servedBy(await house.post({ model: 'a' }))).toEqual([200, 'c-eu', '2']);
    provider.on('a1', answersJson({ error: { message: 'unknown parameter' } }, 400));
    expect(servedBy(await house.post({ model: 'a' }))).toEqual([200, 'c-eu', '2']);
  });

  it('is found by the name an alias leads to, by a pattern, and among the defaults', async () => {
    house.breaks('a1', 'mild1');
    expect(servedBy(await house.post({ model: 'nickname' }))).toEqual([200, 'b-us', '1']);
    expect(servedBy(await house.post({ model: 'azure/gpt-4o' }))).toEqual([200, 'any', '1']);
    expect(house.sentTo('any')['model']).toBe('gpt-4o');
    expect(servedBy(await house.post({ model: 'mild' }))).toEqual([200, 'last1', '1']);
    expect(servedBy(await house.post({ model: 'nobody-knows' }))).toEqual([200, 'last1', '1']);
  });

  it('is chosen by what the provider says went wrong', async () => {
    provider.on('a1', answersJson({ error: { message: 'x', code: 'context_length_exceeded' } }, 400));
    expect(servedBy(await house.post({ model: 'a' }))).toEqual([200, 'long1', '1']);
    provider.on('a1', answersJson({ error: { message: 'x', code: 'content_filter' } }, 400));
    expect(servedBy(await house.post({ model: 'a' }))).toEqual([200, 'mild1', '1']);
  });

  it('serves a prompt that is longer than the model takes before anything is sent there', async () => {
    const long = [{ role: 'user', content: 'word '.repeat(100) }];
    expect(servedBy(await house.post({ model: 'short', messages: long }))).toEqual([200, 'c-eu', '1']);
    expect(provider.calls('short1')).toHaveLength(0);
  });

  it('streams like any other answer', async () => {
    house.breaks('a1');
    provider.on('b-us', answersStream([chatEvent('Hello')]));
    const response = await house.post({ model: 'a', stream: true });
    expect(await response.text()).toContain('"content":"Hello"');
    expect(servedBy(response)).toEqual([200, 'b-us', '1']);
  });

  it('is asked at once when the model is full and no other deployment is left', async () => {
    provider.on('a1', answersJson({ error: { message: 'full' } }, 429, { 'retry-after': '5' }));
    expect(servedBy(await house.post({ model: 'a', num_retries: 3 }))).toEqual([200, 'b-us', '1']);
    expect(provider.calls('a1')).toHaveLength(1);
  });

  it('is not tried when the body or the key says so', async () => {
    house.breaks('a1');
    expect((await house.post({ model: 'a', disable_fallbacks: true })).status).toBe(500);
    expect((await house.post({ model: 'a' }, 'sk-no-fallbacks')).status).toBe(500);
    expect(provider.calls('b-us')).toHaveLength(0);
  });

  it('does not take more than max_fallbacks', async () => {
    house.breaks('a1', 'b-us', 'c-eu', 'last1', 'mild1');
    const response = await house.post({ model: 'mild', fallbacks: ['a', 'b', 'c', 'last'] });
    expect([response.status, provider.calls('last1').length]).toEqual([500, 0]);
    expect(response.headers.get('x-litellm-attempted-fallbacks')).toBe('3');
  });
});

describe('the rules of a call', () => {
  it('hold at every fallback: an end user of the eu is served from there or not at all', async () => {
    house.breaks('a1');
    const response = await house.post({ model: 'a', user: 'from-eu' });
    expect(servedBy(response)).toEqual([200, 'c-eu', '2']);
    expect(provider.calls('b-us')).toHaveLength(0);
    house.breaks('a1', 'c-eu');
    const refused = await house.post({ model: 'a', user: 'from-eu' });
    expect(refused.status).toBe(500);
    expect(await messageOf(refused)).toMatch(
      /b: 403 No deployments available for b in the allowed region eu/,
    );
    expect(provider.calls('b-us').length + provider.calls('long1').length).toBe(0);
  });

  it('hold when the region itself is why the first model cannot serve', async () => {
    const response = await house.post({ model: 'b', user: 'from-eu', fallbacks: ['long', 'a'] });
    expect(servedBy(response)).toEqual([200, 'a1', '2']);
    const nowhere = await house.post({ model: 'b', user: 'from-eu', fallbacks: ['long'] });
    expect([nowhere.status, nowhere.headers.get('x-should-retry')]).toEqual([403, 'false']);
    expect(((await nowhere.json()) as { error: { type: string } }).error.type).toBe('region_restricted');
    expect(provider.calls('b-us').length + provider.calls('long1').length).toBe(0);
  });

  it('hold for a deployment that is named by its id', async () => {
    const response = await house.post({ model: 'b', user: 'from-eu', fallbacks: ['long1', 'c-eu'] });
    expect(servedBy(response)).toEqual([200, 'c-eu', '2']);
  });

  it('let a key only have fallbacks it may use, and do not tell it of the others', async () => {
    house.breaks('a1');
    expect(servedBy(await house.post({ model: 'a' }, 'sk-a-and-c'))).toEqual([200, 'c-eu', '2']);
    house.breaks('c-eu');
    const message = await messageOf(await house.post({ model: 'a' }, 'sk-a-and-c'));
    expect(message).toContain('Available Model Group Fallbacks=[c]');
    expect(message).not.toMatch(/\bb\b|last/);
    const asked = await messageOf(await house.post({ model: 'a', fallbacks: ['b'] }, 'sk-a-and-c'));
    expect(asked).toContain('b: 403 key not allowed to access model');
    expect(provider.calls('b-us')).toHaveLength(0);
  });

  it('do not lead around the refusal of the first model', async () => {
    const response = await house.post({ model: 'a' }, 'sk-b-only');
    expect([response.status, house.under.services.asked.length]).toEqual([403, 1]);
  });

  it('keep the tags, limits of time and end user of the call at every fallback', async () => {
    house.breaks('a1');
    await house.post({ model: 'a', user: 'someone' }, undefined, { 'x-litellm-tags': 'paid' });
    const [first, second] = house.under.services.asked;
    expect(second).toEqual({ ...first, attemptId: second?.attemptId, model: 'b' });
  });
});

describe('the error of the last resort', () => {
  it("is the first model's, with every attempt's reason", async () => {
    provider.on('a1', answersJson({ error: { message: 'a is tired.', type: 'requests' } }, 503));
    provider.on('b-us', answersJson({ error: { message: 'wrong key sk-abcdef123456' } }, 401));
    house.breaks('c-eu');
    const response = await house.post({ model: 'a', fallbacks: ['b', 'ghost', 'c'] });
    expect([response.status, response.headers.get('x-litellm-attempted-fallbacks')]).toEqual([503, '3']);
    expect(await response.json()).toEqual({
      error: {
        message:
          'a is tired. Received Model Group=a. Available Model Group Fallbacks=[b, ghost, c]. ' +
          'Attempts: a (a1): 503 a is tired; b (b-us): 401 wrong key [masked]; ' +
          'ghost: 404 Invalid model name passed. model=ghost; c (c-eu): 500 c-eu broke.',
        type: 'requests',
        param: null,
        code: '503',
      },
    });
  });

  it('says nothing of models of another team', async () => {
    house.breaks('loop1', 'a1', 'b-us');
    const response = await house.post({ model: 'loop' }, 'sk-plain');
    const message = await messageOf(response);
    expect(message).toContain('Fallbacks=[a, b]');
    expect(message).not.toContain('another');
  });
});
