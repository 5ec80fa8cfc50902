import { nanoDollarsPerDollar, type Deployment } from '@signalbox/contracts';

/** A million dollars: what a call may claim to cost at most, so that sums stay exact. */
const most = 1_000_000 * nanoDollarsPerDollar;
/** What is less than this above a whole number came from binary fractions. */
const rounding = 1e-6;

/** US dollars per token; absent: nobody knows. */
export type TokenPrices = Pick<Deployment, 'inputCostPerToken' | 'outputCostPerToken'>;

/**
 * What so many tokens cost, in whole nano-dollars, rounded up. Undefined when the price of a side that has tokens is
 * not known.
 */
export function callCost(
  { inputCostPerToken, outputCostPerToken }: TokenPrices,
  { prompt, completion }: { readonly prompt: number; readonly completion: number },
): number | undefined {
  const ofPrompt = sideCost(inputCostPerToken, prompt);
  const ofAnswer = sideCost(outputCostPerToken, completion);
  if (ofPrompt === undefined || ofAnswer === undefined) return undefined;
  const nanoDollars = (ofPrompt + ofAnswer) * nanoDollarsPerDollar;
  return Math.min(most, Math.max(0, Math.ceil(nanoDollars - rounding)));
}

function sideCost(price: number | undefined, tokens: number): number | undefined {
  return tokens === 0 ? 0 : price === undefined ? undefined : price * tokens;
}
