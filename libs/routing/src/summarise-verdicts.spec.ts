import { RouteOutcomeSchema } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { conclude } from './conclude.js';
import { judge } from './judge.js';
import { mostVerdicts, summariseVerdicts } from './summarise-verdicts.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from './testing-builders.js';

function outcomeOf(eu: number, us: number) {
  const inZone = (zone: string, count: number) =>
    Array.from({ length: count }, (_, at) => aDeployment({ id: `${zone}-${at}`, region: aRegion(zone) }));
  const request = aRouteRequest({ residency: [{ allowed: ['eu'], from: 'end_user' }] });
  const catalog = aCatalog([...inZone('us', us), ...inZone('eu', eu)]);
  return conclude(judge(catalog, request, { learnedRegion: () => undefined }));
}

describe('what is told of many verdicts', () => {
  it('is one of each code and how many there are', () => {
    const told = summariseVerdicts(outcomeOf(200, 100));
    expect(told).toMatchObject({
      outcome: 'chosen',
      deploymentId: 'eu-0',
      verdictCounts: { region_outside: 100, chosen: 1, eligible: 199 },
    });
    expect(told.verdicts).toEqual([
      { deploymentId: 'us-0', code: 'region_outside', detail: 'region us is outside eu (end_user)' },
      { deploymentId: 'eu-0', code: 'chosen' },
      { deploymentId: 'eu-1', code: 'eligible' },
    ]);
    expect(RouteOutcomeSchema.parse(told)).toEqual(told);
  });

  it('is the same of a refusal', () => {
    const told = summariseVerdicts(outcomeOf(0, 300));
    expect(told).toMatchObject({
      fault: { code: 'region_restricted' },
      verdictCounts: { region_outside: 300 },
    });
    expect(told.verdicts).toHaveLength(1);
  });
});

it('tells a few verdicts one by one', () => {
  const outcome = outcomeOf(mostVerdicts, 0);
  expect(summariseVerdicts(outcome)).toBe(outcome);
});
