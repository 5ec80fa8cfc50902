import type { CallMode } from '@signalbox/contracts';

/**
 * Body fields that speak to the gateway and not to the provider: LiteLLM's own, which a provider would
 * refuse, and those by which a client could point a call elsewhere.
 */
export const controlFields: ReadonlySet<string> = new Set([
  'additional_drop_params',
  'allowed_model_region',
  'api_base',
  'api_key',
  'api_type',
  'api_version',
  'base_url',
  'cache',
  'caching',
  'content_policy_fallbacks',
  'context_window_fallbacks',
  'cooldown_time',
  'custom_llm_provider',
  'default_fallbacks',
  'default_headers',
  'deployment_id',
  'disable_fallbacks',
  'drop_params',
  'extra_body',
  'extra_headers',
  'extra_query',
  'fallbacks',
  'guardrails',
  'headers',
  'inference_geo',
  'max_retries',
  'model_info',
  'model_list',
  'no-log',
  'num_retries',
  'priority',
  'proxies',
  'region_name',
  'request_timeout',
  'retry_policy',
  'router_settings',
  'specific_deployment',
  'stream_timeout',
  'tags',
  'timeout',
  'ttl',
  'user_config',
]);

/** Families of the same: `mock_response`, `litellm_metadata`, and the settings by which LiteLLM's clients choose an account and its place. */
const controlFamilies = /^(?:aws|azure|litellm|mock|vertex|watsonx)_/;

/** Fields by which a provider is told where to serve a call. Where the deployment sets one, no client replaces it. */
const steeringFields: ReadonlySet<string> = new Set(['inference_geo', 'models', 'provider', 'route']);

interface SentBody {
  readonly mode: CallMode;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Whether a field is ours. `metadata` is OpenAI's only in a call that is stored, which responses are unless the client says
 * otherwise; else it carries our tags and ids.
 */
export function isControlField(key: string, { mode, body }: SentBody): boolean {
  if (key === 'metadata') return (body['store'] ?? mode === 'responses') !== true;
  return controlFields.has(key) || controlFamilies.test(key);
}

/** Whether a deployment's own value is sent in spite of the client's. */
export function isDeploymentsChoice(key: string, sent: SentBody): boolean {
  return steeringFields.has(key) || !Object.hasOwn(sent.body, key) || isControlField(key, sent);
}
