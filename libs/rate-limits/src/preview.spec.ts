// Real: both stores, one of them on a real Redis. Fake: the clock.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';
import { Outage } from './spec-support/outage.js';

describe.each(implementations)('a preview of $name', (implementation) => {
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

  it('takes nothing, however often it is asked', async () => {
    const request = anAdmitRequest({ candidates: [{ id: 'a', rpm: 1, maxParallelRequests: 1 }] });
    for (let times = 0; times < 3; times += 1) {
      expect(await store.preview([request])).toMatchObject([{ chosenId: 'a' }]);
    }
    expect(await store.used(['a'])).toEqual([{ requests: 0, tokens: 0, parallel: 0 }]);
    expect(await store.admit([request])).toMatchObject([{ chosenId: 'a' }]);
    expect(await store.used(['a', 'nobody'])).toEqual([
      { requests: 1, tokens: 1, parallel: 1 },
      { requests: 0, tokens: 0, parallel: 0 },
    ]);
  });

  it('leaves the attempt before as it is', async () => {
    const first = anAdmitRequest({ candidates: [{ id: 'a' }], tokens: 5 });
    await store.admit([first]);
    await store.preview([
      anAdmitRequest({ previous: { reservationId: first.reservationId, tokens: 100 }, tokens: 1 }),
    ]);
    expect(await store.used(['a'])).toEqual([{ requests: 1, tokens: 5, parallel: 1 }]);
  });

  it('forgets with the window what admissions forget with it', async () => {
    await store.admit([anAdmitRequest({ tokens: 5 })]);
    clock.step(30_000);
    await store.admit([anAdmitRequest({ tokens: 7 })]);
    clock.step(31_000);
    expect(await store.used(['a'])).toMatchObject([{ requests: 1, tokens: 7 }]);
    expect(await store.used(['a'])).toMatchObject([{ requests: 1, tokens: 7 }]);
    clock.step(31_000);
    expect(await store.used(['a'])).toMatchObject([{ requests: 0, tokens: 0 }]);
  });

  it('says what the admission after it says', async () => {
    const limit = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
    const anyCandidate = fc.record({ rpm: limit, tpm: limit, maxParallelRequests: limit });
    const anyRequest = fc.record({
      candidates: fc.array(anyCandidate, { minLength: 1, maxLength: 3 }),
      scope: fc.record({ rpm: limit, budget: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) }),
      pick: fc.constantFrom('first', 'least-tokens', 'least-busy'),
      tokens: fc.integer({ min: 0, max: 2 }),
      nanoDollars: fc.integer({ min: 0, max: 3 }),
      seed: fc.integer({ min: 0, max: 5 }),
      step: fc.integer({ min: 0, max: 20_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyRequest, { maxLength: 6 }), async (requests) => {
        store = await running.open(clock);
        for (const { candidates, scope, step, ...rest } of requests) {
          clock.step(step);
          const request = anAdmitRequest({
            ...rest,
            candidates: candidates.map((limits, index) => ({ id: 'abc'[index] ?? '', ...limits })),
            scopes: [
              {
                kind: 'api_key',
                id: 'k',
                rpm: scope.rpm,
                ...(scope.budget !== undefined && { budgets: [{ maxNanoDollars: scope.budget }] }),
              },
            ],
          });
          const [foreseen] = await store.preview([request]);
          const [happened] = await store.admit([request]);
          expect(withoutState(foreseen)).toEqual(withoutState(happened));
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** What is left of limits differs by the very request. */
function withoutState(result: AdmitResult | undefined): unknown {
  const scopeVerdicts = result?.scopeVerdicts.map((verdict) => ({ ...verdict, state: undefined }));
  return { chosenId: result?.chosenId, verdicts: result?.verdicts, scopeVerdicts };
}

describe('a preview while the shared store is away', () => {
  const request = (overrides: Partial<AdmitRequest> = {}): AdmitRequest =>
    anAdmitRequest({ candidates: [{ id: 'a', rpm: 2 }], ...overrides });

  it('is under the limits that hold then, and does not end the time without it', async () => {
    const outage = new Outage();
    const store = outage.aStore({ whenAway: 'allow' });
    expect(await store.preview([request()])).toMatchObject([{ chosenId: 'a', limits: 'exact' }]);
    outage.primary.isAway = true;
    await store.admit([request()]);
    expect(await store.preview([request()])).toMatchObject([{ chosenId: 'a', limits: 'degraded' }]);
    expect(await store.used(['a'])).toMatchObject([{ requests: 1 }]);
    expect(outage.changes).toEqual(['degraded']);
  });

  it('is refused where calls are', async () => {
    const outage = new Outage();
    const store = outage.aStore({ whenAway: 'refuse' });
    outage.primary.isAway = true;
    await store.probe();
    await expect(store.preview([request()])).rejects.toThrow();
  });
});
