import { z } from 'zod';
import { HolderFieldsSchema, HolderRowSchema } from './budget-admin.js';
import { LimitFieldsSchema, LimitRowSchema } from './caller-limits.js';
import { defineCall } from './contract.js';
import { EnforcedParamsSchema } from './enforced-params.js';
import { ModelLimitFieldsSchema, ModelLimitRowSchema } from './model-limits.js';
import { RegionFieldsSchema, RegionRowSchema } from './region-admin.js';
import { UserNameSchema, UserRowSchema, type UserName } from './user-admin.js';

const nameMember = { error: 'name the member, in user_id or user_email', path: ['user_id'] };
const teamId = z.string().min(1).max(255);
const models = z.array(z.string().min(1)).min(1).max(1_000);
const MemberSchema = z.object({
  role: z.enum(['admin', 'user']),
  user_id: z.string(),
  user_email: z.string().optional(),
});

/** Somebody to be made a member; who is no user yet becomes one. */
export const NewMemberSchema = UserNameSchema.extend({
  role: MemberSchema.shape.role.default('user'),
}).refine(namesUser, nameMember);
export type NewMember = z.infer<typeof NewMemberSchema>;

/** Limits of one member's calls with all keys of the team that are its own. */
export const MemberLimitFieldsSchema = LimitFieldsSchema.pick({
  rpm_limit: true,
  tpm_limit: true,
  budget_duration: true,
}).extend({ max_budget_in_team: LimitFieldsSchema.shape.max_budget });

/** Fields an operator may set on a team; names and meaning are LiteLLM's `/team/*`. */
export const TeamFieldsSchema = z.object({
  team_alias: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  model_aliases: z.record(z.string(), z.string()).nullish(),
  members_with_roles: z.array(NewMemberSchema).max(1_000).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
  enforced_params: EnforcedParamsSchema.nullish(),
  blocked: z.boolean().nullish(),
  ...RegionFieldsSchema.shape,
  ...HolderFieldsSchema.shape,
  ...ModelLimitFieldsSchema.shape,
  /** Limits of each member that has none of its own. */
  team_member_rpm_limit: LimitFieldsSchema.shape.rpm_limit,
  team_member_tpm_limit: LimitFieldsSchema.shape.tpm_limit,
  team_member_budget: LimitFieldsSchema.shape.max_budget,
  team_member_budget_duration: LimitFieldsSchema.shape.budget_duration,
});
export const TeamNewSchema = TeamFieldsSchema.extend({ team_id: teamId.nullish() });
export const TeamUpdateSchema = TeamFieldsSchema.extend({ team_id: z.string().min(1) });

export const TeamRowSchema = z.object({
  team_id: z.string(),
  team_alias: z.string().nullable(),
  models: z.array(z.string()),
  model_aliases: z.record(z.string(), z.string()),
  admins: z.array(z.string()),
  members: z.array(z.string()),
  members_with_roles: z.array(MemberSchema),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  enforced_params: z.array(z.string()).default([]),
  blocked: z.boolean(),
  ...RegionRowSchema.shape,
  spend: z.number(),
  /** LiteLLM's older place for the aliases, as a JSON text. */
  litellm_model_table: z.object({ model_aliases: z.string() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  ...HolderRowSchema.shape,
  ...ModelLimitRowSchema.shape,
  team_member_rpm_limit: LimitRowSchema.shape.rpm_limit,
  team_member_tpm_limit: LimitRowSchema.shape.tpm_limit,
  team_member_budget: LimitRowSchema.shape.max_budget,
  team_member_budget_duration: LimitRowSchema.shape.budget_duration,
});
export type TeamRow = z.infer<typeof TeamRowSchema>;

/** One user's place in a team. */
export const MembershipRowSchema = z.object({
  team_id: z.string(),
  user_id: z.string(),
  user_email: z.string().nullable(),
  role: MemberSchema.shape.role,
  rpm_limit: z.number().nullable(),
  tpm_limit: z.number().nullable(),
  max_budget_in_team: LimitRowSchema.shape.max_budget,
  budget_duration: LimitRowSchema.shape.budget_duration,
  budget_reset_at: LimitRowSchema.shape.budget_reset_at,
});
export type MembershipRow = z.infer<typeof MembershipRowSchema>;

/** Fault: already_exists. */
export const teamCreate = defineCall('team.create.v1', { request: TeamNewSchema, value: TeamRowSchema });
/** Absent fields stay, null clears. Fault: record_not_found. */
export const teamUpdate = defineCall('team.update.v1', { request: TeamUpdateSchema, value: TeamRowSchema });
/** Deletes the teams and their keys, all or none. Fault: record_not_found. */
export const teamDelete = defineCall('team.delete.v1', {
  request: z.object({ team_ids: z.array(z.string().min(1)).min(1).max(1_000) }),
  value: z.object({ deleted_teams: z.array(z.string()), deleted_keys: z.number() }),
});
/** Fault: record_not_found. */
export const teamRead = defineCall('team.read.v1', {
  request: z.object({ team_id: z.string() }),
  value: z.object({
    team: TeamRowSchema,
    key_hashes: z.array(z.string()),
    memberships: z.array(MembershipRowSchema).default([]),
  }),
});
/** Filters narrow together. Ordered as asked, by creation unless told. */
export const teamList = defineCall('team.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(1_000),
    team_id: z.string().optional(),
    /** Part of the alias, in any case. */
    team_alias: z.string().optional(),
    /** A member. */
    user_id: z.string().optional(),
    sort_by: z.enum(['team_id', 'team_alias', 'created_at']).default('created_at'),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  }),
  value: z.object({ rows: z.array(TeamRowSchema), total: z.number() }),
});
/** All or none. Faults: already_exists (a member already), record_not_found (team). */
export const teamAddMembers = defineCall('team.add-members.v1', {
  request: z.object({
    team_id: teamId,
    members: z.array(NewMemberSchema).min(1).max(1_000),
    ...MemberLimitFieldsSchema.shape,
  }),
  value: z.object({
    team: TeamRowSchema,
    users: z.array(UserRowSchema),
    memberships: z.array(MembershipRowSchema),
  }),
});
/** Absent fields stay, null clears. Fault: record_not_found (no such member). */
export const teamUpdateMember = defineCall('team.update-member.v1', {
  request: UserNameSchema.extend({
    team_id: teamId,
    role: MemberSchema.shape.role.nullish(),
    ...MemberLimitFieldsSchema.shape,
  }).refine(namesUser, nameMember),
  value: MembershipRowSchema,
});
/** With the keys it has in this team. Fault: record_not_found (no such member). */
export const teamDeleteMember = defineCall('team.delete-member.v1', {
  request: UserNameSchema.extend({ team_id: teamId }).refine(namesUser, nameMember),
  value: TeamRowSchema,
});
/** Fault: record_not_found. */
export const teamAddModels = defineCall('team.add-models.v1', {
  request: z.object({ team_id: teamId, models }),
  value: TeamRowSchema,
});
/** A team that loses its last model may use none, for an empty list would mean all. Fault: record_not_found. */
export const teamDeleteModels = defineCall('team.delete-models.v1', {
  request: z.object({ team_id: teamId, models }),
  value: TeamRowSchema,
});

function namesUser({ user_id: id, user_email: email }: UserName): boolean {
  return (id ?? email ?? '') !== '';
}
