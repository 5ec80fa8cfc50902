/** Real: NATS, a Redis that is killed, paused and brought back, and three routers in one process with connections of their own. */
import type { RouteOutcome } from '@signalbox/contracts';
import { aDeployment, aRegion } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoutersUnderTest } from './spec-support/routers-under-test.js';

/** A model each, so that no test sees what another one used. */
const deployments = [
  aDeployment({ id: 'other', modelGroup: 'other' }),
  aDeployment({ id: 'eu', modelGroup: 'european', region: aRegion('eu'), regionSource: 'declared' }),
  aDeployment({ id: 'shared', modelGroup: 'shared', limits: { rpm: 31 } }),
  aDeployment({ id: 'loaded', modelGroup: 'loaded', limits: { rpm: 60 } }),
  aDeployment({ id: 'slots', modelGroup: 'slots', limits: { maxParallelRequests: 3 } }),
  aDeployment({ id: 'tokens', modelGroup: 'tokens', limits: { tpm: 90 } }),
  aDeployment({ id: 'paused', modelGroup: 'paused', limits: { rpm: 31 } }),
  aDeployment({ id: 'flapping', modelGroup: 'flapping', limits: { rpm: 31 } }),
];

let system: RoutersUnderTest;

function chosen(outcomes: readonly RouteOutcome[]) {
  return outcomes.flatMap((outcome) => (outcome.outcome === 'chosen' ? outcome : []));
}

function codes(outcomes: readonly RouteOutcome[]): Set<string> {
  return new Set(
    outcomes.map((outcome) => (outcome.outcome === 'refused' ? outcome.fault.code : outcome.outcome)),
  );
}

/** Asks until all routers say so. */
async function untilLimitsAre(limits: 'exact' | 'degraded'): Promise<void> {
  await expect
    .poll(
      async () => {
        await system.ask(10, 'other');
        return new Set(system.routers.map((router) => router.limits.store.limits));
      },
      { timeout: 20_000 },
    )
    .toEqual(new Set([limits]));
}

const repeatsOf = (text: string): number => system.logLines.filter(({ msg }) => msg.includes(text)).length;

