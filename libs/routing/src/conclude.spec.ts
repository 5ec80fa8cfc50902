import type { LimitScope } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { conclude, refuse, type Admission } from './conclude.js';
import { judge } from './judge.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from './testing-builders.js';

const first = aDeployment({ id: 'first', order: 1, region: aRegion('eu'), regionSource: 'inferred' });
const second = aDeployment({ id: 'second', order: 1 });
const spare = aDeployment({ id: 'spare', order: 2 });
const judgement = judge(aCatalog([first, second, spare]), aRouteRequest(), {
  learnedRegion: ({ id }) => (id === 'second' ? aRegion('us') : undefined),
});

function outcomeOf(admission: Admission) {
  const outcome = conclude(judgement, admission);
  return { outcome, codes: outcome.verdicts.map(({ code }) => code) };
}

describe('an admitted request', () => {
  const state = { limitRequests: 10, remainingRequests: 9 };
  const { outcome, codes } = outcomeOf({
    chosenId: 'second',
    verdicts: [
      { id: 'first', code: 'eligible' },
      { id: 'second', code: 'chosen' },
      { id: 'spare', code: 'eligible' },
    ],
    state,
  });

  it('goes to the deployment that capacity was reserved on', () => {
    expect(outcome).toMatchObject({
      outcome: 'chosen',
      requestId: 'a-request',
      attemptId: 'an-attempt',
      deploymentId: 'second',
      modelGroup: 'gpt-4',
      region: { name: 'us', zone: 'us' },
      regionSource: 'learned',
      catalogVersion: 'a-version',
      rateLimits: state,
      reservedTokens: 30,
    });
  });

  it('says whether its limits were exact when admission says so', () => {
    expect(outcome).not.toHaveProperty('limits');
    expect(outcomeOf({ chosenId: 'second', verdicts: [], limits: 'degraded' }).outcome).toMatchObject({
      limits: 'degraded',
    });
  });

  it('says that it holds a slot where the deployment or somebody of the call has so many only', () => {
    expect(outcome).not.toHaveProperty('holdsSlot');
    const few = { maxParallelRequests: 2 };
    const heldBy = (limits: object, scopes?: LimitScope[]) =>
      conclude(
        judge(aCatalog([aDeployment({ limits })]), aRouteRequest({ scopes }), {
          learnedRegion: () => undefined,
        }),
      );
    expect(heldBy(few)).toMatchObject({ outcome: 'chosen', holdsSlot: true });
    expect(heldBy({ rpm: 5 }, [{ kind: 'team', id: 't', ...few }])).toMatchObject({ holdsSlot: true });
    expect(heldBy({ rpm: 5 }, [{ kind: 'team', id: 't', rpm: 5 }])).not.toHaveProperty('holdsSlot');
  });

  it('tells what would have done as well and what was held back', () => {
    expect(codes).toEqual(['eligible', 'chosen', 'lower_order']);
  });

  it('may come from a higher order when the lower ones are full', () => {
    const spilled = outcomeOf({
      chosenId: 'spare',
      verdicts: [
        { id: 'first', code: 'rpm', retryAfterMs: 900 },
        { id: 'second', code: 'tpm', retryAfterMs: 300 },
        { id: 'spare', code: 'chosen' },
      ],
    });
    expect(spilled.codes).toEqual(['rpm', 'tpm', 'chosen']);
    expect(spilled.outcome.verdicts[0]).toEqual({ deploymentId: 'first', code: 'rpm', retryAfterMs: 900 });
  });

  it('carries what the star of a wildcard stands for', () => {
    const wild = aDeployment({ modelGroup: 'openai/*' });
    const asked = aRouteRequest({ model: 'openai/gpt-4o' });
    const decided = conclude(judge(aCatalog([wild]), asked, { learnedRegion: () => undefined }));
    expect(decided).toMatchObject({ modelGroup: 'openai/*', wildcardTail: 'gpt-4o' });
  });
});

describe('a request over every limit', () => {
  it('hears the soonest time at which any candidate frees', () => {
    const { outcome } = outcomeOf({
      verdicts: [
        { id: 'first', code: 'rpm', retryAfterMs: 900 },
        { id: 'second', code: 'parallel', retryAfterMs: 300 },
        { id: 'spare', code: 'tpm' },
      ],
    });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      fault: { code: 'rate_limit_exceeded', retryAfterMs: 300 },
    });
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('No deployments available'));
  });

  it('gets no time when it is larger than every limit, for it can never fit', () => {
    const { outcome } = outcomeOf({
      verdicts: [
        { id: 'first', code: 'tpm' },
        { id: 'second', code: 'tpm' },
        { id: 'spare', code: 'tpm' },
      ],
    });
    expect(outcome).toHaveProperty('fault.code', 'rate_limit_exceeded');
    expect(outcome).not.toHaveProperty('fault.retryAfterMs');
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('30 tokens'));
  });
});

it('never passes on a deployment that was not offered to admission', () => {
  const { outcome } = outcomeOf({ chosenId: 'somewhere-else', verdicts: [] });
  expect(outcome).toMatchObject({ outcome: 'refused', fault: { code: 'internal_error' } });
});

it('says in a refusal too that limits are not exact, and then calls no request too large', () => {
  const verdicts = ['first', 'second', 'spare'].map((id) => ({ id, code: 'tpm' as const }));
  const { outcome } = outcomeOf({ verdicts, limits: 'degraded' });
  expect(outcome).toMatchObject({
    limits: 'degraded',
    fault: { code: 'rate_limit_exceeded', message: expect.stringContaining('at its limit') as string },
  });
});

it('takes the first of the lowest order when nothing limits the choice', () => {
  expect(conclude(judgement)).toMatchObject({
    outcome: 'chosen',
    deploymentId: 'first',
    regionSource: 'inferred',
  });
});

describe('refuse', () => {
  const unavailable = { code: 'limits_unavailable', message: 'Rate limits cannot be checked now.' } as const;

  it('refuses a request that needed capacity', () => {
    const refusal = refuse(judgement, unavailable);
    expect(refusal).toMatchObject({ fault: unavailable, limits: 'degraded' });
    expect(refusal.verdicts.map(({ code }) => code)).toEqual(['eligible', 'eligible', 'eligible']);
  });

  it('leaves the reason of a request that was refused already', () => {
    const unknown = judge(aCatalog([]), aRouteRequest(), { learnedRegion: () => undefined });
    expect(refuse(unknown, unavailable).fault.code).toBe('model_not_found');
  });
});
