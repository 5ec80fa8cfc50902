// Fakes: the shared store is one in memory that can be taken away, the clock and the schedule stand still.
import { beforeEach, describe, expect, it } from 'vitest';
import type { DegradingLimitStore, DegradingLimitStoreOptions } from './degrading-limit-store.js';
import { LimitStoreUnavailable } from './limit-store-unavailable.js';
import type { AdmitRequest, AdmitResult } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import type { FragileStore } from './spec-support/fragile-store.js';
import type { TestClock } from './spec-support/implementations.js';
import { Outage } from './spec-support/outage.js';

let outage: Outage;
let clock: TestClock;
let primary: FragileStore;
let changes: readonly string[];

beforeEach(() => {
  outage = new Outage();
  ({ clock, primary, changes } = outage);
});

const aStore = (words: Partial<DegradingLimitStoreOptions> = {}): DegradingLimitStore => outage.aStore(words);
const later = (): Promise<void> => outage.later();

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
    expect(outage.tasks).toHaveLength(1);
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

  it('keeps the share of every scope, and does not count the further attempts of a call', async () => {
    const store = aStore();
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    const team = { kind: 'team', id: 't', rpm: 4, maxParallelRequests: 2 } as const;
    const ask = (reservationId: string, previous?: string) =>
      admitOne(store, {
        reservationId,
        candidates: [{ id: 'free' }],
        scopes: [team],
        ...(previous !== undefined && { previous: { reservationId: previous, tokens: 0 } }),
      });
    expect(await ask('first')).toMatchObject({
      chosenId: 'free',
      scopeVerdicts: [{ code: 'fits', state: { limitRequests: 2, remainingRequests: 1 } }],
    });
    expect(await ask('second')).toMatchObject({ scopeVerdicts: [{ code: 'parallel' }] });
    expect(await ask('first-again', 'first')).toMatchObject({ chosenId: 'free' });
    await store.settle([{ reservationId: 'first-again', tokens: 0 }]);
    expect(await ask('second')).toMatchObject({ chosenId: 'free' });
    await store.settle([{ reservationId: 'second', tokens: 0 }]);
    expect(await ask('third')).toMatchObject({ scopeVerdicts: [{ code: 'rpm' }] });
    primary.isAway = false;
    await later();
    clock.step(2);
    const [handedOver] = await primary.admit([anAdmitRequest({ scopes: [{ ...team, rpm: 3 }] })]);
    expect(handedOver).toMatchObject({ chosenId: 'a', scopeVerdicts: [{ state: { remainingRequests: 0 } }] });
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
    expect(outage.tasks).toEqual([]);
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

  it('takes back what it was asked for and may have admitted without an answer', async () => {
    const candidates = [{ id: 'a', rpm: 4, maxParallelRequests: 9 }];
    const store = aStore();
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.losesAnswers = true;
    const asked = Array.from({ length: 4 }, (_, at) =>
      anAdmitRequest({ reservationId: `${at}`, candidates }),
    );
    const results = await store.admit(asked);
    expect(results.filter(({ chosenId }) => chosenId !== undefined)).toHaveLength(2);
    primary.losesAnswers = false;
    await later();
    expect(await admitOne(store, { candidates })).toMatchObject({ state: { remainingRequests: 1 } });
  });

  it('hears of attempts that end while they are handed over', async () => {
    const candidates = [{ id: 'a', tpm: 1_000, maxParallelRequests: 1 }];
    const store = aStore({ share: () => ({ place: 0, of: 1 }) });
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    await admitOne(store, { reservationId: 'ending', candidates, tokens: 100 });
    primary.isAway = false;
    primary.beforeAnswer = () => {
      primary.beforeAnswer = () => store.settleLocally([{ reservationId: 'ending', tokens: 30 }]);
      return Promise.resolve();
    };
    await later();
    expect(await admitOne(store, { candidates, tokens: 0 })).toMatchObject({
      chosenId: 'a',
      state: { remainingTokens: 970 },
    });
  });

  it('keeps no slot of its own for attempts that it handed over', async () => {
    const candidates = [{ id: 'a', maxParallelRequests: 1 }];
    const store = aStore({ share: () => ({ place: 0, of: 1 }) });
    await admitOne(store, { candidates: [{ id: 'other' }] });
    primary.isAway = true;
    await admitOne(store, { reservationId: 'handed over', candidates });
    primary.isAway = false;
    await later();
    await store.settle([{ reservationId: 'handed over', tokens: 1 }]);
    primary.isAway = true;
    expect(await admitOne(store, { candidates })).toMatchObject({ chosenId: 'a', limits: 'degraded' });
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
    expect(outage.tasks).toEqual([]);
  });
});
