import { describe, expect, it } from 'vitest';
import { loadConfig } from './index.js';
import { settingsOf } from './testing-settings.js';

const models =
  'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k}, model_info: {id: d}}]\n';

function fallbacksOf(text: string) {
  return settingsOf(models + text).router.fallbacks;
}

describe('fallbacks', () => {
  it('are read in their order, from lists and from single names', () => {
    const { tables } = fallbacksOf(`router_settings:
  fallbacks: [{a: [m, d]}, {"b*": m}, {c: [], e: [m]}]
  context_window_fallbacks: [{a: [m]}]
  content_policy_fallbacks: [{"x/*": ["y/*"]}]
`);
    expect(tables).toEqual({
      general: [
        { model: 'a', fallbacks: [{ model: 'm' }, { model: 'd' }] },
        { model: 'b*', fallbacks: [{ model: 'm' }] },
        { model: 'c', fallbacks: [] },
        { model: 'e', fallbacks: [{ model: 'm' }] },
      ],
      context_window: [{ model: 'a', fallbacks: [{ model: 'm' }] }],
      content_policy: [{ model: 'x/*', fallbacks: [{ model: 'y/*' }] }],
    });
  });

  it('come from litellm_settings where router_settings is silent', () => {
    const { tables, defaults, maxFallbacks } = fallbacksOf(`router_settings:
  fallbacks: [{a: [m]}]
  max_fallbacks: 2
litellm_settings:
  fallbacks: [{b: [m]}]
  default_fallbacks: [m]
  context_window_fallbacks: [{c: [m]}]
`);
    expect(tables.general.map(({ model }) => model)).toEqual(['a']);
    expect(tables.context_window.map(({ model }) => model)).toEqual(['c']);
    expect([defaults, maxFallbacks]).toEqual([[{ model: 'm' }], 2]);
  });

  it('warn of models that are nowhere and of a second list for the same model', () => {
    const loaded = loadConfig(`${models}router_settings: {fallbacks: [{m: [ghost]}, {m: [d]}]}\n`, {
      environment: {},
    });
    expect(loaded.warnings.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'router_settings.fallbacks[1].m has its fallbacks further up already, ignored',
      'router_settings.fallbacks[0].m no entry of model_list is called "ghost"',
    ]);
  });
});

describe('retry policies', () => {
  it('count by what went wrong, for all models and for one', () => {
    const { router } = settingsOf(`${models}router_settings:
  retry_policy: {TimeoutErrorRetries: 3, BadRequestErrorRetries: 0}
  model_group_retry_policy:
    m: {RateLimitErrorRetries: 5, InternalServerErrorRetries: 1}
`);
    expect(router.retryPolicy).toEqual({ timeout: 3, bad_request: 0 });
    expect(router.modelGroupRetryPolicy).toEqual({ m: { rate_limit: 5, internal_server: 1 } });
  });
});
