/** Fake: the memory limit store under a clock that stands still. */
import { LimitStoreUnavailable, MemoryLimitStore } from '@signalbox/rate-limits';
import { usageBased } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { decideBatch } from './decide-batch.js';
import { explainDecision, type ExplanationSources } from './explain-decision.js';

const eu = aDeployment({ id: 'eu', region: aRegion('eu'), limits: { rpm: 1 } });
const us = aDeployment({ id: 'us', region: aRegion('us') });
const lost = aDeployment({ id: 'lost', order: 2 });
const onlyEu = [{ allowed: ['eu'], from: 'end_user' as const }];

function sources(): ExplanationSources & { limits: MemoryLimitStore } {
  return {
    catalog: aCatalog([eu, us, lost], { groupAliases: { best: { model: 'gpt-4', hidden: false } } }),
    facts: {
      learnedRegion: (deployment) => (deployment.id === 'lost' ? aRegion('ch') : undefined),
      latencyMs: () => undefined,
      cooldown: ({ id }) => (id === 'us' ? { phase: 'cooling', retryAfterMs: 4_000 } : undefined),
      random: () => 0,
    },
    limits: new MemoryLimitStore({ now: () => 1_000, random: () => 0 }),
    rules: { strategy: usageBased, timeoutMs: 1_000 },
  };
}

it('says what was known of every candidate, and what the decision would be', async () => {
  const known = sources();
  const request = aRouteRequest({ model: 'best', residency: onlyEu });
  const explanation = await explainDecision(known, request);
  expect(explanation).toMatchObject({
    outcome: { outcome: 'chosen', deploymentId: 'eu' },
    names: ['best', 'gpt-4'],
    modelGroup: 'gpt-4',
    candidates: [
      { deploymentId: 'eu', regionSource: 'declared', limits: { rpm: 1 }, used: { requests: 0 } },
      { deploymentId: 'us', cooldown: { phase: 'cooling', retryAfterMs: 4_000 } },
      { deploymentId: 'lost', region: { zone: 'ch' }, regionSource: 'learned', order: 2 },
    ],
  });
  expect(explanation.outcome.verdicts.map(({ code }) => code)).toEqual([
    'chosen',
    'region_outside',
    'region_outside',
  ]);
});

it('reserves nothing, and sees what others reserved', async () => {
  const known = sources();
  const request = aRouteRequest({ attemptId: 'one', residency: onlyEu });
  await explainDecision(known, request);
  expect(await decideBatch(known, [request])).toMatchObject([{ outcome: 'chosen' }]);
  expect(await explainDecision(known, aRouteRequest({ attemptId: 'two', residency: onlyEu }))).toMatchObject({
    outcome: { outcome: 'refused', fault: { code: 'rate_limit_exceeded' } },
    candidates: [{ used: { requests: 1, parallel: 1 } }, {}, {}],
  });
});

it('knows no candidates of another configuration, nor of a model that nobody has', async () => {
  expect(await explainDecision(sources(), aRouteRequest({ catalogVersion: 'another' }))).toMatchObject({
    outcome: { fault: { code: 'catalog_mismatch' } },
    candidates: [],
  });
  const unknown = await explainDecision(sources(), aRouteRequest({ model: 'nobody' }));
  expect(unknown).toMatchObject({ outcome: { fault: { code: 'model_not_found' } }, candidates: [] });
  expect(unknown.modelGroup).toBeUndefined();
});

it('keeps the reasons that do not depend on limits when those cannot be read', async () => {
  const away = (): Promise<never> => Promise.reject(new LimitStoreUnavailable(new Error('gone')));
  const known = { ...sources(), limits: { preview: away, used: away } };
  const { outcome, candidates } = await explainDecision(known, aRouteRequest({ residency: onlyEu }));
  expect(outcome).toMatchObject({ fault: { code: 'limits_unavailable' } });
  expect(candidates[0]).not.toHaveProperty('used');
});
