import type { KeyRow } from '@signalbox/contracts';
import { shownRoutes } from '../authentication/allowed-route.js';
import type { Spent } from './spent-limits.js';

/** A key as LiteLLM shows it. What LiteLLM has and we do not is empty in the way it leaves it empty. */
export function keyInfo(row: Spent<KeyRow>) {
  return {
    key_name: row.key_name,
    key_alias: row.key_alias,
    team_id: row.team_id,
    user_id: row.user_id,
    models: row.models,
    aliases: row.aliases,
    expires: row.expires,
    enforced_params: row.enforced_params,
    allowed_routes: shownRoutes(row.key_type, row.allowed_routes),
    metadata: row.metadata,
    tags: row.tags,
    blocked: row.blocked,
    allowed_model_region: row.allowed_model_region,
    spend: row.spend,
    ...(row.budget_limits_usage !== undefined && { budget_limits_usage: row.budget_limits_usage }),
    created_at: row.created_at,
    updated_at: row.updated_at,
    created_by: null,
    updated_by: null,
    config: {},
    permissions: {},
    model_max_budget: row.model_max_budget,
    allowed_cache_controls: [],
    max_parallel_requests: row.max_parallel_requests,
    tpm_limit: row.tpm_limit,
    rpm_limit: row.rpm_limit,
    model_tpm_limit: row.model_tpm_limit,
    model_rpm_limit: row.model_rpm_limit,
    max_budget: row.max_budget,
    soft_budget: row.soft_budget,
    budget_duration: row.budget_duration,
    budget_reset_at: row.budget_reset_at,
    budget_limits: row.budget_limits,
    temp_budget_increase: row.temp_budget_increase,
    temp_budget_expiry: row.temp_budget_expiry,
    guardrails: null,
    budget_id: row.budget_id,
    litellm_budget_table: row.litellm_budget_table,
  };
}

/** The answer to update, block and unblock. */
export function keyRecord(row: Spent<KeyRow>) {
  return { token: row.token, ...keyInfo(row) };
}

/** The answer to generate and regenerate: the only ones in which a raw key ever stands. An imported key's is not known. */
export function generatedKey(rawKey: string | null, row: Spent<KeyRow>) {
  return { key: rawKey, token: row.token, token_id: row.token, ...keyInfo(row) };
}

/** The answer to `/key/info`, which names the key by its hash. */
export function keyInfoAnswer(row: Spent<KeyRow>) {
  return { key: row.token, info: keyInfo(row) };
}
