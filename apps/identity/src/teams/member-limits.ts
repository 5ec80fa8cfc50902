import type {
  CallerLimits,
  MemberLimitFieldsSchema,
  MembershipRow,
  TeamFieldsSchema,
  TeamRow,
} from '@signalbox/contracts';
import type { Team, TeamMember } from '@signalbox/database';
import type { z } from 'zod';
import { callerLimits, limitColumns, limitRow, noLimits } from '../limits/limit-columns.js';

type TeamFields = z.output<typeof TeamFieldsSchema>;
type OfEachMember = Pick<
  TeamRow,
  'team_member_rpm_limit' | 'team_member_tpm_limit' | 'team_member_budget' | 'team_member_budget_duration'
>;
type OfOneMember = Pick<
  MembershipRow,
  'rpm_limit' | 'tpm_limit' | 'max_budget_in_team' | 'budget_duration' | 'budget_reset_at'
>;

/** Limits of one member, as somebody sets them. */
export type MemberLimitFields = z.output<typeof MemberLimitFieldsSchema>;

/** What a team gives each member; absent fields stay out, null clears. */
export function eachMemberColumns(fields: Pick<TeamFields, keyof OfEachMember>) {
  const columns = limitColumns({
    rpm_limit: fields.team_member_rpm_limit,
    tpm_limit: fields.team_member_tpm_limit,
    max_budget: fields.team_member_budget,
    budget_duration: fields.team_member_budget_duration,
  });
  const { rpmLimit, tpmLimit, maxBudgetNanoDollars, budgetDuration } = columns;
  return {
    ...(rpmLimit !== undefined && { memberRpmLimit: rpmLimit }),
    ...(tpmLimit !== undefined && { memberTpmLimit: tpmLimit }),
    ...(maxBudgetNanoDollars !== undefined && { memberMaxBudgetNanoDollars: maxBudgetNanoDollars }),
    ...(budgetDuration !== undefined && { memberBudgetDuration: budgetDuration }),
  };
}

/** The same as the admin API shows it. */
export function eachMemberRow(team: Team): OfEachMember {
  const row = limitRow({ ...noLimits, ...ofEachMember(team) });
  return {
    team_member_rpm_limit: row.rpm_limit,
    team_member_tpm_limit: row.tpm_limit,
    team_member_budget: row.max_budget,
    team_member_budget_duration: row.budget_duration,
  };
}

/** Limits of one member; absent fields stay out, null clears. */
export function memberColumns({ max_budget_in_team: most, ...fields }: MemberLimitFields) {
  return limitColumns({ ...fields, max_budget: most });
}

/** The same as the admin API shows them: a member's own, not those the team gives each. */
export function memberRow(member: TeamMember): OfOneMember {
  const row = limitRow({ ...noLimits, ...member });
  return {
    rpm_limit: row.rpm_limit,
    tpm_limit: row.tpm_limit,
    max_budget_in_team: row.max_budget,
    budget_duration: row.budget_duration,
    budget_reset_at: row.budget_reset_at,
  };
}

/**
 * What a key of the team obeys that names a user: the member's own limits, and where it has none those the team gives
 * each member. They bind a user too that is no member (null).
 */
export function limitsOfMember(team: Team, member: TeamMember | null): CallerLimits | undefined {
  const each = ofEachMember(team);
  return callerLimits({
    ...noLimits,
    rpmLimit: member?.rpmLimit ?? each.rpmLimit,
    tpmLimit: member?.tpmLimit ?? each.tpmLimit,
    maxBudgetNanoDollars: member?.maxBudgetNanoDollars ?? each.maxBudgetNanoDollars,
    budgetDuration: member?.budgetDuration ?? each.budgetDuration,
  }).limits;
}

function ofEachMember(team: Team) {
  return {
    rpmLimit: team.memberRpmLimit,
    tpmLimit: team.memberTpmLimit,
    maxBudgetNanoDollars: team.memberMaxBudgetNanoDollars,
    budgetDuration: team.memberBudgetDuration,
  };
}
