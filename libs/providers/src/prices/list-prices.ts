import { calcPrice } from '@pydantic/genai-prices';
import {
  tokenPriceNames,
  type DeploymentPrices,
  type TokenPriceName,
  type TokenPrices,
} from '@signalbox/contracts';

/**
 * Some prices of the data begin on a date or hold for hours of the day. All processes must see the same
 * ones, so this is the moment they are read for; it moves with the version of the package.
 */
const pricesAsOf = new Date('2026-11-01T12:00:00Z');

/** Where our name of a provider is not one that the price data knows. */
const namesInPriceData: ReadonlyMap<string, string> = new Map([
  ['azure_ai', 'azure'],
  ['bedrock_converse', 'bedrock'],
  ['fireworks_ai', 'fireworks'],
  ['vertex_ai_beta', 'vertex_ai'],
]);

/** What the data calls them: dollars per million tokens. */
const dataNames: Readonly<Record<TokenPriceName, string>> = {
  inputCostPerToken: 'input_mtok',
  outputCostPerToken: 'output_mtok',
  cacheReadCostPerToken: 'cache_read_mtok',
  cacheWriteCostPerToken: 'cache_write_mtok',
  inputCostPerAudioToken: 'input_audio_mtok',
  inputCostPerImageToken: 'input_image_mtok',
  outputCostPerReasoningToken: 'output_reasoning_mtok',
  outputCostPerAudioToken: 'output_audio_mtok',
  outputCostPerImageToken: 'output_image_mtok',
};

/** A price of the data: the same for all calls, or higher for those whose prompt has more than `start` tokens. */
type DataPrice = NonNullable<ReturnType<typeof calcPrice>>['model_price'][string];

/**
 * What tokens cost at a provider, by the bundled list prices: no network, nothing is ever updated at run time. A look-up
 * may take a millisecond: make it at start, not per request.
 * @param model the provider's own name of the model.
 * @returns empty where the list does not have it.
 */
export function listPrices(provider: string, model: string): DeploymentPrices {
  const providerId = namesInPriceData.get(provider) ?? provider;
  const found = calcPrice({ input_tokens: 1 }, model, { providerId, timestamp: pricesAsOf });
  const prices = tokenPriceNames.flatMap((name) => {
    const price = found?.model_price[dataNames[name]];
    return price === undefined ? [] : [[name, price] as const];
  });
  if (!prices.some(([name]) => name === 'inputCostPerToken')) return {};
  const starts = new Set(prices.flatMap(([, price]) => startsOf(price)));
  const longPrompts = [...starts]
    .toSorted((one, other) => one - other)
    .map((above) => ({ above, ...at(prices, above + 1) }));
  return {
    // Models that are paid by the prompt alone, such as embeddings, have no price for the answer.
    outputCostPerToken: 0,
    ...at(prices, 0),
    ...(longPrompts.length > 0 && { longPrompts }),
  };
}

function startsOf(price: DataPrice): number[] {
  return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
}

function at(prices: readonly (readonly [TokenPriceName, DataPrice])[], promptTokens: number): TokenPrices {
  return Object.fromEntries(prices.map(([name, price]) => [name, perMillion(price, promptTokens) / 1e6]));
}

function perMillion(price: DataPrice, promptTokens: number): number {
  if (typeof price !== 'object') return price ?? 0;
  return price.tiers.findLast(({ start }) => promptTokens > start)?.price ?? price.base;
}
