import {
  CallerTeamSchema,
  TeamRowSchema,
  type CallerTeam,
  type MembershipRow,
  type TeamRow,
} from '@signalbox/contracts';
import type { SharedBudget, Team, TeamMember, User } from '@signalbox/database';
import { allTags } from '../keys/all-tags.js';
import { heldLimits, holderRow } from '../limits/holder-columns.js';
import { callerLimits } from '../limits/limit-columns.js';
import { modelLimitRow, modelLimits } from '../limits/model-limit-columns.js';
import { callerRegions, regionRow } from '../residency/region-columns.js';
import { eachMemberRow, limitsOfMember, memberRow } from './member-limits.js';

const {
  model_aliases: aliasesSchema,
  members_with_roles: membersSchema,
  metadata: metadataSchema,
} = TeamRowSchema.shape;
const roleSchema = membersSchema.element.shape.role;

export type Membership = TeamMember & { readonly user: Pick<User, 'email'> };
export type TeamWithBudget = Team & { readonly budget: SharedBudget | null };
export type TeamWithMembers = TeamWithBudget & { readonly members: readonly Membership[] };

/** A record as the admin API shows it. What LiteLLM has and we do not is always empty. */
export function teamRow(record: TeamWithMembers): TeamRow {
  const aliases = aliasesSchema.parse(record.modelAliases);
  return {
    team_id: record.id,
    team_alias: record.alias,
    models: record.models,
    model_aliases: aliases,
    admins: [],
    members: [],
    members_with_roles: record.members.map(({ role, userId, user: { email } }) => ({
      role: roleSchema.parse(role),
      user_id: userId,
      ...(email !== null && { user_email: email }),
    })),
    metadata: metadataSchema.parse(record.metadata),
    tags: record.tags,
    enforced_params: record.enforcedParams,
    blocked: record.blocked,
    ...regionRow(record),
    spend: 0,
    litellm_model_table:
      Object.keys(aliases).length === 0 ? null : { model_aliases: JSON.stringify(aliases) },
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...holderRow(record),
    ...modelLimitRow(record),
    ...eachMemberRow(record),
  };
}

/** One user's place in a team as the admin API shows it; limits are its own, not those the team gives each member. */
export function membershipRow(record: Membership): MembershipRow {
  return {
    team_id: record.teamId,
    user_id: record.userId,
    user_email: record.user.email,
    role: roleSchema.parse(record.role),
    ...memberRow(record),
  };
}

/** A record as the path of a call needs it; `member` is the place of the key's user, null where it has none. */
export function callerTeam(
  record: TeamWithBudget,
  userId: string | null,
  member: TeamMember | null,
): CallerTeam {
  const memberLimits = userId === null ? undefined : limitsOfMember(record, member);
  return {
    teamId: record.id,
    alias: record.alias,
    models: record.models,
    modelAliases: CallerTeamSchema.shape.modelAliases.parse(record.modelAliases),
    tags: allTags(record),
    ...callerRegions(record),
    ...callerLimits(heldLimits(record), modelLimits(record)),
    ...(memberLimits !== undefined && { memberLimits }),
  };
}
