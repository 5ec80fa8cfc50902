/** Fake: the memory limit store under a clock that stands still. */
import {
  LimitStoreUnavailable,
  MemoryLimitStore,
  type AdmitRequest,
  type LimitStore,
} from '@signalbox/rate-limits';
import { costBased, leastBusy, simpleShuffle, usageBased, type Strategy } from '@signalbox/routing';
import {
  aCatalog,
  aDeployment,
  aRegion,
  aRouteRequest,
  chiSquare,
  seededDice,
} from '@signalbox/routing/testing';
import { describe, expect, it } from 'vitest';
import { decideBatch, type DecisionSources } from './decide-batch.js';

const eu = aDeployment({ id: 'eu', region: aRegion('eu'), limits: { rpm: 2 } });
const us = aDeployment({ id: 'us', region: aRegion('us') });
const onlyEu = [{ allowed: ['eu'], from: 'end_user' as const }];

function sources(words: Partial<DecisionSources> = {}): DecisionSources {
  return {
    catalog: aCatalog([eu, us]),
    facts: { learnedRegion: () => undefined, latencyMs: () => undefined, random: seededDice(1) },
    limits: new MemoryLimitStore({ now: () => 1_000, random: () => 0 }),
    rules: { strategy: usageBased, timeoutMs: 1_000 },
    ...words,
  };
}

function requests(count: number, words: Parameters<typeof aRouteRequest>[0] = {}) {
  return Array.from({ length: count }, (_, index) =>
    aRouteRequest({ attemptId: `attempt-${index}`, ...words }),
  );
}

class CountingStore implements Pick<LimitStore, 'admit'> {
  readonly calls: (readonly AdmitRequest[])[] = [];
  private readonly store = new MemoryLimitStore({ now: () => 1_000, random: () => 0 });
  admit(asked: readonly AdmitRequest[]) {
    this.calls.push(asked);
    return this.store.admit(asked);
  }
}

describe('the configuration a request goes by', () => {
  const now = aCatalog([us], { version: 'now' });
  const before = aCatalog([eu], { version: 'before' });
  const decidedBy = async (catalogVersion?: string, earlier = [before]) => {
    const [outcome] = await decideBatch(
      sources({ catalog: now, earlier }),
      requests(1, catalogVersion === undefined ? {} : { catalogVersion }),
    );
    return outcome?.outcome === 'chosen'
      ? [outcome.deploymentId, outcome.catalogVersion]
      : [outcome?.fault.code];
  };

  it('is the one in force, or the one that the gateway goes by still', async () => {
    expect(await decidedBy()).toEqual(['us', 'now']);
    expect(await decidedBy('now')).toEqual(['us', 'now']);
    expect(await decidedBy('before')).toEqual(['eu', 'before']);
  });

  it('is never another one than the gateway’s: then nothing is decided or reserved', async () => {
    const limits = new CountingStore();
    expect(await decidedBy('to come')).toEqual(['catalog_mismatch']);
    expect(await decidedBy('before', [])).toEqual(['catalog_mismatch']);
    await decideBatch(sources({ limits }), requests(2, { catalogVersion: 'to come' }));
    expect(limits.calls).toEqual([]);
  });
});

