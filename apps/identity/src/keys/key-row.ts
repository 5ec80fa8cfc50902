import { CallerSchema, KeyRowSchema, KeyTypeSchema, type Caller, type KeyRow } from '@signalbox/contracts';
import type { ApiKey, SharedBudget, TeamMember } from '@signalbox/database';
import { z } from 'zod';
import { heldBudgetIds, heldLimits, holderRow } from '../limits/holder-columns.js';
import { callerLimits, shownDollars } from '../limits/limit-columns.js';
import { modelLimitRow, modelLimits } from '../limits/model-limit-columns.js';
import { callerRegions, regionRow } from '../residency/region-columns.js';
import { callerTeam, type TeamWithBudget } from '../teams/team-row.js';
import { callerUser, type UserWithTeams } from '../users/user-row.js';
import { allTags } from './all-tags.js';
import { allEnforcedParams } from './all-enforced-params.js';
import { withTemporaryBudget } from './temporary-budget.js';

/** LiteLLM's place for the switch. */
const disablesFallbacks = z.object({ disable_fallbacks: z.literal(true) });

/** A key with the budget it holds. */
export type KeyWithBudget = ApiKey & { readonly budget: SharedBudget | null };

/** A record as the admin API shows it. */
export function keyRow(record: KeyWithBudget): KeyRow {
  return {
    token: record.hash,
    key_name: record.name,
    key_alias: record.alias,
    team_id: record.teamId,
    user_id: record.userId,
    models: record.models,
    aliases: KeyRowSchema.shape.aliases.parse(record.aliases),
    expires: record.expiresAt?.toISOString() ?? null,
    key_type: keyTypeOf(record),
    allowed_routes: record.allowedRoutes,
    enforced_params: record.enforcedParams,
    metadata: KeyRowSchema.shape.metadata.parse(record.metadata),
    tags: record.tags,
    blocked: record.blocked,
    ...regionRow(record),
    spend: 0,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...holderRow(record),
    temp_budget_increase: shownDollars(record.tempBudgetIncreaseNanoDollars),
    temp_budget_expiry: record.tempBudgetExpiry?.toISOString() ?? null,
    ...(record.ledgerId !== null && { ledger_id: record.ledgerId }),
    past_tokens: record.pastHashes,
    ...modelLimitRow(record),
  };
}

/** A record, its team and its user as the path of a call needs them now; times in milliseconds since 1970, null is never. */
export function callerOf(
  record: KeyWithBudget & { team: TeamWithBudget | null },
  user: (Omit<UserWithTeams, 'memberships'> & { memberships: TeamMember[] }) | null,
  expiresAt: number | null,
  now: number,
): Caller {
  const member = user?.memberships.find(({ teamId }) => teamId === record.teamId) ?? null;
  const keyType = keyTypeOf(record);
  const enforcedParams = allEnforcedParams(record, record.team);
  const { limits, ...changes } = withTemporaryBudget(heldLimits(record), record, now);
  return {
    keyHash: record.hash,
    ...(record.ledgerId !== null && { ledgerId: record.ledgerId }),
    keyAlias: record.alias,
    userId: record.userId,
    models: record.models,
    aliases: CallerSchema.shape.aliases.parse(record.aliases),
    tags: allTags(record),
    ...callerRegions(record),
    expiresAt,
    team: record.team === null ? null : callerTeam(record.team, record.userId, member),
    ...(user !== null && { user: callerUser(user, record.teamId) }),
    ...(keyType !== 'default' && { keyType }),
    ...(record.allowedRoutes.length > 0 && { allowedRoutes: record.allowedRoutes }),
    ...(enforcedParams.length > 0 && { enforcedParams }),
    ...(disablesFallbacks.safeParse(record.metadata).success && { disableFallbacks: true }),
    ...callerLimits(limits, modelLimits(record)),
    ...changes,
    ...heldBudgetIds(record, record.team, user),
  };
}

function keyTypeOf({ keyType }: KeyWithBudget): KeyRow['key_type'] {
  return KeyTypeSchema.parse(keyType ?? 'default');
}
