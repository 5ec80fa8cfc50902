// Real: both stores, one of them on a real Redis. Fake: the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

describe.each(implementations)('admission by $name', (implementation) => {
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

  const admit = async (overrides: Partial<AdmitRequest> = {}): Promise<AdmitResult> => {
    const [result] = await store.admit([anAdmitRequest(overrides)]);
    if (result === undefined) throw new Error('no answer');
    return result;
  };
  const verdictOf = async (overrides: Partial<AdmitRequest>) => (await admit(overrides)).verdicts[0];

  it('answers an empty batch with nothing', async () => {
    expect(await store.admit([])).toEqual([]);
  });

  it('refuses a request without candidates', async () => {
    const request = anAdmitRequest({ candidates: [] });
    expect(await store.admit([request])).toEqual([
      { reservationId: request.reservationId, verdicts: [], scopeVerdicts: [] },
    ]);
  });

  it('admits as many requests as the rpm and names the moment the next one fits', async () => {
    const candidates = [{ id: 'a', rpm: 2 }];
    await admit({ candidates });
    clock.step(10_500);
    await admit({ candidates });
    clock.step(500);
    expect(await admit({ candidates })).toMatchObject({
      verdicts: [{ id: 'a', code: 'rpm', retryAfterMs: 49_000 }],
    });
    clock.step(48_999);
    expect(await verdictOf({ candidates })).toEqual({ id: 'a', code: 'rpm', retryAfterMs: 1 });
    clock.step(1);
    expect(await verdictOf({ candidates })).toEqual({ id: 'a', code: 'chosen' });
    expect(await verdictOf({ candidates })).toEqual({ id: 'a', code: 'rpm', retryAfterMs: 10_500 });
  });

  it('fills the tpm to the last token and not further', async () => {
    const candidates = [{ id: 'a', tpm: 100 }];
    await admit({ candidates, tokens: 60 });
    expect(await verdictOf({ candidates, tokens: 41 })).toMatchObject({ code: 'tpm' });
    expect(await verdictOf({ candidates, tokens: 40 })).toMatchObject({ code: 'chosen' });
  });

  it('lets a request of no tokens pass a full tpm', async () => {
    const candidates = [{ id: 'a', tpm: 100 }];
    await admit({ candidates, tokens: 100 });
    expect(await verdictOf({ candidates, tokens: 0 })).toMatchObject({ code: 'chosen' });
  });

  it('waits for as many seconds to age out as the tokens need', async () => {
    const candidates = [{ id: 'a', tpm: 100 }];
    for (const tokens of [10, 30, 60]) {
      await admit({ candidates, tokens });
      clock.step(5_000);
    }
    expect(await verdictOf({ candidates, tokens: 10 })).toMatchObject({ retryAfterMs: 45_000 });
    expect(await verdictOf({ candidates, tokens: 11 })).toMatchObject({ retryAfterMs: 50_000 });
    expect(await verdictOf({ candidates, tokens: 41 })).toMatchObject({ retryAfterMs: 55_000 });
  });

  it('gives no time to a request that can never fit', async () => {
    expect(await verdictOf({ candidates: [{ id: 'a', tpm: 10 }], tokens: 11 })).toEqual({
      id: 'a',
      code: 'tpm',
    });
    expect(await verdictOf({ candidates: [{ id: 'a', rpm: 0 }] })).toEqual({ id: 'a', code: 'rpm' });
    expect(await verdictOf({ candidates: [{ id: 'a', maxParallelRequests: 0 }] })).toEqual({
      id: 'a',
      code: 'parallel',
    });
  });

  it('names the limit that is in the way longest', async () => {
    await admit({ tokens: 5 });
    clock.step(20_000);
    await admit({ tokens: 50 });
    const limits = { id: 'a', rpm: 2, tpm: 55 };
    expect(await verdictOf({ candidates: [limits], tokens: 5 })).toEqual({
      id: 'a',
      code: 'rpm',
      retryAfterMs: 40_000,
    });
    expect(await verdictOf({ candidates: [limits], tokens: 6 })).toEqual({
      id: 'a',
      code: 'tpm',
      retryAfterMs: 60_000,
    });
  });

  it('does not let a burst around the turn of a minute pass twice the limit', async () => {
    const candidates = [{ id: 'a', rpm: 3 }];
    clock.step(59_999);
    for (let count = 0; count < 3; count += 1) await admit({ candidates });
    clock.step(2);
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'rpm', retryAfterMs: 59_998 });
  });

  it('counts a second until its youngest request is 60 seconds old', async () => {
    const candidates = [{ id: 'a', rpm: 2 }];
    await admit({ candidates });
    clock.step(999);
    await admit({ candidates });
    clock.step(59_001);
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'rpm', retryAfterMs: 999 });
    clock.step(999);
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'chosen' });
  });

  it('frees a parallel slot when the lease ends, and promises a second at most', async () => {
    const candidates = [{ id: 'a', maxParallelRequests: 1 }];
    await admit({ candidates, leaseMs: 5_000 });
    expect(await verdictOf({ candidates })).toEqual({ id: 'a', code: 'parallel', retryAfterMs: 1_000 });
    clock.step(4_500);
    expect(await verdictOf({ candidates })).toEqual({ id: 'a', code: 'parallel', retryAfterMs: 500 });
    clock.step(500);
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'chosen' });
  });

  it('tells what is left of the limits of the chosen deployment', async () => {
    await admit({ tokens: 10 });
    const candidates = [{ id: 'a', rpm: 5, tpm: 100 }];
    expect(await admit({ candidates, tokens: 30 })).toMatchObject({
      state: { limitRequests: 5, remainingRequests: 3, limitTokens: 100, remainingTokens: 60 },
    });
    expect((await admit({ tokens: 10 })).state).toEqual({});
  });

  it('gives the same reservation the same answer and takes nothing more', async () => {
    const candidates = [
      { id: 'a', rpm: 1 },
      { id: 'b', rpm: 1 },
    ];
    const request = anAdmitRequest({ candidates });
    expect(await store.admit([request, request])).toMatchObject([{ chosenId: 'a' }, { chosenId: 'a' }]);
    expect(await store.admit([request])).toMatchObject([
      {
        chosenId: 'a',
        verdicts: [{ code: 'chosen' }, { code: 'eligible' }],
        state: { remainingRequests: 0 },
      },
    ]);
    expect(await admit({ candidates })).toMatchObject({ chosenId: 'b' });
  });

  it('stays exact when the clock steps back', async () => {
    const candidates = [{ id: 'a', rpm: 2 }];
    await admit({ candidates });
    clock.step(-30_000);
    await admit({ candidates });
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'rpm', retryAfterMs: 90_000 });
    clock.step(90_000);
    expect(await verdictOf({ candidates })).toMatchObject({ code: 'chosen' });
  });

  it('takes ids as they come', async () => {
    const ids = ['{x}', '}{', 'a:cells', '"quoted"', 'Ü 🚂', '\n', ''];
    for (const id of ids) {
      const reservationId = `attempt of ${id}`;
      const one = {
        reservationId,
        candidates: [{ id, rpm: 1 }],
        scopes: [{ kind: 'api_key', id, rpm: 1 }],
      } as const;
      expect(await admit(one)).toMatchObject({ chosenId: id });
      await store.release([reservationId]);
      expect(await admit(one)).toMatchObject({ chosenId: id });
    }
  });

  it('compares hundreds of candidates', async () => {
    const candidates = Array.from({ length: 1_500 }, (_, index) => ({
      id: `d${index}`,
      tpm: 10 + (index % 7),
    }));
    await store.admit(
      candidates
        .filter(({ id }) => id !== 'd1234')
        .map((one) => anAdmitRequest({ candidates: [one], tokens: 2 })),
    );
    expect(await admit({ candidates, pick: 'least-tokens' })).toMatchObject({ chosenId: 'd1234' });
  });

  it('refuses the same scope twice', async () => {
    const scope = { kind: 'api_key', id: 'k' } as const;
    await expect(admit({ scopes: [scope, scope] })).rejects.toThrow('scopes must differ');
  });

  it.each([
    ['tokens', { tokens: 1.5 }],
    ['tokens', { tokens: -1 }],
    ['leaseMs', { leaseMs: 0 }],
    ['rpm', { candidates: [{ id: 'a', rpm: Number.NaN }] }],
    ['tpm', { scopes: [{ kind: 'api_key', id: 'k', tpm: 0.1 }] }],
  ] as const)('refuses %s that are not whole numbers', async (what, overrides) => {
    await expect(admit(overrides)).rejects.toThrow(new RegExp(`^${what} must be an integer`));
  });
});
