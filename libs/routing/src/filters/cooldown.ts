import type { Filter } from '../filter.js';

/** A deployment that failed too often lately is left alone; when that is over it is a candidate on probation. */
export const cooldown: Filter = (deployment, _request, facts) => {
  const known = facts.cooldown?.(deployment);
  if (known?.phase !== 'cooling') return undefined;
  const { retryAfterMs, reason } = known;
  const detail = `left alone after failures${reason === undefined ? '' : `: ${reason}`}`;
  return { code: 'cooldown', detail, retryAfterMs };
};
