import type { UsageRecord } from '@signalbox/contracts';
import type { CooldownFailure } from './cooldown-rules.js';

/** What an attempt says about its deployment: how it failed, or that it answers. */
export type CooldownSignal = CooldownFailure | 'answered';

const failures: Readonly<Record<number, CooldownFailure>> = {
  401: 'authentication',
  404: 'not_found',
  408: 'timeout',
  429: 'rate_limit',
  502: 'bad_gateway',
  503: 'service_unavailable',
  504: 'timeout',
};

/**
 * Reads an attempt as LiteLLM does: 401, 404, 408, 429 and 5xx are failures of the deployment, any other refusal is
 * an answer. Undefined where nobody can say whose fault it was: the client went or had no patience, or the connection
 * failed or broke.
 */
export function signalOfAttempt({
  outcome,
  upstreamStatus: status,
  callerTimedOut,
}: Pick<UsageRecord, 'outcome' | 'upstreamStatus' | 'callerTimedOut'>): CooldownSignal | undefined {
  if (outcome === 'succeeded') return 'answered';
  if (outcome === 'timed_out') return callerTimedOut === true ? undefined : 'timeout';
  if (outcome !== 'failed' || status === 0) return undefined;
  const failure = failures[status];
  if (failure !== undefined) return failure;
  // Below 400: not an answer of the API at all, a page of some proxy for example.
  return status >= 500 || status < 400 ? 'internal_server' : 'answered';
}
