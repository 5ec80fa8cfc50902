import { describe, expect, it } from 'vitest';
import { conclude } from '../conclude.js';
import type { CooldownPhase } from '../cooldown/cooldown-phase.js';
import { judge } from '../judge.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from '../testing-builders.js';

const eu = aDeployment({ id: 'eu', region: aRegion('eu') });
const us = aDeployment({ id: 'us', region: aRegion('us') });
const onlyEu = [{ allowed: ['eu'], from: 'end_user' as const }];
const cooling = (retryAfterMs: number): CooldownPhase => ({
  phase: 'cooling',
  retryAfterMs,
  reason: 'rate_limited',
});
const probation: CooldownPhase = { phase: 'probation' };

function judged(
  phases: Readonly<Record<string, CooldownPhase>>,
  words: Parameters<typeof aRouteRequest>[0] = {},
) {
  const facts = { learnedRegion: () => undefined, cooldown: ({ id }: { id: string }) => phases[id] };
  return judge(aCatalog([eu, us]), aRouteRequest(words), facts);
}

describe('a deployment that is cooling', () => {
  it('is left alone while another may serve', () => {
    const outcome = conclude(judged({ eu: cooling(900) }));
    expect(outcome).toMatchObject({
      outcome: 'chosen',
      deploymentId: 'us',
      verdicts: [
        {
          deploymentId: 'eu',
          code: 'cooldown',
          retryAfterMs: 900,
          detail: 'left alone after failures: rate_limited',
        },
        { code: 'chosen' },
      ],
    });
  });

  it('is not replaced by one outside the allowed region', () => {
    expect(conclude(judged({ eu: cooling(900) }, { residency: onlyEu }))).toMatchObject({
      outcome: 'refused',
      fault: { code: 'no_deployment_available', retryAfterMs: 900 },
      verdicts: [{ code: 'cooldown' }, { code: 'region_outside' }],
    });
  });

  it('does not hide that no deployment is in the allowed region', () => {
    const residency = [{ allowed: ['ap'], from: 'end_user' as const }];
    const outcome = conclude(judged({ eu: cooling(900), us: cooling(900) }, { residency }));
    expect(outcome).toMatchObject({ fault: { code: 'region_restricted' } });
  });

  it('tells the soonest end when all are cooling', () => {
    const outcome = conclude(judged({ eu: cooling(900), us: cooling(300) }));
    expect(outcome).toMatchObject({ fault: { code: 'no_deployment_available', retryAfterMs: 300 } });
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('No deployments available'));
  });

  it('counts for the soonest time when the others are at their limits', () => {
    const outcome = conclude(judged({ eu: cooling(300) }), {
      verdicts: [{ id: 'us', code: 'rpm', retryAfterMs: 8_000 }],
    });
    expect(outcome).toMatchObject({ fault: { code: 'rate_limit_exceeded', retryAfterMs: 300 } });
  });
});

describe('a deployment on probation', () => {
  it('is a candidate, marked so', () => {
    expect(judged({ eu: probation })).toMatchObject({
      kind: 'open',
      tiers: [[{ deployment: { id: 'eu' }, onProbation: true }, { deployment: { id: 'us' } }]],
    });
    expect(judged({ eu: probation })).not.toHaveProperty('tiers.0.1.onProbation');
  });

  it('that is being probed counts as cooling', () => {
    const outcome = conclude(judged({ eu: probation }, { residency: onlyEu }), {
      verdicts: [{ id: 'eu', code: 'parallel', retryAfterMs: 1_000 }],
    });
    expect(outcome).toMatchObject({
      fault: { code: 'no_deployment_available', retryAfterMs: 1_000 },
      verdicts: [{ deploymentId: 'eu', code: 'cooldown', retryAfterMs: 1_000 }, { code: 'region_outside' }],
    });
    expect(outcome).toHaveProperty('fault.message', expect.stringContaining('No deployments available'));
  });
});
