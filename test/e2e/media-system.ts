import { startFakeUpstream, startSignalbox, type FakeUpstream } from '@signalbox/testing';
import OpenAI from 'openai';
import { apiCaller, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { modelOperations } from './model-operations.js';

/** A system that has every kind of model at fake providers: `us`, which is preferred, then `one` and `two` in the EU. */
export interface MediaSystem {
  readonly url: string;
  readonly upstream: FakeUpstream;
  readonly api: ApiCaller;
  readonly client: OpenAI;
  /** Sends a form or a text as it is. */
  post(path: string, body: FormData | string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/**
 * `my-…` is a model everywhere, `us-…` the same in the US only; a deployment is called `my-…@one`. The end user `anna` may be
 * served in the EU only.
 */
export async function startMediaSystem(): Promise<MediaSystem> {
  const upstream = await startFakeUpstream();
  const system = await startSignalbox({ config: configuration(upstream) });
  const api = apiCaller(system.url);
  await api('/end_user/new', { user_id: 'anna', allowed_model_region: 'eu' });
  return {
    ...{ url: system.url, upstream, api },
    client: new OpenAI({
      ...{ baseURL: `${system.url}/v1`, apiKey: MASTER_KEY, maxRetries: 0, logLevel: 'off' },
    }),
    post: (path, body, headers = {}) => {
      const authorization = `Bearer ${MASTER_KEY}`;
      return fetch(`${system.url}${path}`, { method: 'POST', headers: { authorization, ...headers }, body });
    },
    stop: async () => {
      await system.stop();
      await upstream.stop();
    },
  };
}

function configuration(upstream: FakeUpstream): string {
  const deployment = (name: string, model: string, site: string, more: string): string =>
    `- { model_name: ${name}, litellm_params: { model: openai/${model}, api_base: "${upstream.siteUrl(site)}/v1", api_key: sk-up, ${more} }, model_info: { id: ${name}@${site} } }`;
  const models = new Set(modelOperations.map(({ upstreamModel }) => upstreamModel));
  const deployments = [...models].flatMap((model) => [
    deployment(`my-${model}`, model, 'us', 'region_name: us, order: 1'),
    deployment(`my-${model}`, model, 'one', 'region_name: eu, order: 2'),
    deployment(`my-${model}`, model, 'two', 'region_name: swedencentral, order: 3'),
    deployment(`us-${model}`, model, 'us', 'region_name: us'),
  ]);
  return `
model_list:
  ${deployments.join('\n  ')}
  ${deployment('weak-ears', 'weak', 'weak', 'region_name: eu')}
  - { model_name: of-azure, litellm_params: { model: azure/on-azure, api_base: "${upstream.siteUrl('sweden')}", api_key: az-up }, model_info: { id: azure } }
router_settings:
  num_retries: 1
  fallbacks: [{ weak-ears: [us-gpt-4o-transcribe, my-gpt-4o-transcribe] }]
  disable_cooldowns: true
  model_group_alias: { alias-of-text: my-gpt-4o-upstream, alias-of-judge: my-omni-moderation-latest }
general_settings: { master_key: ${MASTER_KEY} }
`;
}
