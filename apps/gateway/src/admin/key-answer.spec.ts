import { expect, it } from 'vitest';
import { generatedKey, keyInfoAnswer } from './key-answer.js';
import { exampleRow } from './key-bodies.js';

it("answers a made key with every field of LiteLLM's answer", () => {
  const answer = generatedKey('sk-1234', exampleRow);
  const fields =
    'key key_name token token_id key_alias expires models aliases config spend user_id team_id ' +
    'max_parallel_requests metadata tpm_limit rpm_limit max_budget budget_duration budget_reset_at soft_budget ' +
    'blocked allowed_cache_controls permissions model_max_budget model_rpm_limit model_tpm_limit guardrails tags ' +
    'litellm_budget_table created_by updated_by created_at updated_at';
  expect(Object.keys(answer)).toEqual(expect.arrayContaining(fields.split(' ')));
});

it('never shows the raw key again', () => {
  const answer = keyInfoAnswer(exampleRow);
  expect(answer.key).toBe(exampleRow.token);
  expect(answer.info).not.toHaveProperty('token');
});
