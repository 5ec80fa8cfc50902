/**
 * Body fields that speak to the gateway and not to the provider: LiteLLM's own, which a provider would
 * refuse, and those by which a client could point a call elsewhere.
 */
export const controlFields: ReadonlySet<string> = new Set([
  'additional_drop_params',
  'allowed_model_region',
  'api_base',
  'api_key',
  'api_version',
  'base_url',
  'cache',
  'caching',
  'content_policy_fallbacks',
  'context_window_fallbacks',
  'cooldown_time',
  'custom_llm_provider',
  'default_fallbacks',
  'disable_fallbacks',
  'drop_params',
  'fallbacks',
  'guardrails',
  'litellm_call_id',
  'litellm_metadata',
  'litellm_session_id',
  'litellm_trace_id',
  'max_retries',
  'mock_response',
  'mock_testing_content_policy_fallbacks',
  'mock_testing_context_window_fallbacks',
  'mock_testing_fallbacks',
  'mock_testing_rate_limit_error',
  'mock_timeout',
  'mock_tool_calls',
  'model_info',
  'no-log',
  'num_retries',
  'priority',
  'region_name',
  'request_timeout',
  'retry_policy',
  'specific_deployment',
  'stream_timeout',
  'tags',
  'timeout',
  'ttl',
]);

/** Whether a field is ours. `metadata` is OpenAI's only in a call that is stored; otherwise it carries our tags and ids. */
export function isControlField(key: string, body: Readonly<Record<string, unknown>>): boolean {
  if (key === 'metadata') return body['store'] !== true;
  return controlFields.has(key) || key.startsWith('mock_');
}
