// Fakes: the shared store is one in memory that can be taken away, the clock and the schedule stand still.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DegradingLimitStore, type DegradingLimitStoreOptions } from './degrading-limit-store.js';
import { LimitStoreUnavailable } from './limit-store-unavailable.js';
import type { AdmitRequest, AdmitResult } from './limit-store.js';
import { MemoryLimitStore } from './memory-limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { FragileStore } from './spec-support/fragile-store.js';
import { TestClock } from './spec-support/implementations.js';

let clock: TestClock;
let primary: FragileStore;
let tasks: (() => void)[];
let changes: string[];

beforeEach(() => {
  clock = new TestClock();
  primary = new FragileStore(new MemoryLimitStore({ now: clock.now, random: () => 0 }));
  tasks = [];
  changes = [];
});

function aStore(words: Partial<DegradingLimitStoreOptions> = {}): DegradingLimitStore {
  return new DegradingLimitStore({
    primary,
    whenAway: 'local_share',
    share: () => ({ place: 0, of: 2 }),
    onChange: (limits) => changes.push(limits),
    now: clock.now,
    random: () => 0,
    schedule: (task) => {
      tasks.push(task);
      return () => {
        tasks = tasks.filter((one) => one !== task);
      };
    },
    ...words,
  });
}

/** Lets the stores do what they have planned, e.g. try the shared one again. */
async function later(): Promise<void> {
  for (const task of tasks.splice(0)) task();
  await new Promise((resolve) => setImmediate(resolve));
}

const limited = [{ id: 'a', rpm: 10, tpm: 1_000, maxParallelRequests: 100 }];

async function admitOne(
  store: Pick<DegradingLimitStore, 'admit'>,
  words: Partial<AdmitRequest> = {},
): Promise<AdmitResult> {
  const [result] = await store.admit([anAdmitRequest({ candidates: limited, ...words })]);
  if (result === undefined) throw new Error('no answer');
  return result;
}

async function admittedOf(count: number, store: DegradingLimitStore): Promise<number> {
  const results = await store.admit(
    Array.from({ length: count }, () => anAdmitRequest({ candidates: limited })),
  );
  return results.filter(({ chosenId }) => chosenId !== undefined).length;
}

describe('while the shared store is there', () => {
  it('passes everything through and says that limits are exact', async () => {
    const store = aStore();
    expect(await admitOne(store)).toMatchObject({
      chosenId: 'a',
      limits: 'exact',
      state: { limitRequests: 10 },
    });
    expect(await admittedOf(20, store)).toBe(9);
    expect(changes).toEqual([]);
  });

  it('hides no other failure', async () => {
    await expect(admitOne(aStore(), { tokens: 0.5 })).rejects.toThrow(RangeError);
    expect(changes).toEqual([]);
  });
});

describe('while the shared store is away', () => {
  it('admits its share of every limit and says so', async () => {
    const store = aStore();
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    expect(await admitOne(store)).toMatchObject({
      chosenId: 'a',
      limits: 'degraded',
      state: { limitRequests: 5, remainingRequests: 4 },
    });
    expect(await admittedOf(20, store)).toBe(4);
    const scopes = [{ kind: 'team', id: 't', rpm: 3 }] as const;
    expect(await admitOne(store, { candidates: [{ id: 'free' }], scopes })).toMatchObject({
      chosenId: 'free',
    });
  });

  it('counts in its share what it admitted in the last minute through the shared store', async () => {
    const store = aStore();
    expect(await admittedOf(3, store)).toBe(3);
    primary.isAway = true;
    expect(await admittedOf(20, store)).toBe(2);
    clock.step(61_000);
    expect(await admittedOf(20, store)).toBe(5);
  });

  it('does not let a request wait for it more than once', async () => {
    const store = aStore();
    await admitOne(store);
    primary.isAway = true;
    const before = primary.asked;
    for (let count = 0; count < 5; count += 1) await admitOne(store);
    expect(primary.asked).toBe(before + 1);
    await later();
    expect(primary.asked).toBe(before + 2);
    expect(tasks).toHaveLength(1);
    expect(changes).toEqual(['degraded']);
  });

  it('refuses when told to', async () => {
    const store = aStore({ whenAway: 'refuse' });
    await admitOne(store);
    primary.isAway = true;
    await expect(admitOne(store)).rejects.toThrow(LimitStoreUnavailable);
    await expect(admitOne(store)).rejects.toThrow(LimitStoreUnavailable);
  });

  it('admits everything when told to', async () => {
    const store = aStore({ whenAway: 'allow' });
    primary.isAway = true;
    expect(await admittedOf(200, store)).toBe(200);
    expect(await admitOne(store)).toMatchObject({ limits: 'degraded', state: {} });
  });

  it('refuses as a newcomer, until what others admitted before it came no longer counts', async () => {
    primary.isAway = true;
    const store = aStore();
    await expect(admitOne(store)).rejects.toThrow(LimitStoreUnavailable);
    clock.step(60_999);
    await expect(admitOne(store)).rejects.toThrow(LimitStoreUnavailable);
    clock.step(1);
    expect(await admitOne(store)).toMatchObject({ chosenId: 'a' });
  });

  it('frees the slots of attempts that end, and leaves other attempts to the shared store', async () => {
    const candidates = [{ id: 'a', maxParallelRequests: 2 }];
    const store = aStore();
    await admitOne(store, { reservationId: 'shared', candidates: [{ id: 'b' }] });
    primary.isAway = true;
    await admitOne(store, { reservationId: 'own', candidates });
    expect((await admitOne(store, { candidates })).chosenId).toBeUndefined();
    const both = [
      { reservationId: 'own', tokens: 1 },
      { reservationId: 'shared', tokens: 1 },
    ];
    expect(await store.settleLocally(both)).toEqual([both[1]]);
    expect(await admitOne(store, { reservationId: 'next', candidates })).toMatchObject({ chosenId: 'a' });
    await store.release(['next']);
    expect(await admitOne(store, { candidates })).toMatchObject({ chosenId: 'a' });
    await expect(store.settle(both)).rejects.toThrow(LimitStoreUnavailable);
    await expect(store.release(['shared'])).rejects.toThrow(LimitStoreUnavailable);
  });
});

