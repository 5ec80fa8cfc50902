/** Real: NATS, a Redis that is killed and brought back, and three routers in one process with connections of their own. */
import type { LimitScope, RouteOutcome } from '@signalbox/contracts';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoutersUnderTest } from './spec-support/routers-under-test.js';

let system: RoutersUnderTest;

beforeAll(async () => {
  system = await RoutersUnderTest.start(3, 'local_share', [
    aDeployment({ id: 'one', modelGroup: 'free' }),
    aDeployment({ id: 'two', modelGroup: 'free' }),
    aDeployment({ id: 'full', modelGroup: 'busy', limits: { rpm: 1 } }),
  ]);
}, 120_000);

afterAll(() => system.stop());

/** Each with an id of its own, so that no test sees what another one used. */
let scopesMade = 0;
function aScope(words: Partial<LimitScope>): LimitScope {
  scopesMade += 1;
  return { kind: 'api_key', id: `id-${scopesMade}`, ...words };
}

function ask(count: number, scopes: readonly LimitScope[], model = 'free'): Promise<RouteOutcome[]> {
  return system.askFor(count, { model, scopes: [...scopes] });
}

function chosen(outcomes: readonly RouteOutcome[]): number {
  return outcomes.filter(({ outcome }) => outcome === 'chosen').length;
}

describe('three routers', () => {
  it('keep the limits of a key, a team and an end user exactly, whichever deployment serves', async () => {
    const keys = [aScope({ rpm: 20 }), aScope({ rpm: 100 })];
    const team = aScope({ kind: 'team', rpm: 31 });
    const both = await Promise.all(keys.map((key) => ask(60, [key, team])));
    const [first = 0, second = 0] = both.map(chosen);
    expect(first).toBeLessThanOrEqual(20);
    expect(first + second).toBe(31);
    const endUser = aScope({ kind: 'end_user', tpm: 300 });
    expect(chosen(await ask(40, [endUser]))).toBe(10);
  });

  it('say whose limit it is, and when there is room again', async () => {
    const outcomes = await ask(6, [aScope({ kind: 'team', maxParallelRequests: 2 })]);
    const refused = outcomes.filter((outcome) => outcome.outcome === 'refused');
    expect(refused).toHaveLength(4);
    for (const { fault, scopeVerdicts } of refused) {
      expect(fault).toMatchObject({ code: 'caller_limit_exceeded', retryAfterMs: 1_000 });
      expect(fault.message).toContain('Rate limit exceeded for team. Limit type: max_parallel_requests.');
      expect(scopeVerdicts).toMatchObject([{ kind: 'team', code: 'parallel' }]);
    }
  });

  it('reserve everything or nothing', async () => {
    const [key, team] = [aScope({ rpm: 5 }), aScope({ kind: 'team', rpm: 1 })];
    expect(chosen(await ask(10, [key, team]))).toBe(1);
    expect(chosen(await ask(10, [key]))).toBe(4);
    const other = aScope({ rpm: 3 });
    expect(chosen(await ask(10, [other], 'busy'))).toBe(1);
    expect(chosen(await ask(10, [other]))).toBe(2);
  });

  it('free a slot when its attempt ends, and let a call pass its slot on to its next attempt', async () => {
    const scopes = [aScope({ rpm: 1, maxParallelRequests: 1 })];
    const [first] = await ask(1, scopes);
    const previous = { attemptId: first?.attemptId ?? '', tokens: 0 };
    expect(chosen(await system.askFor(1, { model: 'free', scopes, previous }))).toBe(1);
  });

  it('ask Redis once, with scopes or without, and leave no trace of callers without limits', async () => {
    const before = await system.lookIntoRedis();
    await ask(1, [
      aScope({ rpm: 5 }),
      aScope({ kind: 'team', rpm: 5 }),
      aScope({ kind: 'end_user', rpm: 5 }),
    ]);
    const limited = await system.lookIntoRedis();
    expect(limited.scripts).toBe(before.scripts + 1);
    await system.ask(1, 'free');
    const free = await system.lookIntoRedis();
    expect(free.scripts).toBe(limited.scripts + 1);
    const scopeKeys = (keys: string[]) => keys.filter((key) => /\{(api_key|team|end_user):/.test(key)).sort();
    expect(scopeKeys(free.keys)).toEqual(scopeKeys(limited.keys));
  });
});

describe('three routers without Redis', () => {
  it('take their share of the limits of callers too', async () => {
    await expect.poll(() => system.routers.map(({ routers }) => routers.count)).toEqual([3, 3, 3]);
    await system.killRedis();
    await expect
      .poll(
        async () => {
          await system.ask(10, 'free');
          return new Set(system.routers.map((router) => router.limits.store.limits));
        },
        { timeout: 20_000 },
      )
      .toEqual(new Set(['degraded']));
    const scopes = [aScope({ rpm: 31 })];
    const outcomes = await ask(300, scopes);
    expect(chosen(outcomes)).toBe(31);
    expect(outcomes.find(({ outcome }) => outcome === 'refused')).toMatchObject({
      fault: { code: 'caller_limit_exceeded' },
      limits: 'degraded',
    });
  });
});
