import type { MembershipRow, TeamRow, UserRow } from '@signalbox/contracts';
import type { Spent } from './spent-limits.js';

/** A team as LiteLLM shows it. What LiteLLM has and we do not is empty in the way it leaves it empty. */
export function teamRecord(row: Spent<TeamRow>) {
  return {
    ...row,
    organization_id: null,
    team_member_key_duration: null,
    guardrails: null,
    object_permission: null,
  };
}

/** A member's place, its limits where LiteLLM has them: in a budget of the member's own. */
export function membershipRecord(row: Spent<MembershipRow>) {
  const { max_budget_in_team: most, budget_duration, budget_reset_at, rpm_limit, tpm_limit } = row;
  const limits = { max_budget: most, budget_duration, budget_reset_at, rpm_limit, tpm_limit };
  const hasLimits = Object.values(limits).some((limit) => limit !== null);
  return { ...row, budget_id: null, litellm_budget_table: hasLimits ? limits : null };
}

/** The answer to `/team/member_add`: the team, and what became of those who came. */
export function joinedAnswer(
  team: Spent<TeamRow>,
  users: readonly Spent<UserRow>[],
  memberships: readonly Spent<MembershipRow>[],
) {
  return {
    ...teamRecord(team),
    updated_users: users,
    updated_team_memberships: memberships.map(membershipRecord),
  };
}
