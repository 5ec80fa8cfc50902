import type { EndUserPolicy, EndUserRow } from '@signalbox/contracts';
import type { EndUser, SharedBudget } from '@signalbox/database';
import { heldBudgetIds, heldLimits, holderRow } from '../limits/holder-columns.js';
import { callerLimits } from '../limits/limit-columns.js';
import { modelLimitRow, modelLimits } from '../limits/model-limit-columns.js';
import { callerRegions, regionRow } from '../residency/region-columns.js';

/** An end user with the budget it holds. */
export type EndUserWithBudget = EndUser & { readonly budget: SharedBudget | null };

/** A record as the admin API shows it. What LiteLLM has and we do not is always empty. */
export function endUserRow(record: EndUserWithBudget): EndUserRow {
  return {
    user_id: record.id,
    alias: record.alias,
    spend: 0,
    ...regionRow(record),
    default_model: record.defaultModel,
    blocked: record.blocked,
    object_permission: null,
    ...holderRow(record),
    ...modelLimitRow(record),
  };
}

/** A record as the path of a call needs it. */
export function endUserPolicy(record: EndUserWithBudget): EndUserPolicy {
  return {
    endUserId: record.id,
    blocked: record.blocked,
    allowedRegions: [],
    ...callerRegions(record),
    defaultModel: record.defaultModel,
    ...callerLimits(heldLimits(record), modelLimits(record)),
    ...heldBudgetIds(record),
  };
}
