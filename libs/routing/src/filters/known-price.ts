import type { RouteRequest } from '@signalbox/contracts';
import { callCost } from '../call-cost.js';
import type { Filter } from '../filter.js';

/** Who has a budget is not served where nobody knows what it costs, unless the house serves that unbilled. */
export const knownPrice: Filter = (deployment, request, { rules }) => {
  if (rules.unknownPrices === 'serve_unbilled' || !mustPay(request)) return undefined;
  const { promptTokens: prompt, outputTokens: completion } = request;
  if (callCost(deployment, { prompt, completion }) !== undefined) return undefined;
  return { code: 'price_unknown', detail: 'a budget is set, and nobody knows what a token costs here' };
};

/** Whether what a call costs is counted in a budget. */
export function hasBudget({ scopes = [] }: RouteRequest): boolean {
  return scopes.some(({ budgets = [] }) => budgets.length > 0);
}

/** Whether a call may be refused for what it costs; nobody is for a soft budget. */
function mustPay({ scopes = [] }: RouteRequest): boolean {
  return scopes.some(({ budgets = [] }) => budgets.some((one) => one.maxNanoDollars !== undefined));
}
