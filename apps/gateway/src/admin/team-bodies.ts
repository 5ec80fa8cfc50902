import {
  MemberLimitFieldsSchema,
  NewMemberSchema,
  teamAddMembers,
  teamList,
  type TeamRow,
} from '@signalbox/contracts';
import { z } from 'zod';
import { holdingNothing, withoutModelLimits } from './example-limits.js';
import { pagedQuery } from './paged-answer.js';
import { pageQuery } from './page-query.js';

const add = teamAddMembers.request.shape;

/** Body of `/team/member_add`; one member may stand without a list around it. */
export const AddMembersSchema = z.object({
  team_id: add.team_id,
  member: z.union([NewMemberSchema, add.members]),
  ...MemberLimitFieldsSchema.shape,
});

/** Body of `/team/block` and `/team/unblock`, query of `/team/info`. */
export const TeamNameSchema = z.object({ team_id: z.string().min(1) });

const filters = teamList.request.pick({ team_id: true, team_alias: true, user_id: true }).shape;

/** Query of `/team/list`. */
export const TeamListSchema = pageQuery.extend(filters);

/** Query of `/v2/team/list`. */
export const PagedTeamListSchema = z.object({
  ...pagedQuery(10),
  ...filters,
  sort_by: teamList.request.shape.sort_by,
});

/** Names and meanings of what narrows a list of teams. */
export const teamFilterWords = {
  team_id: 'This team alone',
  team_alias: 'Part of the alias, in any case',
  user_id: 'Teams that this user is a member of',
} as const;

const teamId = '13e83b19-f851-43fe-8e93-f96e21033100';

/** A team for the OpenAPI pages. */
export const exampleTeam: TeamRow = {
  team_id: teamId,
  team_alias: 'my-new-team_4',
  models: [],
  model_aliases: { 'gpt-3.5-turbo': 'gpt-3.5-turbo-eu' },
  admins: [],
  members: [],
  members_with_roles: [{ role: 'admin', user_id: 'u1' }],
  metadata: {},
  tags: [],
  enforced_params: [],
  blocked: false,
  allowed_model_region: 'eu',
  spend: 0,
  litellm_model_table: { model_aliases: '{"gpt-3.5-turbo":"gpt-3.5-turbo-eu"}' },
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  ...holdingNothing,
  ...withoutModelLimits,
  rpm_limit: 600,
  team_member_rpm_limit: null,
  team_member_tpm_limit: null,
  team_member_budget: null,
  team_member_budget_duration: null,
};

/** A member's place for the OpenAPI pages. */
export const exampleMembership = {
  team_id: teamId,
  user_id: 'u2',
  user_email: 'bob@example.com',
  role: 'user',
  spend: 0,
  rpm_limit: 10,
  tpm_limit: null,
  max_budget_in_team: 5,
  budget_duration: '30d',
  budget_reset_at: '2026-12-01T00:00:00.000Z',
} as const;
