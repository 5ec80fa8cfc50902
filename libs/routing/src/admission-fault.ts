import { fault, type Fault } from '@signalbox/contracts';
import type { Admission } from './conclude.js';
import type { OpenJudgement } from './judgement.js';
import { requestedTokens } from './requested-tokens.js';

/**
 * No candidate had capacity: says so, with the soonest time at which one of them frees. A request that needs
 * more tokens than every candidate allows in a minute can never fit and gets no such time.
 */
export function overLimits({ request }: OpenJudgement, { verdicts }: Admission): Fault {
  const times = verdicts.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const start = 'Rate limit exceeded. No deployments available';
  if (times.length > 0) {
    const message = `${start}: every deployment of this model is at its limit.`;
    return fault('rate_limit_exceeded', message, { retryAfterMs: Math.min(...times) });
  }
  const tokens = requestedTokens(request);
  const tooLarge = verdicts.length > 0 && verdicts.every(({ code }) => code === 'tpm');
  const message = tooLarge
    ? `${start}: the request may use ${tokens} tokens, more than any deployment of this model allows in a minute.`
    : `${start}: every deployment of this model is at its limit.`;
  return fault('rate_limit_exceeded', message);
}
