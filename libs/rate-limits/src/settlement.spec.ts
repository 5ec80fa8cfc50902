// Real: both stores, one of them on a real Redis. Fake: the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

const limits = { id: 'a', rpm: 1_000, tpm: 1_000_000 };

describe.each(implementations)('settlement by $name', (implementation) => {
  let running: Awaited<ReturnType<typeof implementation.start>>;
  let clock: TestClock;
  let store: LimitStore;

  beforeAll(async () => {
    running = await implementation.start();
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    clock = new TestClock();
    store = await running.open(clock);
  });

  const reserve = async (overrides: Partial<AdmitRequest> = {}): Promise<string> => {
    const request = anAdmitRequest({ candidates: [limits], ...overrides });
    const [result] = await store.admit([request]);
    expect(result?.chosenId).toBeDefined();
    return request.reservationId;
  };
  /** What a ledger holds, seen by a request that is taken back at once. */
  const usage = async () => {
    const reservationId = await reserve({ tokens: 0 });
    const [result] = await store.admit([anAdmitRequest({ reservationId, candidates: [limits] })]);
    await store.release([reservationId]);
    const { remainingRequests = 0, remainingTokens = 0 } = result?.state ?? {};
    return { requests: limits.rpm - remainingRequests - 1, tokens: limits.tpm - remainingTokens };
  };
  const hasFreeSlot = async (maxParallelRequests: number): Promise<boolean> => {
    const request = anAdmitRequest({ candidates: [{ ...limits, maxParallelRequests }] });
    const [result] = await store.admit([request]);
    await store.release([request.reservationId]);
    return result?.chosenId !== undefined;
  };

  it('corrects the reserved tokens to the real ones, down and up', async () => {
    const [first, second] = [await reserve({ tokens: 100 }), await reserve({ tokens: 100 })];
    await store.settle([{ reservationId: first, tokens: 30 }]);
    expect(await usage()).toEqual({ requests: 2, tokens: 130 });
    await store.settle([{ reservationId: second, tokens: 250 }]);
    expect(await usage()).toEqual({ requests: 2, tokens: 280 });
  });

  it('corrects the second the reservation was taken in', async () => {
    const early = await reserve({ tokens: 100 });
    clock.step(30_000);
    await reserve({ tokens: 7 });
    await store.settle([{ reservationId: early, tokens: 1 }]);
    expect(await usage()).toEqual({ requests: 2, tokens: 8 });
    clock.step(30_000);
    expect(await usage()).toEqual({ requests: 1, tokens: 7 });
  });

  it('admits nothing more while the real tokens are over the limit', async () => {
    const reservationId = await reserve({ tokens: 10 });
    await store.settle([{ reservationId, tokens: 500 }]);
    const candidates = [{ id: 'a', tpm: 100 }];
    expect(await store.admit([anAdmitRequest({ candidates })])).toMatchObject([
      { verdicts: [{ code: 'tpm', retryAfterMs: 60_000 }] },
    ]);
  });

  it('changes every scope of the reservation', async () => {
    const scope = { kind: 'team', id: 't', tpm: 100 } as const;
    const reservationId = await reserve({ scopes: [scope], tokens: 100 });
    await store.settle([{ reservationId, tokens: 40 }]);
    expect(await store.admit([anAdmitRequest({ scopes: [scope], tokens: 61 })])).toMatchObject([
      { scopeVerdicts: [{ code: 'tpm' }] },
    ]);
    await reserve({ scopes: [scope], tokens: 60 });
  });

  it('frees the parallel slot', async () => {
    const reservationId = await reserve();
    expect(await hasFreeSlot(1)).toBe(false);
    await store.settle([{ reservationId, tokens: 1 }]);
    expect(await hasFreeSlot(1)).toBe(true);
  });

  it('counts once however often it is told', async () => {
    const reservationId = await reserve({ tokens: 100 });
    await reserve({ tokens: 100 });
    const settlement = { reservationId, tokens: 30 };
    await store.settle([settlement, settlement]);
    await store.settle([settlement, { reservationId, tokens: 99 }]);
    await store.release([reservationId]);
    expect(await usage()).toEqual({ requests: 2, tokens: 130 });
    expect(await hasFreeSlot(1)).toBe(false);
    expect(await hasFreeSlot(2)).toBe(true);
  });

  it('takes a released reservation back as if it had never been, once', async () => {
    const reservationId = await reserve({ tokens: 100 });
    await reserve({ tokens: 11 });
    await store.release([reservationId, reservationId]);
    await store.release([reservationId]);
    await store.settle([{ reservationId, tokens: 50 }]);
    expect(await usage()).toEqual({ requests: 1, tokens: 11 });
    expect(await hasFreeSlot(2)).toBe(true);
  });

  it('takes no notice of ids it does not know, and of nothing', async () => {
    await reserve({ tokens: 10 });
    await store.settle([]);
    await store.release([]);
    await store.settle([{ reservationId: 'never seen', tokens: 10 }]);
    await store.release(['never seen']);
    expect(await usage()).toEqual({ requests: 1, tokens: 10 });
  });

  it('gives the slots of a killed process back when the lease ends, its tokens when they age out', async () => {
    await reserve({ tokens: 10, leaseMs: 20_000 });
    clock.step(19_999);
    expect(await hasFreeSlot(1)).toBe(false);
    clock.step(1);
    expect(await hasFreeSlot(1)).toBe(true);
    expect(await usage()).toEqual({ requests: 1, tokens: 10 });
    clock.step(40_000);
    expect(await usage()).toEqual({ requests: 0, tokens: 0 });
  });

  it('still corrects the tokens when it comes after the lease but within the window', async () => {
    const reservationId = await reserve({ tokens: 100, leaseMs: 1_000 });
    clock.step(5_000);
    await store.settle([{ reservationId, tokens: 60 }]);
    expect(await usage()).toEqual({ requests: 1, tokens: 60 });
  });

  it('frees the slot of a long answer, and leaves the younger seconds alone', async () => {
    const reservationId = await reserve({ tokens: 100 });
    clock.step(90_000);
    await reserve({ tokens: 5 });
    await store.settle([{ reservationId, tokens: 3 }]);
    expect(await usage()).toEqual({ requests: 1, tokens: 5 });
    expect(await hasFreeSlot(2)).toBe(true);
    expect(await hasFreeSlot(1)).toBe(false);
  });

  it('refuses tokens that are not whole numbers', async () => {
    await expect(store.settle([{ reservationId: 'x', tokens: 0.5 }])).rejects.toThrow(RangeError);
  });
});
