// Real: Redis, several clients, Redis' own clock unless a spec says otherwise.
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from './connect-redis.js';
import { LimitStoreUnavailable } from './limit-store-unavailable.js';
import type { AdmitRequest } from './limit-store.js';
import { RedisLimitStore } from './redis-limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { TestClock } from './spec-support/implementations.js';
import { startTestRedis, type TestRedis } from './spec-support/start-test-redis.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = server.connect();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

describe('several clients at once', () => {
  const clients = (options: { now?: () => number } = {}) =>
    Array.from({ length: 4 }, () => new RedisLimitStore({ redis: server.connect(), ...options }));

  it('never admit more than the limit in a burst, and not one less', async () => {
    const candidates = [
      { id: 'a', rpm: 100 },
      { id: 'b', tpm: 1_000 },
    ];
    const bursts = clients().flatMap((store) =>
      Array.from({ length: 40 }, () =>
        store.admit(Array.from({ length: 5 }, () => anAdmitRequest({ candidates, tokens: 7 }))),
      ),
    );
    const chosen = (await Promise.all(bursts)).flat().map(({ chosenId }) => chosenId);
    expect(chosen.filter((id) => id === 'a')).toHaveLength(100);
    expect(chosen.filter((id) => id === 'b')).toHaveLength(Math.floor(1_000 / 7));
    expect(chosen.filter((id) => id === undefined)).toHaveLength(800 - 100 - 142);
  });

  it.each([
    ['rpm', { rpm: 300 }, 300],
    ['tpm', { tpm: 3_000 }, 3_000],
  ] as const)(
    'never pass the %s in any 60 seconds of five busy minutes, and use 98 %% of it',
    async (unit, limits, limit) => {
      const clock = new TestClock();
      const stores = clients({ now: clock.now });
      const admitted: { at: number; amount: number }[] = [];
      const begin = clock.now();
      for (let tick = 0; clock.now() < begin + 300_000; tick += 1) {
        const requests = stores.map((_, index) =>
          Array.from({ length: 1 + ((tick + index) % 3) }, () =>
            anAdmitRequest({ candidates: [{ id: 'a', ...limits }], tokens: 1 + (tick % 13) }),
          ),
        );
        const results = await Promise.all(stores.map((store, index) => store.admit(requests[index] ?? [])));
        const tokensOf = new Map(requests.flat().map((one) => [one.reservationId, one.tokens]));
        for (const { chosenId, reservationId } of results.flat()) {
          if (chosenId === undefined) continue;
          admitted.push({ at: clock.now(), amount: unit === 'rpm' ? 1 : (tokensOf.get(reservationId) ?? 0) });
        }
        clock.step(337);
      }
      for (const { at } of admitted) {
        const window = admitted.filter((one) => one.at >= at && one.at < at + 60_000);
        expect(window.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(limit);
      }
      const total = admitted.reduce((sum, { amount }) => sum + amount, 0);
      expect(total / (limit * 5)).toBeGreaterThanOrEqual(0.98);
    },
  );

  it('settle and release the same reservations without counting twice', async () => {
    const stores = clients();
    const candidates = [{ id: 'a', rpm: 1_000, tpm: 100_000, maxParallelRequests: 100 }];
    const requests = Array.from({ length: 100 }, () => anAdmitRequest({ candidates, tokens: 100 }));
    await stores[0]?.admit(requests);
    const settlements = requests.slice(0, 50).map(({ reservationId }) => ({ reservationId, tokens: 10 }));
    const released = requests.slice(50).map(({ reservationId }) => reservationId);
    await Promise.all(stores.flatMap((store) => [store.settle(settlements), store.release(released)]));
    const [after] = (await stores[1]?.admit([anAdmitRequest({ candidates, tokens: 0 })])) ?? [];
    expect(after?.state).toMatchObject({ remainingRequests: 949, remainingTokens: 99_500 });
    expect(await redis.zcard('sb:{deployment:a}:leases')).toBe(1);
  });
});

describe('what is left behind', () => {
  const scopes: AdmitRequest['scopes'] = [{ kind: 'api_key', id: 'k' }];
  const lives = async (): Promise<Record<string, number>> => {
    const keys = await redis.keys('*');
    const times = await Promise.all(keys.map((key) => redis.pttl(key)));
    return Object.fromEntries(keys.map((key, index) => [key, times[index] ?? 0]));
  };

  it('ends by itself: every key has a life no longer than lease or window, and a minute', async () => {
    const store = new RedisLimitStore({ redis });
    await store.admit([
      anAdmitRequest({ reservationId: 'short', scopes, leaseMs: 5_000 }),
      anAdmitRequest({ reservationId: 'long', candidates: [{ id: 'b' }], leaseMs: 300_000 }),
    ]);
    const found = await lives();
    const short = ['sb:{deployment:a}', 'sb:{api_key:k}'].flatMap((key) => [
      key,
      `${key}:cells`,
      `${key}:leases`,
    ]);
    const long = ['sb:{deployment:b}', 'sb:{deployment:b}:cells', 'sb:{deployment:b}:leases'];
    expect(Object.keys(found).sort()).toEqual(
      [...short, ...long, 'sb:{reservation:short}', 'sb:{reservation:long}'].sort(),
    );
    for (const key of [...short, 'sb:{reservation:short}']) {
      expect(found[key]).toBeGreaterThan(115_000);
      expect(found[key]).toBeLessThanOrEqual(121_000);
    }
    for (const key of [...long, 'sb:{reservation:long}']) {
      expect(found[key]).toBeGreaterThan(355_000);
      expect(found[key]).toBeLessThanOrEqual(361_000);
    }
    await store.settle([{ reservationId: 'short', tokens: 1 }]);
    for (const life of Object.values(await lives())) expect(life).toBeGreaterThan(0);
  });

  it('is nothing of a ledger whose last reservation has ended and aged out', async () => {
    const clock = new TestClock();
    const store = new RedisLimitStore({ redis, now: clock.now });
    const request = anAdmitRequest({ scopes });
    await store.admit([request]);
    await store.settle([{ reservationId: request.reservationId, tokens: 1 }]);
    clock.step(60_000);
    await store.admit([anAdmitRequest({ candidates: [{ id: 'a', rpm: 0 }], scopes })]);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('is nothing of a refused request', async () => {
    const store = new RedisLimitStore({ redis });
    await store.admit([anAdmitRequest({ candidates: [{ id: 'a', rpm: 0 }], scopes })]);
    expect(await redis.keys('*')).toEqual([]);
  });
});

it('tells what is spent of budgets in their present windows', async () => {
  const clock = new TestClock();
  const store = new RedisLimitStore({ redis: server.connect(), now: clock.now });
  const budgets = [{ maxNanoDollars: 100, duration: '1h' }, { maxNanoDollars: 100 }];
  await store.admit([
    anAdmitRequest({ scopes: [{ kind: 'team', id: 'spender', budgets }], nanoDollars: 70 }),
  ]);
  const asked = [
    { kind: 'team', id: 'spender', duration: '1h' },
    { kind: 'team', id: 'spender' },
    { kind: 'user', id: 'spender' },
  ] as const;
  expect(await store.spent(asked)).toEqual([70, 70, 0]);
  clock.step(3_600_000);
  expect(await store.spent(asked)).toEqual([0, 70, 0]);
});

it('lets less be spent than was, and warns of soft budgets anew', async () => {
  const store = new RedisLimitStore({ redis: server.connect(), now: new TestClock().now });
  const whose = { kind: 'team', id: 'forgiven' } as const;
  const budgets = [{ softNanoDollars: 50, duration: '1h' }, { maxNanoDollars: 100 }];
  const admit = async (nanoDollars: number) => {
    const request = anAdmitRequest({ scopes: [{ ...whose, budgets }], nanoDollars });
    const [result] = await store.admit([request]);
    return { id: request.reservationId, warned: result?.softBudgets?.length ?? 0 };
  };
  const first = await admit(70);
  expect((await admit(10)).warned).toBe(1);
  const asked = [{ ...whose, duration: '1h' }, whose, { kind: 'user', id: 'forgiven' }] as const;
  expect(await store.lowerSpent(asked, 60)).toEqual([80, 80, 0]);
  expect(await store.spent(asked)).toEqual([60, 60, 0]);
  expect((await admit(0)).warned).toBe(1);
  expect(await store.lowerSpent(asked, 60)).toEqual([60, 60, 0]);
  // What was reserved before is settled still.
  await store.settle([{ reservationId: first.id, tokens: 1, nanoDollars: 30 }]);
  expect(await store.spent(asked)).toEqual([20, 20, 0]);
});

describe('trouble', () => {
  it('loads its scripts again into a server that has forgotten them', async () => {
    const store = new RedisLimitStore({ redis });
    await redis.script('FLUSH');
    const request = anAdmitRequest();
    expect(await store.admit([request])).toMatchObject([{ chosenId: 'a' }]);
    await redis.script('FLUSH');
    await store.settle([{ reservationId: request.reservationId, tokens: 1 }]);
    await redis.script('FLUSH');
    await store.release([request.reservationId]);
  });

  it('says that the store is unavailable, and recovers by itself', async () => {
    const first = await startTestRedis();
    const client = connectRedis({ url: first.url, name: 'spec', onError: () => undefined });
    const store = new RedisLimitStore({ redis: client });
    await store.admit([anAdmitRequest()]);
    await first.stop();
    await expect(store.admit([anAdmitRequest()])).rejects.toThrow(LimitStoreUnavailable);
    await expect(store.settle([{ reservationId: 'x', tokens: 1 }])).rejects.toThrow(LimitStoreUnavailable);
    await expect(store.release(['x'])).rejects.toThrow(LimitStoreUnavailable);
    const ready = new Promise((resolve) => client.once('ready', resolve));
    const second = await startTestRedis(first.port);
    await ready;
    expect(await store.admit([anAdmitRequest()])).toMatchObject([{ chosenId: 'a' }]);
    client.disconnect();
    await second.stop();
  });

  it('starts anew with cells that somebody deleted', async () => {
    const store = new RedisLimitStore({ redis });
    const candidates = [{ id: 'a', rpm: 5 }];
    await store.admit([anAdmitRequest({ candidates })]);
    await redis.del('sb:{deployment:a}:cells', 'sb:{deployment:a}:leases');
    expect(await store.admit([anAdmitRequest({ candidates })])).toMatchObject([{ chosenId: 'a' }]);
  });
});

describe('attempts that nobody settles', () => {
  it('are counted once when their lease has ended, as they were estimated', async () => {
    const clock = new TestClock();
    const stores = [1, 2].map(() => new RedisLimitStore({ redis: server.connect(), now: clock.now }));
    const [store] = stores as [RedisLimitStore];
    const admit = (id: string, more: Partial<AdmitRequest> = {}) =>
      store.admit([anAdmitRequest({ candidates: [{ id }], tokens: 40, leaseMs: 5_000, ...more })]);
    const settled = anAdmitRequest({ candidates: [{ id: 'a' }], leaseMs: 5_000 });
    const budgets = [{ duration: '1d', maxNanoDollars: 1_000 }];
    await store.admit([settled]);
    await store.settle([{ reservationId: settled.reservationId, tokens: 3 }]);
    await admit('a');
    await admit('a', { nanoDollars: 70, scopes: [{ kind: 'api_key', id: 'k', budgets }] });
    await admit('b');
    expect(await store.unsettled(['a', 'b'])).toEqual({ attempts: 0, tokens: 0, nanoDollars: 0 });

    clock.step(5_001);
    // One deployment is used again, the other is only looked at, by two at once.
    await admit('a', { leaseMs: 600_000 });
    expect(await store.unsettled()).toEqual({ attempts: 2, tokens: 80, nanoDollars: 70 });
    await Promise.all(stores.map((each) => each.unsettled(['a', 'b'])));
    expect(await store.unsettled()).toEqual({ attempts: 3, tokens: 120, nanoDollars: 70 });
  });
});
