import { expect, it } from 'vitest';
import { loadConfig } from './load-config.js';
import { settingsOf } from './testing-settings.js';

const models = 'model_list: [{model_name: m, litellm_params: {model: openai/m, api_key: k}}]\n';

it('reads the default budget of end users, by amount and by id', () => {
  expect(settingsOf(models).endUserDefaults).toEqual({});
  const text = 'litellm_settings: {max_end_user_budget: 0.0001, max_end_user_budget_id: free-plan}';
  expect(settingsOf(models + text).endUserDefaults).toEqual({
    maxNanoDollars: 100_000,
    budgetId: 'free-plan',
  });
});

it.each(['-1', 'much', '10_000_000'])('refuses %s, which is no amount', (amount) => {
  const text = `${models}litellm_settings: {max_end_user_budget: ${amount}}`;
  expect(loadConfig(text, { environment: {} })).toMatchObject({
    ok: false,
    faults: [{ path: 'litellm_settings.max_end_user_budget' }],
  });
});