describe('a batch', () => {
  it('asks for capacity once, in order, and only for requests that have candidates', async () => {
    const limits = new CountingStore();
    const [first, second, third] = requests(3, { residency: onlyEu });
    if (!first || !second || !third) throw new Error('three requests');
    const batch = [first, { ...second, model: 'unknown' }, third];
    const outcomes = await decideBatch(sources({ limits }), batch);
    expect(limits.calls.map((call) => call.map(({ reservationId }) => reservationId))).toEqual([
      ['attempt-0', 'attempt-2'],
    ]);
    expect(outcomes.map(({ attemptId, outcome }) => [attemptId, outcome])).toEqual([
      ['attempt-0', 'chosen'],
      ['attempt-1', 'refused'],
      ['attempt-2', 'chosen'],
    ]);
  });

  it('does not ask for capacity when every request is refused anyway', async () => {
    const limits = new CountingStore();
    await decideBatch(sources({ limits }), requests(2, { model: 'unknown' }));
    expect(limits.calls).toEqual([]);
  });

  it('keeps the limit exactly and tells the rest when to come again', async () => {
    const outcomes = await decideBatch(sources(), requests(3, { residency: onlyEu }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['chosen', 'chosen', 'refused']);
    expect(outcomes[2]).toMatchObject({ fault: { code: 'rate_limit_exceeded', retryAfterMs: 60_000 } });
  });

  it('keeps the limits of key, team and end user whichever deployment serves', async () => {
    const scopes = [
      { kind: 'api_key', id: 'k', rpm: 3 },
      { kind: 'team', id: 't', rpm: 2 },
    ] as const;
    const outcomes = await decideBatch(sources(), requests(4, { scopes: [...scopes] }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['chosen', 'chosen', 'refused', 'refused']);
    expect(outcomes[3]).toMatchObject({
      fault: { code: 'caller_limit_exceeded', retryAfterMs: 60_000 },
      scopeVerdicts: [
        { kind: 'api_key', code: 'fits', state: { remainingRequests: 1 } },
        { kind: 'team', code: 'rpm', state: { remainingRequests: 0 } },
      ],
    });
    const [unlimited] = await decideBatch(sources(), requests(1));
    expect(unlimited).not.toHaveProperty('scopeVerdicts');
  });

  it('keeps budgets at what calls under way may cost', async () => {
    const paid = aDeployment({ id: 'paid', inputCostPerToken: 1e-9, outputCostPerToken: 1e-9 });
    const scopes = [{ kind: 'api_key' as const, id: 'k', budgets: [{ maxNanoDollars: 80, duration: '1d' }] }];
    const outcomes = await decideBatch(sources({ catalog: aCatalog([paid]) }), requests(4, { scopes }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['chosen', 'chosen', 'refused', 'refused']);
    expect(outcomes[2]).toMatchObject({
      fault: { code: 'budget_exceeded' },
      scopeVerdicts: [{ code: 'budget', state: { budget: { maxNanoDollars: 80, spentNanoDollars: 60 } } }],
    });
  });

  it('spreads requests by tokens used', async () => {
    const outcomes = await decideBatch(sources(), requests(4));
    const chosen = outcomes.flatMap((outcome) => (outcome.outcome === 'chosen' ? outcome.deploymentId : []));
    expect(chosen.toSorted()).toEqual(['eu', 'eu', 'us', 'us']);
  });
});

describe('without Redis', () => {
  const limits = { admit: () => Promise.reject(new LimitStoreUnavailable(new Error('gone'))) };

  it('refuses what needs capacity and keeps every other reason', async () => {
    const [first, second] = requests(2);
    if (!first || !second) throw new Error('two requests');
    const restricted = { ...second, residency: [{ allowed: ['ap'], from: 'team' as const }] };
    const outcomes = await decideBatch(sources({ limits }), [first, restricted]);
    expect(outcomes).toMatchObject([
      { outcome: 'refused', fault: { code: 'limits_unavailable' } },
      { outcome: 'refused', fault: { code: 'region_restricted' } },
    ]);
  });

  it('does not hide any other failure', async () => {
    const broken = { admit: () => Promise.reject(new RangeError('rpm must be an integer')) };
    await expect(decideBatch(sources({ limits: broken }), requests(1))).rejects.toThrow(RangeError);
  });
});

describe('a strategy', () => {
  const light = aDeployment({ id: 'light', weight: 1 });
  const medium = aDeployment({ id: 'medium', weight: 3 });
  const heavy = aDeployment({ id: 'heavy', weight: 6 });

  async function chosenBy(
    strategy: Strategy,
    deployments: Parameters<typeof aCatalog>[0],
    count: number,
  ): Promise<ReadonlyMap<string, number>> {
    const words = { catalog: aCatalog(deployments), rules: { strategy, timeoutMs: 1_000 } };
    const outcomes = await decideBatch(sources(words), requests(count));
    const counts = new Map<string, number>();
    for (const outcome of outcomes) {
      const id = outcome.outcome === 'chosen' ? outcome.deploymentId : outcome.fault.code;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  it('shuffles by weight', async () => {
    const counts = await chosenBy(simpleShuffle, [light, medium, heavy], 3_000);
    expect(chiSquare(counts, { light: 1, medium: 3, heavy: 6 })).toMatchObject({ fits: true });
  });

  it('shuffles the others by weight when the favourite is full', async () => {
    const full = { ...heavy, limits: { rpm: 0 } };
    const counts = await chosenBy(simpleShuffle, [light, medium, full], 2_000);
    expect(chiSquare(counts, { light: 1, medium: 3 })).toMatchObject({ fits: true });
  });

  it('fills the cheapest to its limit exactly, then goes to the next', async () => {
    const priced = (id: string, price: number, rpm?: number) =>
      aDeployment({
        id,
        inputCostPerToken: price,
        outputCostPerToken: price,
        limits: rpm === undefined ? {} : { rpm },
      });
    const counts = await chosenBy(costBased, [priced('c', 3), priced('a', 1, 5), priced('b', 2, 7)], 20);
    expect(Object.fromEntries(counts)).toEqual({ a: 5, b: 7, c: 8 });
  });

  it('takes the least busy, in turn', async () => {
    const counts = await chosenBy(leastBusy, [light, medium, heavy], 9);
    expect(Object.fromEntries(counts)).toEqual({ light: 3, medium: 3, heavy: 3 });
  });

  it.each(Object.entries({ simpleShuffle, usageBased, leastBusy, costBased }))(
    'never leaves a lower order while it has room, nor the allowed region: %s',
    async (_name, strategy) => {
      const spare = aDeployment({ id: 'spare', order: 2, weight: 1_000, inputCostPerToken: 0 });
      const elsewhere = aDeployment({ id: 'elsewhere', order: 1, region: aRegion('us') });
      const first = aDeployment({ id: 'first', order: 1, region: aRegion('eu'), limits: { rpm: 4 } });
      const catalog = aCatalog([{ ...spare, region: aRegion('eu') }, elsewhere, first]);
      const words = { catalog, rules: { strategy, timeoutMs: 1_000 } };
      const outcomes = await decideBatch(sources(words), requests(6, { residency: onlyEu }));
      const chosen = outcomes.map((one) => (one.outcome === 'chosen' ? one.deploymentId : one.fault.code));
      expect(chosen).toEqual(['first', 'first', 'first', 'first', 'spare', 'spare']);
    },
  );
});
