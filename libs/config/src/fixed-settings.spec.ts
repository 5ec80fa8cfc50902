import { describe, expect, it } from 'vitest';
import { withoutFixed } from './fixed-settings.js';
import { settingsOf } from './testing-settings.js';

const models = 'model_list: [{model_name: m, litellm_params: {model: openai/m, api_key: k}}]';
const before = settingsOf(`${models}
general_settings: {master_key: sk-before}
router_settings: {redis_host: one, num_retries: 1}`);

describe('a changed configuration', () => {
  it('is taken where a running process can take it', () => {
    const changed = settingsOf(`
model_list: [{model_name: n, litellm_params: {model: openai/m, api_key: k}}]
general_settings: {master_key: sk-before}
router_settings: {redis_host: one, num_retries: 7, routing_strategy: least-busy}`);
    expect(withoutFixed(before, changed)).toEqual({ settings: changed, waiting: [] });
  });

  it('waits for a restart with the rest, which is named and never shown', () => {
    const changed = settingsOf(`${models}
general_settings: {master_key: sk-after, max_request_size_mb: 1}
router_settings: {redis_host: two, redis_password: secret, limits_without_redis: refuse, num_retries: 1}
litellm_settings: {max_end_user_budget: 1}`);
    const { settings, waiting } = withoutFixed(before, changed);
    expect(settings).toEqual(before);
    expect(waiting).toEqual([
      'general_settings.master_key',
      'general_settings.max_request_size_mb',
      'router_settings.redis_*',
      'router_settings.limits_without_redis',
      'litellm_settings.max_end_user_budget',
    ]);
  });
});
