import { describe, expect, it } from 'vitest';
import { oneDeployment, settingsOf } from './testing-settings.js';

const models = 'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k}}]\n';
const cooldownsOf = (text: string) => settingsOf(models + text).router.cooldowns;

describe('cooldowns', () => {
  it('last 5 seconds and have no allowed failures unless told', () => {
    expect(cooldownsOf('')).toEqual({ disabled: false, timeMs: 5_000, allowedFailsPolicy: {} });
  });

  it('are read from router_settings', () => {
    const text = `router_settings:
  allowed_fails: 0
  cooldown_time: 0.5
  disable_cooldowns: true
  allowed_fails_policy: {RateLimitErrorAllowedFails: 9, NotFoundErrorAllowedFails: 0, BadGatewayErrorAllowedFails: 1}
litellm_settings: {allowed_fails: 7, cooldown_time: 70}
`;
    expect(cooldownsOf(text)).toEqual({
      disabled: true,
      timeMs: 500,
      allowedFails: 0,
      allowedFailsPolicy: { rate_limit: 9, not_found: 0, bad_gateway: 1 },
    });
  });

  it('come from litellm_settings where router_settings is silent', () => {
    const text = 'litellm_settings: {allowed_fails: 7, cooldown_time: 0}\n';
    expect(cooldownsOf(text)).toMatchObject({ allowedFails: 7, timeMs: 0 });
  });

  it('may be of another length at a deployment, or never', () => {
    expect(oneDeployment('model: gpt-4o').cooldownTimeMs).toBeUndefined();
    expect(oneDeployment('model: gpt-4o, cooldown_time: 2.5').cooldownTimeMs).toBe(2_500);
    expect(oneDeployment('model: gpt-4o, cooldown_time: 0').cooldownTimeMs).toBe(0);
    expect(oneDeployment('model: gpt-4o, cooldown_time: 1').upstream.extraBody).toEqual({});
  });
});
