import { EndUserRowSchema, type EndUserPolicy, type EndUserRow } from '@signalbox/contracts';
import type { EndUser } from '@signalbox/database';
import { callerLimits, limitRow } from '../limits/limit-columns.js';
import { canonicalRegions } from './allowed-regions.js';

/** A record as the admin API shows it. What LiteLLM has and we do not is always empty. */
export function endUserRow(record: EndUser): EndUserRow {
  return {
    user_id: record.id,
    alias: record.alias,
    spend: 0,
    allowed_model_region: allowedRegionOf(record),
    default_model: record.defaultModel,
    budget_id: null,
    blocked: record.blocked,
    litellm_budget_table: null,
    object_permission: null,
    ...limitRow(record),
  };
}

/** A record as the path of a call needs it. */
export function endUserPolicy(record: EndUser): EndUserPolicy {
  return {
    endUserId: record.id,
    blocked: record.blocked,
    allowedRegions: canonicalRegions(allowedRegionOf(record)),
    defaultModel: record.defaultModel,
    ...callerLimits(record),
  };
}

/** Throws when the column holds something else: a restriction we cannot read must not become none. */
function allowedRegionOf(record: EndUser): EndUserRow['allowed_model_region'] {
  return EndUserRowSchema.shape.allowed_model_region.parse(record.allowedRegion);
}
