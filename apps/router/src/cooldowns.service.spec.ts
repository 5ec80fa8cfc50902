/** Real: NATS, Redis, three routers in one process with connections of their own. The spec stands for gateways. */
import type { RouteOutcome } from '@signalbox/contracts';
import type { CooldownRules } from '@signalbox/routing';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoutersUnderTest } from './spec-support/routers-under-test.js';

const rules: CooldownRules = { disabled: false, timeMs: 60_000, allowedFailsPolicy: {} };
const pair = (modelGroup: string) =>
  ['eu', 'us'].map((zone) =>
    aDeployment({ id: `${modelGroup}-${zone}`, modelGroup, region: aRegion(zone), regionSource: 'declared' }),
  );
const groups = ['shared', 'healed', 'probed', 'failing', 'all', 'away'];
const patience = { timeout: 10_000, interval: 50 };

let system: RoutersUnderTest;

beforeAll(async () => {
  system = await RoutersUnderTest.start(3, 'local_share', groups.flatMap(pair), rules);
}, 120_000);
afterAll(() => system.stop());

const refused = (deploymentId: string, retryAfterMs?: number, upstreamStatus = 429) =>
  system.ended({ deploymentId, outcome: 'failed', upstreamStatus, ...(retryAfterMs && { retryAfterMs }) });
const chosen = (outcomes: readonly RouteOutcome[]) =>
  outcomes.map((one) => (one.outcome === 'chosen' ? one.deploymentId : one.fault.code));
/** Which deployments so many calls are given that any router that thinks otherwise is heard. */
const givenTo = async (model: string) => [...new Set(chosen(await system.ask(60, model)))].sort();
const lines = (text: string) => system.logLines.filter(({ msg }) => msg.includes(text));

describe('a deployment that fails', () => {
  it('is left alone by all routers, whichever of them judged it', async () => {
    expect(await givenTo('shared')).toEqual(['shared-eu', 'shared-us']);
    await refused('shared-eu');
    await expect.poll(() => givenTo('shared'), patience).toEqual(['shared-us']);
    expect(lines('is left alone')).toMatchObject([{ deploymentId: 'shared-eu', reason: 'rate_limited' }]);
  });

  it('is left alone by those too who missed that it was told', async () => {
    await system.routers[0]?.cooldowns.apply([
      { deploymentId: 'healed-eu', action: 'cool', forMs: 60_000, reason: 'rate_limited' },
    ]);
    await expect.poll(() => givenTo('healed'), patience).toEqual(['healed-us']);
  });

  it('is not a reason to leave the allowed region', async () => {
    const [outcome] = await system.ask(1, 'shared', ['eu']);
    expect(outcome).toMatchObject({
      fault: { code: 'no_deployment_available' },
      verdicts: [{ code: 'cooldown' }, { code: 'region_outside' }],
    });
  });

  it('is judged by what all routers counted', async () => {
    // No router is given all of them, and whichever counts the last one judges a failure.
    for (let times = 0; times < 5; times += 1) await refused('failing-eu', undefined, 500);
    await expect.poll(() => givenTo('failing'), patience).toEqual(['failing-us']);
    expect(lines('is left alone')).toContainEqual(expect.objectContaining({ reason: 'mostly_failing' }));
  });
});

describe('after a cooldown', () => {
  it('one call at a time goes to the deployment, and all again when one was answered', async () => {
    await refused('probed-eu', 1_500);
    await expect.poll(() => givenTo('probed'), patience).toEqual(['probed-us']);
    await expect.poll(() => givenTo('probed'), patience).toEqual(['probed-eu', 'probed-us']);
    const more = chosen(await system.ask(60, 'probed'));
    expect(more.filter((id) => id === 'probed-eu')).toEqual([]);
    await system.ended({ deploymentId: 'probed-eu' });
    await expect
      .poll(
        async () => chosen(await system.ask(60, 'probed')).filter((id) => id === 'probed-eu').length,
        patience,
      )
      .toBeGreaterThan(1);
    expect(lines('back in service')).toMatchObject([{ deploymentId: 'probed-eu' }]);
  });
});

describe('when every deployment cools', () => {
  it('calls are refused, with the reason and the soonest time', async () => {
    await refused('all-eu', 40_000);
    await refused('all-us', 30_000);
    await expect.poll(() => givenTo('all'), patience).toEqual(['no_deployment_available']);
    const [outcome] = await system.ask(1, 'all');
    expect(outcome).toMatchObject({ verdicts: [{ code: 'cooldown' }, { code: 'cooldown' }] });
    const fault = outcome?.outcome === 'refused' ? outcome.fault : undefined;
    expect(fault?.message).toContain('No deployments available');
    expect(fault?.retryAfterMs).toBeGreaterThan(0);
    expect(fault?.retryAfterMs).toBeLessThanOrEqual(30_000);
  });
});

describe('without Redis', () => {
  it('cooldowns go on as they are known, none begins, and each router says so once', async () => {
    await refused('away-eu');
    await expect.poll(() => givenTo('away'), patience).toEqual(['away-us']);
    await system.killRedis();
    await expect.poll(() => lines('cannot be read').length, patience).toBe(3);
    await refused('away-us');
    expect(await givenTo('away')).toEqual(['away-us']);
    await system.reviveRedis();
    await expect.poll(() => lines('are read again').length, patience).toBe(3);
    expect(lines('cannot be read')).toHaveLength(3);
    await refused('away-us');
    await expect.poll(() => givenTo('away'), patience).toEqual(['no_deployment_available']);
  });
});
