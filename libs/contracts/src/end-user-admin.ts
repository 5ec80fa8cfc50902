import { z } from 'zod';
import { HolderFieldsSchema, HolderRowSchema } from './budget-admin.js';
import { defineCall } from './contract.js';
import { ModelLimitFieldsSchema, ModelLimitRowSchema } from './model-limits.js';
import { RegionFieldsSchema, RegionRowSchema } from './region-admin.js';

/** Fields an operator may set on an end user; names and meaning are LiteLLM's `/end_user/*`. */
export const EndUserFieldsSchema = z.object({
  alias: z.string().nullish(),
  blocked: z.boolean().nullish(),
  ...RegionFieldsSchema.shape,
  default_model: z.string().nullish(),
  ...HolderFieldsSchema.shape,
  ...ModelLimitFieldsSchema.shape,
});
export type EndUserFields = z.infer<typeof EndUserFieldsSchema>;

export const EndUserNewSchema = EndUserFieldsSchema.extend({ user_id: z.string().min(1).max(512) });
export const EndUserUpdateSchema = EndUserFieldsSchema.extend({ user_id: z.string().min(1).max(512) });
export const EndUserIdsSchema = z.object({ user_ids: z.array(z.string().min(1)).min(1).max(1_000) });

export const EndUserRowSchema = z.object({
  user_id: z.string(),
  alias: z.string().nullable(),
  spend: z.number(),
  ...RegionRowSchema.shape,
  default_model: z.string().nullable(),
  blocked: z.boolean(),
  object_permission: z.null(),
  ...HolderRowSchema.shape,
  ...ModelLimitRowSchema.shape,
});
export type EndUserRow = z.infer<typeof EndUserRowSchema>;

/** Fault: already_exists. */
export const endUserCreate = defineCall('end-user.create.v1', {
  request: EndUserNewSchema,
  value: EndUserRowSchema,
});
/** Absent fields stay, null clears. Fault: record_not_found. */
export const endUserUpdate = defineCall('end-user.update.v1', {
  request: EndUserUpdateSchema,
  value: EndUserRowSchema,
});
/** All or none. Fault: record_not_found. */
export const endUserDelete = defineCall('end-user.delete.v1', {
  request: EndUserIdsSchema,
  value: z.object({ deleted_customers: z.number(), message: z.string() }),
});
/** Blocks or unblocks; an id never seen before gets a record. */
export const endUserBlock = defineCall('end-user.block.v1', {
  request: EndUserIdsSchema.extend({ blocked: z.boolean() }),
  value: z.object({ blocked_users: z.array(EndUserRowSchema) }),
});
/** Fault: record_not_found. */
export const endUserRead = defineCall('end-user.read.v1', {
  request: z.object({ user_id: z.string() }),
  value: EndUserRowSchema,
});
/** Ordered by id; filters narrow together. */
export const endUserList = defineCall('end-user.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(1_000),
    /** Part of the id. */
    user_id: z.string().optional(),
    /** Part of the alias, in any case. */
    alias: z.string().optional(),
    blocked: z.boolean().optional(),
    /** A word of the restriction, as it was written. */
    allowed_model_region: z.string().optional(),
  }),
  value: z.object({ rows: z.array(EndUserRowSchema), total: z.number() }),
});
