/** Random lives of a deployment: attempts come and go, time passes, decisions are kept as the routers keep them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDeployment } from '../testing-builders.js';
import type { CooldownFailure, CooldownRules } from './cooldown-rules.js';
import { decideCooldown, type CooldownDecision, type CooldownState } from './decide-cooldown.js';
import type { CooldownSignal } from './signal-of-attempt.js';

const kinds = ['rate_limit', 'timeout', 'internal_server', 'not_found'] as const;
const signals: readonly CooldownSignal[] = ['answered', ...kinds];
const maybeCount = fc.option(fc.nat({ max: 5 }), { nil: undefined });

const rulesArbitrary = fc
  .record({
    timeMs: fc.nat({ max: 10_000 }),
    allowedFails: maybeCount,
    policy: fc.dictionary(fc.constantFrom(...kinds), fc.nat({ max: 5 }), { maxKeys: 2 }),
    disabled: fc.boolean(),
  })
  .map(({ allowedFails, policy, ...rules }): CooldownRules => ({
    ...rules,
    ...(allowedFails === undefined ? {} : { allowedFails }),
    allowedFailsPolicy: policy,
  }));

const lifeArbitrary = fc.record({
  rules: rulesArbitrary,
  groupSize: fc.integer({ min: 1, max: 3 }),
  modelGroup: fc.constantFrom('gpt-4', 'gpt-4', 'gpt-4', 'openai/*'),
  attempts: fc.array(
    fc.record({
      signal: fc.constantFrom(...signals),
      waitMs: fc.nat({ max: 3_000 }),
      tookMs: fc.nat({ max: 6_000 }),
      retryAfterMs: fc.option(fc.nat({ max: 200_000 }), { nil: undefined }),
    }),
    { maxLength: 40 },
  ),
});

type Life = typeof lifeArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

interface Step {
  readonly now: number;
  readonly startedAt: number;
  readonly signal: CooldownSignal;
  readonly before: CooldownState;
  readonly decision: CooldownDecision;
}

function live({ rules, groupSize, modelGroup, attempts }: Life): Step[] {
  const subject = { deployment: aDeployment({ modelGroup }), groupSize };
  const steps: Step[] = [];
  let now = 1_000_000;
  let requests = 0;
  let failures: Partial<Record<CooldownFailure, number>> = {};
  let until: number | undefined;
  for (const { signal, waitMs, tookMs, retryAfterMs } of attempts) {
    now += waitMs;
    requests += 1;
    if (signal !== 'answered') failures = { ...failures, [signal]: (failures[signal] ?? 0) + 1 };
    const before = { requests, failures, until };
    const startedAt = now - tookMs;
    const decision = decideCooldown(rules, subject, before, { signal, startedAt, retryAfterMs }, now);
    steps.push({ now, startedAt, signal, before, decision });
    if (decision.action === 'restore') until = undefined;
    if (decision.action === 'cool') {
      until = Math.max(until ?? 0, now + decision.forMs);
      [requests, failures] = [0, {}];
    }
  }
  return steps;
}

describe('whatever happens to a deployment', () => {
  const check = (judge: (step: Step, life: Life) => void) => {
    fc.assert(
      fc.property(lifeArbitrary, (life) => {
        for (const step of live(life)) judge(step, life);
      }),
      { numRuns: 1_000 },
    );
  };

  it('an answer never cools, and a failure never restores', () => {
    check(({ signal, decision }) => {
      expect(decision.action).not.toBe(signal === 'answered' ? 'cool' : 'restore');
    });
  });

  it('only an attempt begun after the cooldown restores', () => {
    check(({ decision, before: { until }, startedAt }) => {
      if (decision.action === 'restore') expect(startedAt).toBeGreaterThanOrEqual(until ?? Infinity);
    });
  });

  it('a cooldown is longer than nothing and a minute at most', () => {
    check(({ decision }) => {
      if (decision.action !== 'cool') return;
      expect(decision.forMs).toBeGreaterThan(0);
      expect(decision.forMs).toBeLessThanOrEqual(60_000);
    });
  });

  it('what is not to be cooled is never cooled', () => {
    check(({ decision }, { rules, modelGroup }) => {
      const isExempt = rules.disabled || rules.timeMs === 0 || modelGroup.includes('*');
      if (isExempt) expect(decision.action).not.toBe('cool');
    });
  });

  it('without allowed failures one alone is not cooled by so few', () => {
    check(({ decision }, { rules, groupSize }) => {
      const hasPolicy = rules.allowedFails !== undefined || Object.keys(rules.allowedFailsPolicy).length > 0;
      if (groupSize === 1 && !hasPolicy) expect(decision.action).toBe('none');
    });
  });

  it('every failed probe cools, as long as cooldowns are wanted', () => {
    check(({ signal, decision, before: { until = Infinity }, startedAt, now }) => {
      if (signal !== 'answered' && until <= now && startedAt >= until) expect(decision.action).toBe('cool');
    });
  });
});
