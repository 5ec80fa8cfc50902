import { judge, usageBased, type OpenJudgement } from '@signalbox/routing';
import { aCatalog, aDeployment, aRouteRequest } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { admissionRequest } from './admission-request.js';

const rules = { strategy: usageBased, timeoutMs: 600_000 };

function open(...deployments: Parameters<typeof aCatalog>[0]): OpenJudgement {
  const judgement = judge(aCatalog(deployments), aRouteRequest(), { learnedRegion: () => undefined });
  if (judgement.kind === 'refused') throw new Error(judgement.fault.message);
  return judgement;
}

it('offers every tier in one request, with the limits of each candidate', () => {
  const asked = admissionRequest(
    open(
      aDeployment({ id: 'spare', order: 7 }),
      aDeployment({ id: 'main', order: 2, limits: { rpm: 5, tpm: 100, maxParallelRequests: 3 } }),
    ),
    rules,
  );
  expect(asked.candidates).toEqual([
    { id: 'main', order: 0, rpm: 5, tpm: 100, maxParallelRequests: 3 },
    { id: 'spare', order: 1 },
  ]);
});

it('says which candidate is on probation', () => {
  const catalog = aCatalog([aDeployment({ id: 'known' }), aDeployment({ id: 'doubtful' })]);
  const judgement = judge(catalog, aRouteRequest(), {
    learnedRegion: () => undefined,
    cooldown: ({ id }) => (id === 'doubtful' ? { phase: 'probation' } : undefined),
  });
  if (judgement.kind === 'refused') throw new Error(judgement.fault.message);
  expect(admissionRequest(judgement, rules).candidates).toEqual([
    { id: 'known', order: 0 },
    { id: 'doubtful', order: 0, onProbation: true },
  ]);
});

it('reserves prompt and answer under the id of the attempt', () => {
  const asked = admissionRequest(open(aDeployment()), rules);
  expect(asked).toMatchObject({ reservationId: 'an-attempt', tokens: 30, pick: 'least-tokens', scopes: [] });
});

it('passes on whose limits must hold, and the attempt before', () => {
  const scopes = [{ kind: 'team', id: 't', rpm: 5 }] as const;
  const previous = { attemptId: 'the-first', tokens: 7 };
  const judgement = open(aDeployment());
  const request = { ...judgement.request, scopes: [...scopes], previous };
  expect(admissionRequest({ ...judgement, request }, rules)).toMatchObject({
    scopes,
    previous: { reservationId: 'the-first', tokens: 7 },
  });
  expect(admissionRequest(judgement, rules)).not.toHaveProperty('previous');
});

it('holds the reservation longer than the slowest candidate may take', () => {
  const quick = aDeployment({ id: 'quick', timeoutMs: 1_000 });
  const slow = aDeployment({ id: 'slow', timeoutMs: 90_000.5 });
  expect(admissionRequest(open(quick, slow), rules).leaseMs).toBe(120_001);
  expect(admissionRequest(open(quick, aDeployment()), rules).leaseMs).toBe(630_000);
});

it('reserves of budgets what the dearest candidate may cost', () => {
  const scopes = [{ kind: 'team' as const, id: 't', budgets: [{ maxNanoDollars: 5 }] }];
  const cheap = aDeployment({ id: 'cheap', inputCostPerToken: 1e-9, outputCostPerToken: 1e-9 });
  const dear = aDeployment({ id: 'dear', order: 2, inputCostPerToken: 2e-9, outputCostPerToken: 5e-9 });
  const judgement = open(cheap, dear);
  const { promptTokens, outputTokens } = judgement.request;
  const asked = admissionRequest({ ...judgement, request: { ...judgement.request, scopes } }, rules);
  expect(asked.nanoDollars).toBe(2 * promptTokens + 5 * outputTokens);
  expect(admissionRequest(judgement, rules)).not.toHaveProperty('nanoDollars');
});
