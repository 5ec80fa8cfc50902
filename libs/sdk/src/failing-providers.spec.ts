/** Real: Router, HTTP to a pretended provider that fails. */
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRouterHouse, type RouterHouse } from './spec-support/router-house.js';

const messages = [{ role: 'user', content: 'Hey' }] satisfies OpenAI.ChatCompletionMessageParam[];
const chat = { model: 'gpt-4o', messages };
let house: RouterHouse;

beforeEach(async () => {
  house = await openRouterHouse();
});
afterEach(() => house.stop());

describe('when a deployment fails', () => {
  it('another one serves', async () => {
    house.upstream.always('eu', { status: 500 });
    const router = house.open({
      modelList: [
        house.at('eu', { litellm_params: { ...house.at('eu').litellm_params, order: 1 } }),
        house.at('us', { litellm_params: { ...house.at('us').litellm_params, order: 2 } }),
      ],
    });
    const completion = await router.chatCompletion(chat);
    expect(completion.choices[0]?.message.content).toContain('Hello from us');
    await expect
      .poll(() => house.usage.map(({ deploymentId, outcome }) => [deploymentId, outcome]))
      .toEqual([
        ['eu', 'failed'],
        ['us', 'succeeded'],
      ]);
    expect(new Set(house.usage.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('another model serves', async () => {
    house.upstream.always('eu', { status: 500 });
    const router = house.open({
      modelList: [house.at('eu'), house.at('us', { model_name: 'spare' })],
      numRetries: 0,
      fallbacks: [{ 'gpt-4o': ['spare'] }],
    });
    const completion = await router.chatCompletion(chat);
    expect(completion.choices[0]?.message.content).toContain('Hello from us');
  });

  it('the caller gets the error of the provider, of the type it knows', async () => {
    house.upstream.always('eu', { status: 401 });
    const router = house.open({ modelList: [house.at('eu')], numRetries: 0 });
    const error = await router.chatCompletion(chat).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: '401' });
  });

  it('and nobody answers, that is said too', async () => {
    house.upstream.always('eu', { hangUp: true });
    const router = house.open({ modelList: [house.at('eu')], numRetries: 0 });
    await expect(router.chatCompletion(chat)).rejects.toMatchObject({ status: 502, type: 'upstream_error' });
  });
});

describe('a deployment that failed too often', () => {
  it('is left alone for a while, and the listener told why', async () => {
    const warnings: object[] = [];
    house.upstream.always('eu', { status: 500 });
    const router = house.open({
      modelList: [house.at('eu'), house.at('us')],
      routingStrategy: 'simple-shuffle',
      allowedFails: 0,
      cooldownTime: 60,
      logger: { info: () => undefined, warn: (details) => warnings.push(details) },
    });
    const isCooling = (): boolean => warnings.some((details) => 'forMs' in details);
    await expect
      .poll(async () => {
        await router.chatCompletion(chat);
        return isCooling();
      })
      .toBe(true);
    const before = house.upstream.requests('eu').length;
    await Promise.all(Array.from({ length: 20 }, () => router.chatCompletion(chat)));
    expect(house.upstream.requests('eu')).toHaveLength(before);
  });

  it('goes on being asked where cooldowns are disabled', async () => {
    house.upstream.always('eu', { status: 500 });
    const router = house.open({ modelList: [house.at('eu')], numRetries: 0, disableCooldowns: true });
    for (let call = 0; call < 5; call += 1) await router.chatCompletion(chat).catch(() => undefined);
    expect(house.upstream.requests('eu')).toHaveLength(5);
  });
});
