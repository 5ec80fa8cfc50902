/** US dollars per token. Kinds that have no price of their own cost what their side costs: see `callCost` of libs/routing. */
export interface TokenPrices {
  /** Of the prompt, and of the answer. */
  readonly inputCostPerToken?: number;
  readonly outputCostPerToken?: number;
  /** Of the prompt: read from the provider's cache, written to it, heard, seen. */
  readonly cacheReadCostPerToken?: number;
  readonly cacheWriteCostPerToken?: number;
  readonly inputCostPerAudioToken?: number;
  readonly inputCostPerImageToken?: number;
  /** Of the answer: thought, spoken, drawn. */
  readonly outputCostPerReasoningToken?: number;
  readonly outputCostPerAudioToken?: number;
  readonly outputCostPerImageToken?: number;
}
export type TokenPriceName = keyof TokenPrices;

/** What a call costs whose prompt has more than `above` tokens: every token of it, those below too. */
export interface LongPromptPrices extends TokenPrices {
  readonly above: number;
}

/** Prices of a deployment: as configured, else from the price data; absent where neither knows. */
export interface DeploymentPrices extends TokenPrices {
  /** The smallest `above` first; the last one that holds stands in for the prices it names. */
  readonly longPrompts?: readonly LongPromptPrices[];
}

/** What LiteLLM calls them, in a configuration and in `/model/info`. */
export const litellmPriceNames: Readonly<Record<TokenPriceName, string>> = {
  inputCostPerToken: 'input_cost_per_token',
  outputCostPerToken: 'output_cost_per_token',
  cacheReadCostPerToken: 'cache_read_input_token_cost',
  cacheWriteCostPerToken: 'cache_creation_input_token_cost',
  inputCostPerAudioToken: 'input_cost_per_audio_token',
  inputCostPerImageToken: 'input_cost_per_image_token',
  outputCostPerReasoningToken: 'output_cost_per_reasoning_token',
  outputCostPerAudioToken: 'output_cost_per_audio_token',
  outputCostPerImageToken: 'output_cost_per_image_token',
};

/** All of them. */
export const tokenPriceNames = Object.keys(litellmPriceNames) as TokenPriceName[];

/** The price of the side a kind of tokens belongs to. */
export function priceOfSide(name: TokenPriceName): 'inputCostPerToken' | 'outputCostPerToken' {
  return name.startsWith('output') ? 'outputCostPerToken' : 'inputCostPerToken';
}
