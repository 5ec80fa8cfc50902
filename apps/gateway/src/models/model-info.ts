import { apiBaseOf } from '@signalbox/calls';
import {
  litellmPriceNames,
  tokenPriceNames,
  type Deployment,
  type Region,
  type TokenPrices,
} from '@signalbox/contracts';

/** One row of LiteLLM's `/model/info`. */
export interface ModelInfo {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, unknown>>;
  readonly model_info: Readonly<Record<string, unknown>>;
}

/** Tells of a deployment what is no secret: never its key, nor the extra parameters that may hold one. */
export function modelInfo(deployment: Deployment, region: Region | undefined): ModelInfo {
  const { upstream, limits } = deployment;
  return {
    model_name: deployment.modelGroup,
    litellm_params: {
      model: `${upstream.provider}/${upstream.model}`,
      api_base: apiBaseOf(upstream.apiBase),
      region_name: region?.name ?? null,
      ...(limits.rpm !== undefined && { rpm: limits.rpm }),
      ...(limits.tpm !== undefined && { tpm: limits.tpm }),
      ...(deployment.tags.length > 0 && { tags: deployment.tags }),
    },
    model_info: {
      ...deployment.modelInfo,
      id: deployment.id,
      db_model: deployment.isAdded === true,
      key: upstream.model,
      litellm_provider: upstream.provider,
      mode: deployment.mode ?? null,
      max_input_tokens: deployment.maxInputTokens ?? null,
      max_output_tokens: deployment.maxOutputTokens ?? null,
      ...shownPrices(deployment),
      region: region?.zone ?? region?.name ?? null,
    },
  };
}

/** By LiteLLM's names; null is a price nobody knows, or for a kind of tokens that costs what its side does. */
function shownPrices({ longPrompts = [], ...prices }: Deployment): Record<string, number | null> {
  const shown = (of: TokenPrices, suffix = ''): [string, number | null][] =>
    tokenPriceNames.flatMap((name) => {
      const price = of[name];
      return suffix !== '' && price === undefined ? [] : [[litellmPriceNames[name] + suffix, price ?? null]];
    });
  const ofLongPrompts = longPrompts.flatMap((long) =>
    shown(long, `_above_${Math.ceil(long.above / 1_000)}k_tokens`),
  );
  return Object.fromEntries([...shown(prices), ...ofLongPrompts]);
}
