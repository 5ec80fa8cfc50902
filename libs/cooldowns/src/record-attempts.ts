import type { Catalog, UsageRecord } from '@signalbox/contracts';
import {
  cooldownTimeOf,
  decideCooldown,
  signalOfAttempt,
  type CooldownReason,
  type CooldownRules,
  type CooldownState,
  type CooldownSubject,
} from '@signalbox/routing';
import {
  memoryMs,
  type CooldownEffect,
  type CooldownOrder,
  type CooldownStore,
  type CountedAttempts,
  type EndedAttempt,
} from './cooldown-store.js';

/** By what, and for whom, it is decided. */
export interface CooldownPolicy {
  readonly rules: CooldownRules;
  /** Deployments that may cool down at all, by their id. */
  readonly subjects: ReadonlyMap<string, CooldownSubject>;
}

/** What happened to a deployment. */
export interface CooldownChange {
  readonly deploymentId: string;
  readonly effect: Exclude<CooldownEffect, 'none'>;
  /** Absent when it is restored. */
  readonly reason?: CooldownReason;
  readonly forMs?: number;
}

/** The policy for the deployments of a catalog; wildcard ones and those with a time of 0 are left out. */
export function cooldownPolicy(
  { deployments }: Pick<Catalog, 'deployments'>,
  rules: CooldownRules,
): CooldownPolicy {
  const sizes = new Map<string, number>();
  for (const { modelGroup } of deployments) sizes.set(modelGroup, (sizes.get(modelGroup) ?? 0) + 1);
  const subjects = deployments
    .filter((deployment) => cooldownTimeOf(rules, deployment) > 0)
    .map(
      (deployment) =>
        [deployment.id, { deployment, groupSize: sizes.get(deployment.modelGroup) ?? 1 }] as const,
    );
  return { rules, subjects: new Map(subjects) };
}

/** What a usage record says of its deployment; undefined when it says nothing. */
export function endedAttempt(record: UsageRecord): EndedAttempt | undefined {
  const { attemptId, deploymentId, startedAt, durationMs, retryAfterMs } = record;
  const signal = signalOfAttempt(record);
  if (signal === undefined) return undefined;
  return { attemptId, deploymentId, signal, startedAt, endedAt: startedAt + durationMs, retryAfterMs };
}

/**
 * Takes note of attempts that are over, and begins and ends the cooldowns that follow from them. Attempts may come
 * twice or late: a failure counts once, and those that ended more than a minute ago say nothing any more. All of them
 * are judged by what is known after the last.
 * @param now milliseconds since 1970.
 */
export async function recordAttempts(
  store: CooldownStore,
  { rules, subjects }: CooldownPolicy,
  attempts: readonly EndedAttempt[],
  now = Date.now(),
): Promise<CooldownChange[]> {
  const timely = attempts.filter(
    ({ deploymentId, endedAt }) => subjects.has(deploymentId) && endedAt + memoryMs > now,
  );
  if (timely.length === 0) return [];
  const orders = ordersAfter(await store.count(timely), rules, subjects);
  if (orders.length === 0) return [];
  const effects = await store.apply(orders);
  return orders.flatMap((order, index) => changeOf(order, effects[index] ?? 'none'));
}

/** At most one order for each deployment: the longest cooldown, else that it is restored. */
function ordersAfter(
  { now, fresh, states }: CountedAttempts,
  rules: CooldownRules,
  subjects: CooldownPolicy['subjects'],
): CooldownOrder[] {
  const current = new Map<string, CooldownState>(states);
  const orders = new Map<string, CooldownOrder>();
  for (const attempt of fresh) {
    const { deploymentId } = attempt;
    const subject = subjects.get(deploymentId);
    const state = current.get(deploymentId);
    if (subject === undefined || state === undefined) continue;
    const decision = decideCooldown(rules, subject, state, attempt, now);
    if (decision.action === 'cool') {
      const until = now + decision.forMs;
      current.set(deploymentId, { requests: 0, failures: {}, until: Math.max(state.until ?? 0, until) });
      const order = orders.get(deploymentId);
      if (order?.action !== 'cool' || order.forMs < decision.forMs) {
        orders.set(deploymentId, { deploymentId, ...decision });
      }
    } else if (decision.action === 'restore' && state.until !== undefined) {
      current.set(deploymentId, { ...state, until: undefined });
      orders.set(deploymentId, { deploymentId, action: 'restore', until: state.until });
    }
  }
  return [...orders.values()];
}

function changeOf(order: CooldownOrder, effect: CooldownEffect): CooldownChange[] {
  if (effect === 'none') return [];
  const { deploymentId } = order;
  return order.action === 'cool'
    ? [{ deploymentId, effect, reason: order.reason, forMs: order.forMs }]
    : [{ deploymentId, effect }];
}
