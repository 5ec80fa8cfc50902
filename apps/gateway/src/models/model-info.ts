import { apiBaseOf } from '@signalbox/calls';
import type { Deployment, Region } from '@signalbox/contracts';

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
      input_cost_per_token: deployment.inputCostPerToken ?? null,
      output_cost_per_token: deployment.outputCostPerToken ?? null,
      region: region?.zone ?? region?.name ?? null,
    },
  };
}
