import type { Deployment } from '@signalbox/contracts';
import {
  cooldownTimeOf,
  type CooldownFailure,
  type CooldownRules,
  type FailureCounts,
} from './cooldown-rules.js';
import type { CooldownSignal } from './signal-of-attempt.js';

/** LiteLLM's numbers. */
const defaults = { allowedFails: 3, share: 0.5, leastRequests: 5, leastRequestsOfAll: 1_000 };

/** A provider may name tomorrow; a probe finds out sooner, and costs one call. Milliseconds. */
const longestRetryAfterMs = 60_000;

/** The deployment an attempt was made at. */
export interface CooldownSubject {
  readonly deployment: Pick<Deployment, 'modelGroup' | 'cooldownTimeMs'>;
  /** Deployments of its group, itself included. */
  readonly groupSize: number;
}

/** What is known of a deployment, the attempt in question included. */
export interface CooldownState {
  /** Attempts of this minute that were answered or failed. */
  readonly requests: number;
  readonly failures: FailureCounts;
  /** End of the last cooldown, milliseconds; absent when a probe was answered since, or there was none. */
  readonly until?: number | undefined;
}

/** An attempt that is over. */
export interface CooldownEvent {
  readonly signal: CooldownSignal;
  /** Milliseconds. */
  readonly startedAt: number;
  /** How long the provider asked to be left alone, milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Why a cooldown begins. */
export type CooldownReason =
  'rate_limited' | 'misconfigured' | 'mostly_failing' | 'only_failing' | 'allowed_fails' | 'probe_failed';

export type CooldownDecision =
  | { readonly action: 'none' }
  /** Leave it alone for so many milliseconds. */
  | { readonly action: 'cool'; readonly forMs: number; readonly reason: CooldownReason }
  /** Its probe was answered: back to full service. */
  | { readonly action: 'restore' };

const none: CooldownDecision = { action: 'none' };

/**
 * What an attempt means for its deployment. By default, as LiteLLM: in a group of several a 429, 401 or 404 cools at
 * once, and so do more than half of at least 5 requests that fail within the minute; alone in its group only a thousand
 * requests that all fail. With allowed failures configured: one more than allowed, whatever the group.
 *
 * When a cooldown is over the deployment is on probation: the first attempt begun since then decides. Older ones that
 * end only now are counted like any other.
 * @param now milliseconds, of the same clock as `startedAt` and `until`.
 */
export function decideCooldown(
  rules: CooldownRules,
  subject: CooldownSubject,
  state: CooldownState,
  event: CooldownEvent,
  now: number,
): CooldownDecision {
  const { until } = state;
  const isProbe = until !== undefined && until <= now && event.startedAt >= until;
  if (event.signal === 'answered') return isProbe ? { action: 'restore' } : none;
  const timeMs = cooldownTimeOf(rules, subject.deployment);
  if (timeMs === 0) return none;
  const reason = isProbe ? 'probe_failed' : reasonToCool(rules, subject.groupSize, state, event.signal);
  if (reason === undefined) return none;
  return { action: 'cool', reason, forMs: durationOf(event.retryAfterMs, timeMs) };
}

function reasonToCool(
  rules: CooldownRules,
  groupSize: number,
  state: CooldownState,
  failure: CooldownFailure,
): CooldownReason | undefined {
  const hasPolicy = rules.allowedFails !== undefined || Object.keys(rules.allowedFailsPolicy).length > 0;
  if (hasPolicy) return isBeyondAllowed(rules, state.failures, failure) ? 'allowed_fails' : undefined;
  const { requests } = state;
  const failed = sum(state.failures);
  if (groupSize === 1) {
    return failed === requests && requests >= defaults.leastRequestsOfAll ? 'only_failing' : undefined;
  }
  if (failure === 'rate_limit') return 'rate_limited';
  if (failure === 'authentication' || failure === 'not_found') return 'misconfigured';
  const isMost = requests >= defaults.leastRequests && failed > requests * defaults.share;
  return isMost ? 'mostly_failing' : undefined;
}

function isBeyondAllowed(rules: CooldownRules, failures: FailureCounts, failure: CooldownFailure): boolean {
  const { allowedFails = defaults.allowedFails, allowedFailsPolicy: policy } = rules;
  const allowed = policy[failure];
  if (allowed !== undefined) return (failures[failure] ?? 0) > allowed;
  const unnamed = Object.entries(failures).filter(([kind]) => !Object.hasOwn(policy, kind));
  return sum(Object.fromEntries(unnamed)) > allowedFails;
}

function sum(failures: FailureCounts): number {
  return Object.values(failures).reduce((total, count) => total + count, 0);
}

function durationOf(retryAfterMs: number | undefined, timeMs: number): number {
  if (retryAfterMs === undefined || retryAfterMs <= 0) return timeMs;
  return Math.ceil(Math.min(retryAfterMs, Math.max(longestRetryAfterMs, timeMs)));
}
