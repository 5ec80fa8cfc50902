import type { Filter } from '../filter.js';

/** A deployment that failed too often lately is left alone; when that is over it is a candidate on probation. */
export const cooldown: Filter = (deployment, _request, facts) => {
  const known = facts.cooldown?.(deployment);
  if (known?.phase !== 'cooling') return undefined;
  return { code: 'cooldown', detail: 'left alone after failures', retryAfterMs: known.retryAfterMs };
};
