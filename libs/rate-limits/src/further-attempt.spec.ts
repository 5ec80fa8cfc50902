// Real: both stores, one of them on a real Redis. Fake: the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

const key = { kind: 'api_key', id: 'k' } as const;

describe.each(implementations)('the further attempts of a call by $name', (implementation) => {
  let running: Awaited<ReturnType<typeof implementation.start>>;
  let store: LimitStore;

  beforeAll(async () => {
    running = await implementation.start();
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    store = await running.open(new TestClock());
  });

  const admit = async (words: Partial<AdmitRequest>): Promise<AdmitResult> => {
    const [result] = await store.admit([anAdmitRequest(words)]);
    if (result === undefined) throw new Error('no answer');
    return result;
  };
  /** The attempt that follows another one, which used so many tokens. */
  const follow = (reservationId: string, before: string, tokens: number, words: Partial<AdmitRequest>) =>
    admit({ reservationId, previous: { reservationId: before, tokens }, ...words });

  it('are one request of the scope, and one each of the deployments', async () => {
    const scopes = [{ ...key, rpm: 2 }];
    const candidates = [{ id: 'a', rpm: 10 }];
    await admit({ reservationId: '1', scopes, candidates });
    await follow('2', '1', 0, { scopes, candidates });
    expect(await follow('3', '2', 0, { scopes, candidates })).toMatchObject({
      state: { remainingRequests: 7 },
      scopeVerdicts: [{ code: 'fits', state: { limitRequests: 2, remainingRequests: 1 } }],
    });
    expect(await admit({ scopes, candidates })).toMatchObject({ chosenId: 'a' });
    expect(await admit({ scopes, candidates })).toMatchObject({ scopeVerdicts: [{ code: 'rpm' }] });
    expect(await follow('4', '3', 0, { scopes, candidates })).toMatchObject({ chosenId: 'a' });
  });

  it('are a request each of a scope that counts them anew', async () => {
    const other = { kind: 'model_per_key', id: 'other', rpm: 1, countsAnew: true } as const;
    await admit({ reservationId: '1', scopes: [{ ...key, rpm: 1 }] });
    expect(await follow('2', '1', 0, { scopes: [{ ...key, rpm: 1 }, other] })).toMatchObject({
      chosenId: 'a',
      scopeVerdicts: [{ state: { remainingRequests: 0 } }, { state: { remainingRequests: 0 } }],
    });
    expect(await follow('3', '2', 0, { scopes: [{ ...key, rpm: 1 }, other] })).toMatchObject({
      scopeVerdicts: [{ code: 'fits' }, { code: 'rpm' }],
    });
    expect(await follow('4', '3', 0, { scopes: [{ ...other, countsAnew: undefined }] })).toMatchObject({
      scopeVerdicts: [{ code: 'fits' }],
    });
  });

  it('are not in the way of each other: the one before is settled first', async () => {
    const scopes = [{ ...key, tpm: 100, maxParallelRequests: 1 }];
    const candidates = [{ id: 'a', maxParallelRequests: 1 }];
    await admit({ reservationId: '1', scopes, candidates, tokens: 60 });
    expect(await follow('2', '1', 15, { scopes, candidates, tokens: 60 })).toMatchObject({
      chosenId: 'a',
      scopeVerdicts: [{ state: { limitTokens: 100, remainingTokens: 25 } }],
    });
    await store.settle([{ reservationId: '1', tokens: 99 }]);
    expect(await follow('3', '2', 0, { scopes, candidates, tokens: 85 })).toMatchObject({ chosenId: 'a' });
  });

  it('take no slot from a call that came in between', async () => {
    const scopes = [{ ...key, maxParallelRequests: 1 }];
    await admit({ reservationId: '1', scopes });
    await store.settle([{ reservationId: '1', tokens: 0 }]);
    await admit({ scopes });
    const refused = await follow('2', '1', 0, { scopes });
    expect(refused.chosenId).toBeUndefined();
    expect(refused.scopeVerdicts).toMatchObject([{ code: 'parallel' }]);
  });

  it('give back what they took: tokens to the scope, and no request', async () => {
    const scopes = [{ ...key, rpm: 5, tpm: 100 }];
    await admit({ reservationId: '1', scopes, tokens: 10 });
    await follow('2', '1', 10, { scopes, tokens: 50 });
    await store.release(['2']);
    expect(await admit({ scopes, tokens: 1 })).toMatchObject({
      scopeVerdicts: [{ state: { remainingRequests: 3, remainingTokens: 89 } }],
    });
  });

  it('may follow each other within one batch of other calls', async () => {
    const scopes = [{ ...key, maxParallelRequests: 2 }];
    await store.admit(['1', '2'].map((reservationId) => anAdmitRequest({ reservationId, scopes })));
    const results = await store.admit([
      anAdmitRequest({ scopes, previous: { reservationId: '1', tokens: 0 } }),
      anAdmitRequest({ scopes }),
      anAdmitRequest({ scopes, previous: { reservationId: '2', tokens: 0 } }),
    ]);
    expect(results.filter(({ chosenId }) => chosenId !== undefined)).toHaveLength(2);
  });
});
