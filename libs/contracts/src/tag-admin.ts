import { z } from 'zod';
import { HolderFieldsSchema, HolderRowSchema } from './budget-admin.js';
import { defineCall } from './contract.js';

/** As a call may say it: a sign before it would ask for something else than the tag. */
const tagName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^!&\s]/, 'must not begin with !, & or a space');

/** Fields an operator may set on a tag; names and meaning are LiteLLM's `/tag/*`. */
export const TagFieldsSchema = z.object({
  description: z.string().max(2_000).nullish(),
  ...HolderFieldsSchema.shape,
});
export type TagFields = z.infer<typeof TagFieldsSchema>;

export const TagNewSchema = TagFieldsSchema.extend({ name: tagName });
export const TagUpdateSchema = TagFieldsSchema.extend({ name: z.string().min(1) });

export const TagRowSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  spend: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  ...HolderRowSchema.shape,
});
export type TagRow = z.infer<typeof TagRowSchema>;

/** Fault: already_exists. */
export const tagCreate = defineCall('tag.create.v1', { request: TagNewSchema, value: TagRowSchema });
/** Absent fields stay, null clears. Fault: record_not_found. */
export const tagUpdate = defineCall('tag.update.v1', { request: TagUpdateSchema, value: TagRowSchema });
/** Fault: record_not_found. */
export const tagDelete = defineCall('tag.delete.v1', {
  request: z.object({ name: z.string().min(1) }),
  value: z.object({ name: z.string() }),
});
/** In the order asked; all or none. Fault: record_not_found. */
export const tagRead = defineCall('tag.read.v1', {
  request: z.object({ names: z.array(z.string().min(1)).min(1).max(100) }),
  value: z.object({ rows: z.array(TagRowSchema) }),
});
/** Ordered by name. */
export const tagList = defineCall('tag.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(1_000),
  }),
  value: z.object({ rows: z.array(TagRowSchema), total: z.number() }),
});
