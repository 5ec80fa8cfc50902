// Real: both stores, one of them on a real Redis; random histories, the same for both. Fake: the clock.
import type { CooldownSignal } from '@signalbox/routing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CooldownOrder, CooldownStore, EndedAttempt } from './cooldown-store.js';
import { implementations, TestClock } from './spec-support/implementations.js';

const ids = ['a', 'b'] as const;
const deploymentId = fc.constantFrom(...ids);
const signals: readonly CooldownSignal[] = ['answered', 'rate_limit', 'timeout', 'service_unavailable'];

type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | {
      readonly kind: 'count';
      readonly attempts: readonly Pick<EndedAttempt, 'attemptId' | 'deploymentId' | 'signal'>[];
    }
  | {
      readonly kind: 'apply';
      readonly orders: readonly (CooldownOrder | { readonly restoreLast: string })[];
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    // All of them together less than marks live: on Redis those are forgotten by the real clock.
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 9_000 }) }),
    fc.record({
      kind: fc.constant('count' as const),
      attempts: fc.array(
        // An attempt is at one deployment, and may be told again, with whatever came of it.
        fc
          .record({
            deploymentId,
            number: fc.nat({ max: 20 }),
            signal: fc.constantFrom(...signals),
          })
          .map(({ number, ...attempt }) => ({
            ...attempt,
            attemptId: `${attempt.deploymentId}-${number}`,
          })),
        { maxLength: 6 },
      ),
    }),
    fc.record({
      kind: fc.constant('apply' as const),
      orders: fc.uniqueArray(
        fc.oneof(
          fc.record({
            deploymentId,
            action: fc.constant('cool' as const),
            forMs: fc.integer({ min: 1, max: 90_000 }),
            reason: fc.constant('rate_limited' as const),
          }),
          fc.record({ restoreLast: deploymentId }),
        ),
        {
          maxLength: 2,
          selector: (order) => ('restoreLast' in order ? order.restoreLast : order.deploymentId),
        },
      ),
    }),
  ),
  { maxLength: 12 },
);

/** Everything a store says while it lives through the steps. */
async function told(store: CooldownStore, clock: TestClock, history: readonly Step[]): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const step of history) {
    if (step.kind === 'pass') clock.step(step.ms);
    else if (step.kind === 'count') {
      const attempts = step.attempts.map((one) => ({ ...one, startedAt: clock.now(), endedAt: clock.now() }));
      const { now, fresh, states } = await store.count(attempts);
      said.push([now, fresh, [...states]]);
    } else {
      const known = await store.read(ids);
      const orders = step.orders.map((order): CooldownOrder => {
        if (!('restoreLast' in order)) return order;
        const leftMs = known.find((one) => one.deploymentId === order.restoreLast)?.leftMs ?? 0;
        return { deploymentId: order.restoreLast, action: 'restore', until: clock.now() + leftMs };
      });
      said.push(await store.apply(orders));
    }
    said.push(await store.read(ids));
  }
  return said;
}

const running: Awaited<ReturnType<(typeof implementations)[number]['start']>>[] = [];
beforeAll(async () => {
  for (const implementation of implementations) running.push(await implementation.start());
});
afterAll(() => Promise.all(running.map((one) => one.stop())));

it('both stores say the same of any history', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const [memory, redis] = await Promise.all(
        running.map(async (one) => {
          const clock = new TestClock();
          return told(await one.open(clock), clock, history);
        }),
      );
      expect(redis).toEqual(memory);
    }),
    { numRuns: 200 },
  );
});
