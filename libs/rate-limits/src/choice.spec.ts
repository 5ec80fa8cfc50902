// Real: both stores, one of them on a real Redis. Fake: the clock.
import { LimitScopeKindSchema } from '@signalbox/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

describe.each(implementations)('choice among candidates and scopes by $name', (implementation) => {
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

  it('takes the first that fits, in the order given', async () => {
    const candidates = [{ id: 'a', rpm: 1 }, { id: 'b' }, { id: 'c' }];
    expect(await admit({ candidates })).toMatchObject({ chosenId: 'a' });
    expect(await admit({ candidates })).toMatchObject({
      chosenId: 'b',
      verdicts: [
        { id: 'a', code: 'rpm', retryAfterMs: 60_000 },
        { id: 'b', code: 'chosen' },
        { id: 'c', code: 'eligible' },
      ],
    });
  });

  it('takes the one with the fewest tokens in the window, with limits or without', async () => {
    await admit({ candidates: [{ id: 'a' }], tokens: 50 });
    await admit({ candidates: [{ id: 'b' }], tokens: 10 });
    await admit({ candidates: [{ id: 'c' }], tokens: 20 });
    const candidates = [{ id: 'a' }, { id: 'b', tpm: 15 }, { id: 'c' }];
    expect(await admit({ candidates, pick: 'least-tokens', tokens: 5 })).toMatchObject({ chosenId: 'b' });
    expect(await admit({ candidates, pick: 'least-tokens', tokens: 5 })).toMatchObject({ chosenId: 'c' });
  });

  it('takes the least busy one', async () => {
    for (const id of ['a', 'a', 'b']) await admit({ candidates: [{ id }] });
    const candidates = [{ id: 'a' }, { id: 'b' }];
    expect(await admit({ candidates, pick: 'least-busy' })).toMatchObject({ chosenId: 'b' });
  });

  it('decides ties by the seed', async () => {
    const candidates = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    const chosen: (string | undefined)[] = [];
    for (const seed of [0, 1, 2, 4]) {
      store = await running.open(clock);
      chosen.push((await admit({ candidates, pick: 'least-tokens', seed })).chosenId);
    }
    expect(chosen).toEqual(['a', 'b', 'c', 'b']);
  });

  it('tries a higher tier only when nothing of the lower ones fits', async () => {
    const candidates = [
      { id: 'spare', order: 2 },
      { id: 'a', order: 1, rpm: 1 },
      { id: 'b', order: 1, rpm: 1 },
    ];
    await admit({ candidates, pick: 'least-tokens', tokens: 9, seed: 0 });
    expect(await admit({ candidates, pick: 'least-tokens', tokens: 9 })).toMatchObject({ chosenId: 'b' });
    expect(await admit({ candidates, pick: 'least-tokens' })).toMatchObject({ chosenId: 'spare' });
  });

  it('reserves everything or nothing: a refusal leaves no trace in any scope', async () => {
    const key = { kind: 'api_key', id: 'k', rpm: 5 } as const;
    const team = { kind: 'team', id: 't', tpm: 10 } as const;
    await admit({ scopes: [team], tokens: 8 });
    const refused = await admit({ scopes: [key, team], tokens: 3 });
    expect(refused).toMatchObject({
      verdicts: [{ id: 'a', code: 'eligible' }],
      scopeVerdicts: [
        { kind: 'api_key', id: 'k', code: 'fits' },
        { kind: 'team', id: 't', code: 'tpm', retryAfterMs: 60_000 },
      ],
    });
    expect(refused.chosenId).toBeUndefined();
    expect(refused.state).toBeUndefined();
    const exactlyOnce = { candidates: [{ id: 'a', tpm: 10, rpm: 2, maxParallelRequests: 2 }], tokens: 2 };
    const one = { ...key, rpm: 1 };
    expect(await admit({ ...exactlyOnce, scopes: [one, team] })).toMatchObject({
      chosenId: 'a',
      state: { limitRequests: 2, remainingRequests: 0, limitTokens: 10, remainingTokens: 0 },
    });
  });

  it('reserves nothing for the scopes when no candidate fits', async () => {
    const scopes = [{ kind: 'end_user', id: 'u', rpm: 1 }] as const;
    await admit({ scopes, candidates: [{ id: 'a', rpm: 0 }] });
    expect(await admit({ scopes })).toMatchObject({ chosenId: 'a' });
    expect(await admit({ scopes })).toMatchObject({ scopeVerdicts: [{ code: 'rpm' }] });
  });

  it('keeps a deployment and every kind of scope of the same id apart', async () => {
    const limits = { id: 'x', rpm: 1 };
    const kinds = LimitScopeKindSchema.options;
    const scopes = kinds.map((kind) => ({ kind, ...limits }));
    expect(await admit({ candidates: [limits], scopes })).toMatchObject({ chosenId: 'x' });
  });

  it('admits a batch in order: each request sees what the ones before it took', async () => {
    const candidates = [
      { id: 'a', rpm: 2 },
      { id: 'b', rpm: 1 },
    ];
    const results = await store.admit(Array.from({ length: 4 }, () => anAdmitRequest({ candidates })));
    expect(results.map(({ chosenId }) => chosenId)).toEqual(['a', 'a', 'b', undefined]);
  });

  it('admits a batch whose requests have candidates and limits of their own', async () => {
    const results = await store.admit([
      anAdmitRequest({ candidates: [{ id: 'b' }, { id: 'a' }], pick: 'least-busy', seed: 1 }),
      anAdmitRequest({
        candidates: [
          { id: 'a', rpm: 1 },
          { id: 'c', order: -1 },
        ],
      }),
      anAdmitRequest({
        candidates: [
          { id: 'a', rpm: 1 },
          { id: 'b', tpm: 0 },
        ],
      }),
      anAdmitRequest({ candidates: [{ id: 'a', rpm: 2 }] }),
    ]);
    expect(results.map(({ chosenId }) => chosenId)).toEqual(['a', 'c', undefined, 'a']);
  });
});
