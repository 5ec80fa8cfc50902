import { z } from 'zod';
import { HolderFieldsSchema, HolderRowSchema } from './budget-admin.js';
import { defineCall } from './contract.js';
import { ModelLimitFieldsSchema, ModelLimitRowSchema } from './model-limits.js';
import { UserRoleSchema } from './user-role.js';

const userId = z.string().min(1).max(255);
/** Compared without regard to case, hence kept in lower case. */
const email = z.string().trim().toLowerCase().min(1).max(320);

/** Fields an operator may set on an internal user; names and meaning are LiteLLM's `/user/*`. */
export const UserFieldsSchema = z.object({
  user_email: email.nullish(),
  user_alias: z.string().nullish(),
  user_role: UserRoleSchema.nullish(),
  models: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  ...HolderFieldsSchema.shape,
  ...ModelLimitFieldsSchema.shape,
});
export type UserFields = z.infer<typeof UserFieldsSchema>;

/** A user, named in one of two ways. */
export const UserNameSchema = z.object({ user_id: userId.nullish(), user_email: email.nullish() });
export type UserName = z.infer<typeof UserNameSchema>;

export const UserRowSchema = z.object({
  user_id: z.string(),
  user_email: z.string().nullable(),
  user_alias: z.string().nullable(),
  user_role: UserRoleSchema.nullable(),
  models: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  /** Ids of the teams it is a member of. */
  teams: z.array(z.string()),
  spend: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  ...HolderRowSchema.shape,
  ...ModelLimitRowSchema.shape,
});
export type UserRow = z.infer<typeof UserRowSchema>;

/** Without an id it gets one. Faults: already_exists (id, e-mail), record_not_found (team). */
export const userCreate = defineCall('user.create.v1', {
  request: UserFieldsSchema.extend({
    user_id: userId.nullish(),
    /** Teams it becomes a member of, in the role `user`. */
    teams: z.array(z.string().min(1)).max(100).nullish(),
  }),
  value: UserRowSchema,
});
/** Absent fields stay, null clears. Faults: already_exists (e-mail), record_not_found. */
export const userUpdate = defineCall('user.update.v1', {
  request: UserFieldsSchema.extend({ user_id: userId }),
  value: UserRowSchema,
});
/** Deletes the users, their keys and their places in teams, all or none. Fault: record_not_found. */
export const userDelete = defineCall('user.delete.v1', {
  request: z.object({ user_ids: z.array(userId).min(1).max(1_000) }),
  value: z.object({ deleted_users: z.array(z.string()), deleted_keys: z.number() }),
});
/** Fault: record_not_found. */
export const userRead = defineCall('user.read.v1', {
  request: UserNameSchema,
  value: UserRowSchema,
});
/** Filters narrow together. Ordered as asked, by creation unless told. */
export const userList = defineCall('user.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(25),
    user_ids: z.array(userId).max(1_000).optional(),
    role: UserRoleSchema.optional(),
    /** Part of the address. */
    email: email.optional(),
    team_id: z.string().optional(),
    sort_by: z.enum(['user_id', 'user_email', 'user_alias', 'user_role', 'created_at']).default('created_at'),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  }),
  value: z.object({ rows: z.array(UserRowSchema.extend({ key_count: z.number() })), total: z.number() }),
});
