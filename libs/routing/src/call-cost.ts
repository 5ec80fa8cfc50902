import {
  nanoDollarsPerDollar,
  type DeploymentPrices,
  type TokenCounts,
  type TokenPriceName,
  type TokenPrices,
} from '@signalbox/contracts';

/** A million dollars: what a call may claim to cost at most, so that sums stay exact. */
const most = 1_000_000 * nanoDollarsPerDollar;
/** What is less than these above a whole number, nano-dollars or part of the sum, came from binary fractions. */
const rounding = 1e-6;
const relativeRounding = 1e-14;

/** Tokens of a call; the kinds are parts of prompt and completion. */
export type PricedTokens = Omit<TokenCounts, 'total' | 'source'>;

interface Kind {
  readonly tokens: keyof PricedTokens;
  readonly price: TokenPriceName;
  /** Without a price of its own it costs what its side does; others do so only where that is nothing. */
  readonly isLikeText: boolean;
}

const promptKinds: readonly Kind[] = [
  { tokens: 'cached', price: 'cacheReadCostPerToken', isLikeText: true },
  { tokens: 'cacheWritten', price: 'cacheWriteCostPerToken', isLikeText: true },
  { tokens: 'promptAudio', price: 'inputCostPerAudioToken', isLikeText: false },
  { tokens: 'promptImage', price: 'inputCostPerImageToken', isLikeText: true },
];
const completionKinds: readonly Kind[] = [
  { tokens: 'reasoning', price: 'outputCostPerReasoningToken', isLikeText: true },
  { tokens: 'completionAudio', price: 'outputCostPerAudioToken', isLikeText: false },
  { tokens: 'completionImage', price: 'outputCostPerImageToken', isLikeText: false },
];

/**
 * What so many tokens cost, in whole nano-dollars, rounded up: each kind at its own price, the rest of a side at the price of
 * the side. Tokens of two kinds, such as sound from the cache, count for the first one, and no side for more than it has.
 * Undefined when there are tokens of a price nobody knows.
 */
export function callCost(prices: DeploymentPrices, tokens: PricedTokens): number | undefined {
  const valid = pricesAt(prices, tokens.prompt);
  const ofPrompt = sideCost(valid, valid.inputCostPerToken, tokens, tokens.prompt, promptKinds);
  const ofAnswer = sideCost(valid, valid.outputCostPerToken, tokens, tokens.completion, completionKinds);
  if (ofPrompt === undefined || ofAnswer === undefined) return undefined;
  const nanoDollars = (ofPrompt + ofAnswer) * nanoDollarsPerDollar;
  return Math.min(most, Math.max(0, Math.ceil(nanoDollars - rounding - nanoDollars * relativeRounding)));
}

function pricesAt(prices: DeploymentPrices, promptTokens: number): TokenPrices {
  const long = prices.longPrompts?.findLast(({ above }) => promptTokens > above);
  return long === undefined ? prices : { ...prices, ...long };
}

function sideCost(
  prices: TokenPrices,
  plainPrice: number | undefined,
  tokens: PricedTokens,
  ofSide: number,
  kinds: readonly Kind[],
): number | undefined {
  let rest = ofSide;
  let cost = 0;
  for (const { tokens: kind, price: name, isLikeText } of kinds) {
    const some = Math.min(rest, tokens[kind] ?? 0);
    if (some === 0) continue;
    const price = prices[name] ?? (isLikeText || plainPrice === 0 ? plainPrice : undefined);
    if (price === undefined) return undefined;
    rest -= some;
    cost += price * some;
  }
  if (rest === 0) return cost;
  return plainPrice === undefined ? undefined : cost + plainPrice * rest;
}
