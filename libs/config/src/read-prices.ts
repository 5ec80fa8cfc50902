import {
  litellmPriceNames,
  priceOfSide,
  tokenPriceNames,
  type DeploymentPrices,
  type LongPromptPrices,
  type TokenPriceName,
  type TokenPrices,
  type Upstream,
} from '@signalbox/contracts';
import { listPrices } from '@signalbox/providers';
import type { SectionReader } from './section-reader.js';

/**
 * What tokens cost at a deployment: as written in `litellm_params`, else in `model_info`, else the list prices of
 * `base_model` or, without one, of the upstream's model. Each side for itself, as in LiteLLM: where the price of a side is
 * written, what the list says of its cached, spoken and other tokens belongs to another price.
 */
export function readPrices(
  params: SectionReader,
  info: SectionReader,
  upstream: Upstream | undefined,
): DeploymentPrices {
  const [ofParams, ofInfo] = [writtenPrices(params), writtenPrices(info)];
  const written = { ...ofInfo.prices, ...ofParams.prices };
  const baseModels = [params, info].map((place) => place.text('base_model'));
  const listed = pricesInList(
    upstream,
    baseModels.find((model) => model !== undefined),
  );
  const longPrompts = mergeByLength([
    ...(listed.longPrompts ?? []).map((long) => ({ above: long.above, ...notWritten(long, written) })),
    ...ofInfo.longPrompts,
    ...ofParams.longPrompts,
  ]);
  return { ...notWritten(listed, written), ...written, ...(longPrompts.length > 0 && { longPrompts }) };
}

/** `base_model` may name its provider, `azure/gpt-4o`, or leave it to the deployment's. */
function pricesInList(upstream: Upstream | undefined, baseModel: string | undefined): DeploymentPrices {
  if (upstream === undefined) return {};
  if (baseModel === undefined) return listPrices(upstream.provider, upstream.model);
  const slash = baseModel.indexOf('/');
  const named = slash === -1 ? {} : listPrices(baseModel.slice(0, slash), baseModel.slice(slash + 1));
  return named.inputCostPerToken === undefined ? listPrices(upstream.provider, baseModel) : named;
}

const namesOfKeys = new Map(tokenPriceNames.map((name) => [litellmPriceNames[name], name]));

/** LiteLLM's names, and the same with `_above_200k_tokens` for calls with more of them in the prompt. */
function writtenPrices(place: SectionReader) {
  const prices: Partial<Record<TokenPriceName, number>> = {};
  const longPrompts: LongPromptPrices[] = [];
  for (const [key, name] of namesOfKeys) {
    const price = place.number(key);
    if (price !== undefined) prices[name] = price;
  }
  for (const longKey of place.unasked()) {
    const [, key = '', thousands] = /^(.+)_above_(\d+)k_tokens$/.exec(longKey) ?? [];
    const name = namesOfKeys.get(key);
    const price = name && place.number(longKey);
    if (name && price !== undefined) longPrompts.push({ above: Number(thousands) * 1_000, [name]: price });
  }
  return { prices, longPrompts };
}

function notWritten(listed: TokenPrices, written: TokenPrices): TokenPrices {
  const left = tokenPriceNames.filter(
    (name) =>
      listed[name] !== undefined && written[name] === undefined && written[priceOfSide(name)] === undefined,
  );
  return Object.fromEntries(left.map((name) => [name, listed[name]]));
}

/** Later prices stand in for earlier ones of the same length; each length has those of the shorter ones too. */
function mergeByLength(prices: readonly LongPromptPrices[]): LongPromptPrices[] {
  const lengths = [...new Set(prices.map(({ above }) => above))].toSorted((one, other) => one - other);
  const byLength = prices.toSorted((one, other) => one.above - other.above);
  return lengths
    .map(
      (length) => Object.assign({}, ...byLength.filter(({ above }) => above <= length)) as LongPromptPrices,
    )
    .filter((long) => Object.keys(long).length > 1);
}
