import { UserRoleSchema, UserRowSchema, type CallerUser, type UserRow } from '@signalbox/contracts';
import type { SharedBudget, TeamMember, User } from '@signalbox/database';
import { heldLimits, holderRow } from '../limits/holder-columns.js';
import { callerLimits } from '../limits/limit-columns.js';
import { modelLimitRow, modelLimits } from '../limits/model-limit-columns.js';

export type UserWithTeams = User & {
  readonly memberships: readonly Pick<TeamMember, 'teamId' | 'role'>[];
  readonly budget: SharedBudget | null;
};

/** A record as the admin API shows it. */
export function userRow(record: UserWithTeams): UserRow {
  return {
    user_id: record.id,
    user_email: record.email,
    user_alias: record.alias,
    user_role: roleOf(record),
    models: record.models,
    metadata: UserRowSchema.shape.metadata.parse(record.metadata),
    teams: record.memberships.map(({ teamId }) => teamId),
    spend: 0,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...holderRow(record),
    ...modelLimitRow(record),
  };
}

/** A record as the path of a call needs it; a key of a team is bound by the team's models instead. */
export function callerUser(record: UserWithTeams, teamId: string | null): CallerUser {
  const administered = record.memberships.filter(({ role }) => role === 'admin');
  return {
    role: roleOf(record),
    adminOf: administered.map(({ teamId }) => teamId),
    ...(teamId === null && record.models.length > 0 && { models: record.models }),
    ...callerLimits(heldLimits(record), modelLimits(record)),
  };
}

/** Throws when the column holds something else: a role we cannot read is nobody's. */
function roleOf({ role }: User): UserRow['user_role'] {
  return UserRoleSchema.nullable().parse(role);
}
