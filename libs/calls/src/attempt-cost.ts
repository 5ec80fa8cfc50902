import type { CallMode, DeploymentPrices, TokenCounts } from '@signalbox/contracts';
import { modeTraits } from '@signalbox/providers';
import { callCost } from '@signalbox/routing';

/**
 * What an attempt cost, whole nano-dollars; undefined when nobody knows. Images and sounds are charged by other things than
 * tokens where their provider counts none, and what is estimated of them is no bill.
 */
export function attemptCost(
  mode: CallMode,
  prices: DeploymentPrices,
  tokens: TokenCounts,
): number | undefined {
  if (tokens.source === 'estimated' && !modeTraits[mode].chargesTexts) return undefined;
  return callCost(prices, tokens);
}