describe('when the shared store is back', () => {
  async function afterAnOutage(): Promise<DegradingLimitStore> {
    const store = aStore();
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    await admitOne(store, { reservationId: 'in flight', tokens: 100 });
    await admitOne(store, { reservationId: 'ended', tokens: 100 });
    await admitOne(store, { reservationId: 'never sent', tokens: 100 });
    await store.settle([{ reservationId: 'ended', tokens: 30 }]);
    await store.release(['never sent']);
    primary.isAway = false;
    await later();
    return store;
  }

  it('is exact again, by itself and without a request', async () => {
    const store = await afterAnOutage();
    expect(changes).toEqual(['degraded', 'exact']);
    expect(tasks).toEqual([]);
    expect(store.limits).toBe('exact');
    expect(await admitOne(store)).toMatchObject({ limits: 'exact', state: { limitRequests: 10 } });
  });

  it('hands over what was admitted meanwhile', async () => {
    const store = await afterAnOutage();
    expect(await admitOne(store, { tokens: 0 })).toMatchObject({
      state: { remainingRequests: 7, remainingTokens: 870 },
    });
    await store.settle([{ reservationId: 'in flight', tokens: 40 }]);
    expect(await admitOne(store, { tokens: 0 })).toMatchObject({ state: { remainingTokens: 930 } });
  });

  it('holds the slots of attempts that are still in flight, and only those', async () => {
    const store = await afterAnOutage();
    clock.step(1);
    const tight = (maxParallelRequests: number) => [{ id: 'a', maxParallelRequests }];
    expect((await admitOne(store, { candidates: tight(1) })).chosenId).toBeUndefined();
    expect((await admitOne(store, { candidates: tight(2) })).chosenId).toBe('a');
  });

  it('hands over nothing that no longer counts', async () => {
    const store = aStore();
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    await admitOne(store, { reservationId: 'old', leaseMs: 1_000 });
    clock.step(61_000);
    primary.isAway = false;
    await later();
    expect(await admitOne(store)).toMatchObject({ state: { remainingRequests: 9 } });
  });

  it('can go away again', async () => {
    const store = await afterAnOutage();
    primary.isAway = true;
    expect(await admitOne(store)).toMatchObject({ limits: 'degraded' });
    primary.isAway = false;
    await later();
    expect(changes).toEqual(['degraded', 'exact', 'degraded', 'exact']);
  });

  it('is tried no more once closed', async () => {
    const store = aStore({ whenAway: 'allow' });
    primary.isAway = true;
    await admitOne(store);
    store.close();
    expect(tasks).toEqual([]);
  });
});

it('never admits past a limit in an outage and after it, with any number of processes in any order', async () => {
  const step = fc.record({
    process: fc.nat(4),
    count: fc.integer({ min: 1, max: 6 }),
    waitMs: fc.nat(9_000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 12 }),
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.nat(40),
      async (of, rpm, steps, backAt) => {
        tasks = [];
        const stores = Array.from({ length: of }, (_, place) => aStore({ share: () => ({ place, of }) }));
        const hello = { candidates: [{ id: 'other' }] };
        primary.isAway = false;
        for (const store of stores) await admitOne(store, hello);
        primary.isAway = true;
        for (const store of stores) await admitOne(store, hello);
        const admitted: number[] = [];
        for (const [index, { process, count, waitMs }] of steps.entries()) {
          if (index === backAt) {
            primary.isAway = false;
            await later();
          }
          const candidates = [{ id: `a${of}`, rpm }];
          const asked = Array.from({ length: count }, () => anAdmitRequest({ candidates, leaseMs: 20_000 }));
          const results = (await stores[process % of]?.admit(asked)) ?? [];
          for (const { chosenId } of results) if (chosenId !== undefined) admitted.push(clock.now());
          clock.step(waitMs);
        }
        clock.step(120_000);
        for (const begin of admitted) {
          const window = admitted.filter((at) => at >= begin && at < begin + 60_000);
          expect(window.length).toBeLessThanOrEqual(rpm);
        }
      },
    ),
    { numRuns: 200 },
  );
});
