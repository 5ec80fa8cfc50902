/** Real: routers, Redis, HTTP to a pretended provider. */
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Router } from './router.js';
import { openRouterHouse, type RouterHouse } from './spec-support/router-house.js';
import { startTestRedis, type TestRedis } from './spec-support/start-test-redis.js';

const chat = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hey' }],
} satisfies OpenAI.ChatCompletionCreateParams;
let redis: TestRedis;
let house: RouterHouse;

beforeEach(async () => {
  [redis, house] = await Promise.all([startTestRedis(), openRouterHouse()]);
});
afterEach(async () => {
  await house.stop();
  await redis.stop();
});

/** Statuses of so many calls, all at once and in turn at each of the routers. */
async function statuses(routers: readonly Router[], calls: number): Promise<Map<number, number>> {
  const outcomes = await Promise.all(
    Array.from({ length: calls }, async (_, call) => {
      try {
        await routers[call % routers.length]?.chatCompletion(chat);
        return 200;
      } catch (error) {
        return error instanceof OpenAI.APIError ? Number(error.status) : 0;
      }
    }),
  );
  return new Map(
    [...new Set(outcomes)].map((status) => [status, outcomes.filter((one) => one === status).length]),
  );
}

describe('two routers with one Redis', () => {
  it('never send more than the limit together', async () => {
    const modelList = [house.at('eu', { rpm: 7 }), house.at('us', { rpm: 6 })];
    const routers = [
      house.open({ modelList, redisUrl: redis.url }),
      house.open({ modelList, redisHost: '127.0.0.1', redisPort: redis.port }),
    ];
    expect(await statuses(routers, 40)).toEqual(
      new Map([
        [200, 13],
        [429, 27],
      ]),
    );
    expect(house.upstream.requests('eu')).toHaveLength(7);
    expect(house.upstream.requests('us')).toHaveLength(6);
  });

  it('free what a call did not use', async () => {
    house.upstream.always('eu', { tokens: { prompt: 10, completion: 10 } });
    const modelList = [house.at('eu', { tpm: 1_000 })];
    const one = house.open({ modelList, redisUrl: redis.url });
    const other = house.open({ modelList, redisUrl: redis.url });
    await one.chatCompletion({ ...chat, max_completion_tokens: 900 });
    await expect
      .poll(() =>
        other.chatCompletion({ ...chat, max_completion_tokens: 900 }).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('served');
  });
});

it('shares its limits with the services: the ledgers of the same deployment are the same', async () => {
  const router = house.open({ modelList: [house.at('eu', { rpm: 2 })], redisUrl: redis.url });
  await router.chatCompletion(chat);
  const client = connectRedis({ url: redis.url, name: 'spec', onError: () => undefined });
  const [admission] = await new RedisLimitStore({ redis: client }).admit([
    {
      reservationId: 'of-a-service',
      candidates: [{ id: 'eu', rpm: 2 }],
      pick: 'first',
      scopes: [],
      tokens: 1,
      leaseMs: 60_000,
    },
  ]);
  client.disconnect();
  expect(admission?.state).toMatchObject({ limitRequests: 2, remainingRequests: 0 });
  await expect(router.chatCompletion(chat)).rejects.toBeInstanceOf(OpenAI.RateLimitError);
});

it('tells the others which deployments are to be left alone', async () => {
  house.upstream.always('eu', { status: 500 });
  const warnings: object[] = [];
  const options = { redisUrl: redis.url, allowedFails: 0, cooldownTime: 60, numRetries: 0 };
  const one = house.open({
    ...options,
    modelList: [house.at('eu')],
    logger: { info: () => undefined, warn: (details) => warnings.push(details) },
  });
  await expect(one.chatCompletion(chat)).rejects.toMatchObject({ status: 500 });
  await expect
    .poll(() => warnings)
    .toContainEqual(expect.objectContaining({ deploymentId: 'eu', forMs: 60_000 }));
  const other = house.open({ ...options, modelList: [house.at('eu'), house.at('us')] });
  expect(await statuses([other], 10)).toEqual(new Map([[200, 10]]));
  expect(house.upstream.requests('eu')).toHaveLength(1);
});

describe('while Redis is away', () => {
  it('a router refuses, and is itself again when Redis is back', async () => {
    const told: string[] = [];
    const logger = {
      info: (_details: object, message: string) => told.push(message),
      warn: (_details: object, message: string) => told.push(message),
    };
    const router = house.open({ modelList: [house.at('eu', { rpm: 100 })], redisUrl: redis.url, logger });
    await router.chatCompletion(chat);
    await redis.stop();
    await expect(router.chatCompletion(chat)).rejects.toMatchObject({ status: 503 });
    redis = await startTestRedis(redis.port);
    await expect.poll(() => told, { timeout: 20_000 }).toContain('Redis is back: limits are exact again');
    await expect(router.chatCompletion(chat)).resolves.toBeDefined();
  });

  it('a router that knows of how many it is one takes its share', async () => {
    const router = house.open({
      modelList: [house.at('eu', { rpm: 10 })],
      redisUrl: redis.url,
      instances: 3,
    });
    const accuracy = async (): Promise<string | null> => {
      const { response } = await router.chatCompletion(chat).withResponse();
      return response.headers.get('x-signalbox-limits');
    };
    expect(await accuracy()).toBe('exact');
    await redis.stop();
    expect(await accuracy()).toBe('degraded');
    expect(await statuses([router], 8)).toEqual(
      new Map([
        [200, 1],
        [429, 7],
      ]),
    );
  });
});
