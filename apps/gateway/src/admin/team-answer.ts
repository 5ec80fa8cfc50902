import type { MembershipRow, teamAddMembers, TeamRow } from '@signalbox/contracts';
import type { z } from 'zod';

/** A team as LiteLLM shows it. What LiteLLM has and we do not is empty in the way it leaves it empty. */
export function teamRecord(row: TeamRow) {
  return {
    ...row,
    organization_id: null,
    team_member_budget: null,
    team_member_key_duration: null,
    guardrails: null,
    object_permission: null,
  };
}

/** A member's place, its limits where LiteLLM has them: in a budget of the member's own. */
export function membershipRecord({ rpm_limit: rpm, tpm_limit: tpm, ...place }: MembershipRow) {
  const limits = { rpm_limit: rpm, tpm_limit: tpm };
  const hasLimits = rpm !== null || tpm !== null;
  return {
    ...place,
    spend: 0,
    budget_id: null,
    ...limits,
    litellm_budget_table: hasLimits ? { max_budget: null, budget_duration: null, ...limits } : null,
  };
}

/** The answer to `/team/member_add`: the team, and what became of those who came. */
export function joinedAnswer({ team, users, memberships }: z.output<typeof teamAddMembers.value>) {
  return {
    ...teamRecord(team),
    updated_users: users,
    updated_team_memberships: memberships.map(membershipRecord),
  };
}
