import { calcPrice, type PriceCalculationResult } from '@pydantic/genai-prices';

/** US dollars per token; a side nobody knows is absent. */
export interface TokenPrices {
  readonly input?: number;
  readonly output?: number;
}

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

/**
 * What a token costs at a provider, by the bundled list prices: no network, nothing is ever updated at run
 * time. Of prices that rise with the length of the prompt it is the lowest tier. A look-up may take a
 * millisecond: make it at start, not per request.
 * @param model the provider's own name of the model.
 */
export function tokenPrices(provider: string, model: string): TokenPrices {
  const found = lookUp(namesInPriceData.get(provider) ?? provider, model);
  const input = found?.model_price['input_mtok'];
  if (found === null || input === undefined) return {};
  // Models that are paid by the prompt alone, such as embeddings, have no price for the answer.
  return { input: found.input_price, output: found.output_price };
}

function lookUp(providerId: string, model: string): PriceCalculationResult {
  const usage = { input_tokens: 1, output_tokens: 1 };
  return calcPrice(usage, model, { providerId, timestamp: pricesAsOf });
}
