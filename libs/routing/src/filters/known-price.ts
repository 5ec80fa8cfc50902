import type { RouteRequest } from '@signalbox/contracts';
import { callCost } from '../call-cost.js';
import type { Filter } from '../filter.js';

/** Who has a budget is not served where nobody knows what it costs, unless the house serves that unbilled. */
export const knownPrice: Filter = (deployment, request, { rules }) => {
  if (rules.unknownPrices === 'serve_unbilled' || !hasBudget(request)) return undefined;
  const { promptTokens: prompt, outputTokens: completion } = request;
  if (callCost(deployment, { prompt, completion }) !== undefined) return undefined;
  return { code: 'price_unknown', detail: 'a budget is set, and nobody knows what a token costs here' };
};

/** Whether a call must be paid from a budget. */
export function hasBudget({ scopes = [] }: RouteRequest): boolean {
  return scopes.some(({ budgets = [] }) => budgets.length > 0);
}
