import type { TagRow } from '@signalbox/contracts';
import type { Spent } from './spent-limits.js';

/**
 * A tag as LiteLLM shows it, with its limits where LiteLLM keeps them and beside its name. Which deployments serve a
 * tag is said by their own `tags`, so it has no models.
 */
export function tagRecord(row: Spent<TagRow>) {
  const { max_budget, soft_budget, budget_duration, budget_reset_at } = row;
  const { rpm_limit, tpm_limit, max_parallel_requests } = row;
  const limits = {
    max_budget,
    soft_budget,
    budget_duration,
    budget_reset_at,
    rpm_limit,
    tpm_limit,
    max_parallel_requests,
  };
  const hasLimits = Object.values(limits).some((limit) => limit !== null);
  return {
    ...row,
    models: [],
    model_info: {},
    created_by: null,
    litellm_budget_table: row.litellm_budget_table ?? (hasLimits ? limits : null),
  };
}

/** The answers to `/tag/new` and `/tag/update`. */
export function changedTag(row: Spent<TagRow>, done: 'created' | 'updated') {
  return { message: `Tag ${row.name} ${done} successfully`, tag: tagRecord(row) };
}
