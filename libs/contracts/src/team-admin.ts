import { z } from 'zod';
import { LimitFieldsSchema, LimitRowSchema } from './caller-limits.js';
import { defineCall } from './contract.js';

const Member = z.object({ role: z.enum(['admin', 'user']), user_id: z.string() });

/** Fields an operator may set on a team; names and meaning are LiteLLM's `/team/*`. */
export const TeamFieldsSchema = z.object({
  team_alias: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  model_aliases: z.record(z.string(), z.string()).nullish(),
  members_with_roles: z.array(Member).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
  blocked: z.boolean().nullish(),
  ...LimitFieldsSchema.shape,
});
export const TeamNewSchema = TeamFieldsSchema.extend({ team_id: z.string().min(1).max(255).optional() });
export const TeamUpdateSchema = TeamFieldsSchema.extend({ team_id: z.string().min(1) });

export const TeamRowSchema = z.object({
  team_id: z.string(),
  team_alias: z.string().nullable(),
  models: z.array(z.string()),
  model_aliases: z.record(z.string(), z.string()),
  admins: z.array(z.string()),
  members: z.array(z.string()),
  members_with_roles: z.array(Member),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  blocked: z.boolean(),
  spend: z.number(),
  /** LiteLLM's older place for the aliases, as a JSON text. */
  litellm_model_table: z.object({ model_aliases: z.string() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  ...LimitRowSchema.shape,
});
export type TeamRow = z.infer<typeof TeamRowSchema>;

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
  value: z.object({ team: TeamRowSchema, key_hashes: z.array(z.string()) }),
});
/** Ordered by creation. */
export const teamList = defineCall('team.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(1_000),
  }),
  value: z.object({ rows: z.array(TeamRowSchema), total: z.number() }),
});
