import { fault, type Fault, type LimitAccuracy, type Verdict } from '@signalbox/contracts';
import type { OpenJudgement } from './judgement.js';
import { requestedTokens } from './requested-tokens.js';

/**
 * No candidate had capacity: says so, with the soonest time at which a deployment frees. A request that needs
 * more tokens than every candidate allows in a minute can never fit and gets no such time.
 */
export function overLimits(
  judgement: OpenJudgement,
  verdicts: readonly Verdict[],
  limits?: LimitAccuracy,
): Fault {
  const candidates = new Set(judgement.tiers.flat().map(({ deployment }) => deployment.id));
  const refused = verdicts.filter(({ deploymentId }) => candidates.has(deploymentId));
  const times = verdicts.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const soonest = times.length === 0 ? {} : { retryAfterMs: Math.min(...times) };
  if (refused.length > 0 && refused.every(({ code }) => code === 'cooldown')) {
    const message = 'No deployments available for this model: whether they serve again is being found out.';
    return fault('no_deployment_available', message, soonest);
  }
  const start = 'Rate limit exceeded. No deployments available';
  const tokens = requestedTokens(judgement.request);
  // What does not fit a share of a limit may fit the whole.
  const areWhole = limits !== 'degraded' && refused.length > 0 && times.length === 0;
  const tooLarge = areWhole && refused.every(({ code }) => code === 'tpm');
  const message = tooLarge
    ? `${start}: the request may use ${tokens} tokens, more than any deployment of this model allows in a minute.`
    : `${start}: every deployment of this model is at its limit.`;
  return fault('rate_limit_exceeded', message, soonest);
}
