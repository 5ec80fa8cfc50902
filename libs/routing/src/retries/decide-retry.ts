import type { Backoff, FailureClass, RetryRules } from './retry-rules.js';

/** More attempts than this help nobody and multiply load when providers are failing. */
export const mostRetries = 10;

/** Whoever asks for a longer wait than this will not be well within the patience of a caller. Milliseconds. */
const longestRetryAfterMs = 60_000;

/** These may pass by themselves, or at another deployment; the rest is the request's own fault, or lasts. */
const mayPass: ReadonlySet<FailureClass> = new Set([
  'timeout',
  'conflict',
  'rate_limit',
  'internal_server',
  'connection',
]);

/** One failed attempt and what it failed under. */
export interface RetryQuestion {
  readonly failure: FailureClass;
  /** Retries made at this model so far. */
  readonly retriesMade: number;
  /** Names of the model, for `modelGroupRetryPolicy`; the first that is found counts. */
  readonly modelNames: readonly string[];
  /** `num_retries` of the client, in header or body. */
  readonly asked?: number | undefined;
  /** `max_retries` of the deployment that failed. */
  readonly ofDeployment?: number | undefined;
}

/** How many retries a failure of this class allows at a model, at most `mostRetries`. */
export function retriesAllowed(rules: RetryRules, question: Omit<RetryQuestion, 'retriesMade'>): number {
  const { failure, asked, ofDeployment } = question;
  const byPolicy = policyCount(rules, question);
  // A policy is the operator's word: the client may ask for less.
  if (byPolicy !== undefined) return Math.min(byPolicy, asked ?? byPolicy, mostRetries);
  if (!mayPass.has(failure)) return 0;
  return Math.min(asked ?? ofDeployment ?? rules.numRetries, mostRetries);
}

function policyCount(
  { retryPolicy, modelGroupRetryPolicy }: RetryRules,
  { failure, modelNames }: Pick<RetryQuestion, 'failure' | 'modelNames'>,
): number | undefined {
  const group = modelNames.find((name) => Object.hasOwn(modelGroupRetryPolicy, name));
  const ofGroup = group === undefined ? undefined : modelGroupRetryPolicy[group]?.[failure];
  return ofGroup ?? retryPolicy[failure];
}

/** Whether a failed attempt may be followed by another one at the same model, and how many its failure allows. */
export function decideRetry(
  rules: RetryRules,
  question: RetryQuestion,
): { readonly mayRetry: boolean; readonly maxRetries: number } {
  const maxRetries = retriesAllowed(rules, question);
  return { mayRetry: question.retriesMade < maxRetries, maxRetries };
}

export interface WaitQuestion {
  /** Waits made at this model so far. */
  readonly waitsMade: number;
  /** What the provider asked for, milliseconds. */
  readonly providerAskedMs?: number | undefined;
  /** A random number from 0 to below 1. */
  readonly dice: number;
}

/**
 * How long to leave a deployment alone before it is tried again, milliseconds; another deployment needs no wait.
 * What the provider asked for, else `firstMs` doubled with every wait up to `longestMs`, shortened by up to a
 * quarter so that those who failed together do not come back together; never less than `retryAfterMs`.
 * Undefined: not worth waiting for.
 */
export function waitBeforeRetry(
  rules: Pick<RetryRules, 'retryAfterMs'>,
  backoff: Backoff,
  { waitsMade, providerAskedMs = 0, dice }: WaitQuestion,
): number | undefined {
  if (providerAskedMs > longestRetryAfterMs) return undefined;
  const grown = Math.min(backoff.firstMs * 2 ** waitsMade, backoff.longestMs) * (1 - dice / 4);
  return Math.max(providerAskedMs > 0 ? providerAskedMs : grown, rules.retryAfterMs);
}
