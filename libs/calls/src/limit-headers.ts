import type { OutgoingHttpHeaders } from 'node:http';
import { formatDollars, type RateLimitState, type RouteDecision } from '@signalbox/contracts';

/** What a decision and a refusal alike tell of the limits they were made under. */
export type LimitsTold = Pick<RouteDecision, 'limits' | 'scopeVerdicts'> &
  // A refusal has none.
  Partial<Pick<RouteDecision, 'modelGroup'>>;

/**
 * Whether limits were counted exactly or by a router's share while the ledger was away, and what is left to
 * everybody with a limit, by LiteLLM's names: `x-ratelimit-api_key-remaining-requests`, `x-litellm-key-spend`.
 */
export function limitHeaders({ limits, scopeVerdicts = [], modelGroup }: LimitsTold): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = limits === undefined ? {} : { 'x-signalbox-limits': limits };
  for (const { kind, state } of scopeVerdicts) {
    // A call may have many tags, and a header has one value.
    if (kind === 'tag') continue;
    addRateLimits(headers, `x-ratelimit-${kind}`, state);
    if (kind === 'model_per_key') addRemainingOfModel(headers, modelGroup, state);
    if (kind === 'api_key' && state.budget !== undefined) {
      headers['x-litellm-key-max-budget'] = formatDollars(state.budget.maxNanoDollars);
      headers['x-litellm-key-spend'] = formatDollars(state.budget.spentNanoDollars);
    }
  }
  return headers;
}

/** LiteLLM names a header after the model; names that make none, such as `openai/*`, are left out. */
function addRemainingOfModel(
  headers: OutgoingHttpHeaders,
  model: string | undefined,
  { remainingRequests, remainingTokens }: RateLimitState,
): void {
  if (model === undefined || !/^[\w.-]+$/.test(model)) return;
  if (remainingRequests !== undefined)
    headers[`x-litellm-key-remaining-requests-${model}`] = String(remainingRequests);
  if (remainingTokens !== undefined)
    headers[`x-litellm-key-remaining-tokens-${model}`] = String(remainingTokens);
}

/** Adds limits and what is left of them; those that are not limited are left out. */
export function addRateLimits(headers: OutgoingHttpHeaders, prefix: string, state: RateLimitState): void {
  const { limitRequests, remainingRequests, limitTokens, remainingTokens } = state;
  if (limitRequests !== undefined) headers[`${prefix}-limit-requests`] = String(limitRequests);
  if (remainingRequests !== undefined) headers[`${prefix}-remaining-requests`] = String(remainingRequests);
  if (limitTokens !== undefined) headers[`${prefix}-limit-tokens`] = String(limitTokens);
  if (remainingTokens !== undefined) headers[`${prefix}-remaining-tokens`] = String(remainingTokens);
}
