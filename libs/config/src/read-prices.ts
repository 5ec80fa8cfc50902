import type { Deployment, Upstream } from '@signalbox/contracts';
import { tokenPrices, type TokenPrices } from '@signalbox/providers';
import type { SectionReader } from './section-reader.js';

/** US dollars per token. */
export type DeploymentPrices = Pick<Deployment, 'inputCostPerToken' | 'outputCostPerToken'>;

/**
 * What a token costs at a deployment: as written in `litellm_params`, else in `model_info`, else the list
 * price of `base_model` or, without one, of the upstream's model. Each side for itself, as in LiteLLM.
 */
export function readPrices(
  params: SectionReader,
  info: SectionReader,
  upstream: Upstream | undefined,
): DeploymentPrices {
  const written = [params, info].map((place) => ({
    input: place.number('input_cost_per_token'),
    output: place.number('output_cost_per_token'),
  }));
  const baseModels = [params, info].map((place) => place.text('base_model'));
  const listed = listPrices(
    upstream,
    baseModels.find((model) => model !== undefined),
  );
  const sources = [...written, listed];
  const input = sources.find((source) => source.input !== undefined)?.input;
  const output = sources.find((source) => source.output !== undefined)?.output;
  return {
    ...(input === undefined ? {} : { inputCostPerToken: input }),
    ...(output === undefined ? {} : { outputCostPerToken: output }),
  };
}

/** `base_model` may name its provider, `azure/gpt-4o`, or leave it to the deployment's. */
function listPrices(upstream: Upstream | undefined, baseModel: string | undefined): TokenPrices {
  if (upstream === undefined) return {};
  if (baseModel === undefined) return tokenPrices(upstream.provider, upstream.model);
  const slash = baseModel.indexOf('/');
  const named = slash === -1 ? {} : tokenPrices(baseModel.slice(0, slash), baseModel.slice(slash + 1));
  return named.input === undefined ? tokenPrices(upstream.provider, baseModel) : named;
}