describe('three routers that take their share', () => {
  beforeAll(async () => {
    system = await RoutersUnderTest.start(3, 'local_share', deployments);
  }, 120_000);

  afterAll(() => system.stop());

  it('know each other', async () => {
    await expect.poll(() => system.routers.map(({ routers }) => routers.count)).toEqual([3, 3, 3]);
    const shares = system.routers.map(({ routers }) => routers.share());
    expect(shares).toEqual([0, 1, 2].map((place) => ({ place, of: 3 })));
  });

  it('go on when Redis is killed under load, and admit no more than the limit while it is away', async () => {
    const loads = [system.ask(60, 'loaded')];
    await system.killRedis();
    loads.push(system.ask(300, 'loaded'));
    const admitted = chosen((await Promise.all(loads)).flat());
    const away = admitted.filter(({ limits }) => limits === 'degraded');
    expect(admitted.length - away.length).toBeLessThanOrEqual(60);
    expect(away.length).toBeLessThanOrEqual(60);
    await untilLimitsAre('degraded');
    expect(chosen(await system.ask(300, 'shared'))).toHaveLength(31);
    expect(codes(await system.ask(30, 'shared'))).toEqual(new Set(['rate_limit_exceeded']));
  });

  it('refuse a region as ever', async () => {
    expect(codes(await system.ask(10, 'european', ['us']))).toEqual(new Set(['region_restricted']));
    expect(codes(await system.ask(10, 'european', ['eu']))).toEqual(new Set(['chosen']));
  });

  it('free the slots and tokens of attempts that end meanwhile', async () => {
    const first = chosen(await system.ask(90, 'slots'));
    expect(first).toHaveLength(3);
    for (const { attemptId } of first) await system.end(attemptId, 0);
    await expect.poll(async () => codes(await system.ask(1, 'slots'))).toContain('chosen');
    const reserved = chosen(await system.ask(90, 'tokens'));
    expect(reserved).toHaveLength(3);
    for (const { attemptId } of reserved) await system.end(attemptId, 1);
    await expect
      .poll(async () => codes(await system.ask(30, 'tokens')))
      .toEqual(new Set(['rate_limit_exceeded']));
  });

  it('are exact again by themselves, and what was admitted meanwhile counts', async () => {
    await system.reviveRedis();
    await expect
      .poll(() => system.routers.map((router) => router.limits.store.limits), { timeout: 20_000 })
      .toEqual(['exact', 'exact', 'exact']);
    const outcomes = await system.ask(30, 'shared');
    expect(codes(outcomes)).toEqual(new Set(['rate_limit_exceeded']));
    expect(chosen(await system.ask(1, 'other'))).toMatchObject([{ limits: 'exact' }]);
  });

  it('say once each when it begins and when it ends, and how many they are', () => {
    expect(repeatsOf('takes its share')).toBe(3);
    expect(repeatsOf('exact again')).toBe(3);
    expect(new Set(system.logLines.map(({ routers }) => routers))).toEqual(new Set([3]));
  });

  it('wait for a Redis that hangs no longer than a command may take', async () => {
    system.pauseRedis();
    const outcomes = await system.ask(300, 'paused');
    system.resumeRedis();
    expect(chosen(outcomes)).toHaveLength(31);
    await untilLimitsAre('exact');
    expect(codes(await system.ask(30, 'paused'))).toEqual(new Set(['rate_limit_exceeded']));
  });

  it('admit less than twice the limit when Redis comes and goes', async () => {
    const admitted: RouteOutcome[] = [];
    for (let round = 0; round < 3; round += 1) {
      await untilLimitsAre('exact');
      admitted.push(...chosen(await system.ask(30, 'flapping')));
      await system.killRedis();
      admitted.push(...chosen(await system.ask(60, 'flapping')));
      await system.reviveRedis();
    }
    expect(admitted.length).toBeGreaterThanOrEqual(30);
    expect(admitted.length).toBeLessThanOrEqual(2 * 31);
  }, 60_000);
});

describe('routers that refuse', () => {
  beforeAll(async () => {
    system = await RoutersUnderTest.start(2, 'refuse', deployments);
    await system.stopRedis();
  }, 120_000);

  afterAll(() => system.stop());

  it('refuse what needs capacity and are not ready, and a region is still the reason where it was', async () => {
    expect(codes(await system.ask(30, 'shared'))).toEqual(new Set(['limits_unavailable']));
    expect(codes(await system.ask(10, 'european', ['us']))).toEqual(new Set(['region_restricted']));
    const checks = await Promise.all(system.routers.map((router) => router.limits.check()));
    expect(checks.map(({ ok }) => ok)).toEqual([false, false]);
  });

  it('serve again by themselves', async () => {
    await system.reviveRedis();
    await expect
      .poll(async () => codes(await system.ask(10, 'other')), { timeout: 20_000 })
      .toEqual(new Set(['chosen']));
    expect(await system.routers[0]?.limits.check()).toEqual({ name: 'redis', ok: true });
  });
});

describe('routers that allow', () => {
  beforeAll(async () => {
    system = await RoutersUnderTest.start(2, 'allow', deployments);
    await system.stopRedis();
  }, 120_000);

  afterAll(() => system.stop());

  it('admit everything that may be served at all, and stay ready', async () => {
    expect(chosen(await system.ask(100, 'shared'))).toHaveLength(100);
    expect(codes(await system.ask(10, 'european', ['us']))).toEqual(new Set(['region_restricted']));
    expect(await system.routers[0]?.limits.check()).toEqual({
      name: 'redis',
      ok: true,
      detail: 'away, limits are degraded: allow',
    });
  });

  it('start without Redis too', async () => {
    await system.add('late');
    expect(system.routers).toHaveLength(3);
    expect(system.routers[2]?.limits.store.limits).toBe('degraded');
  });
});
