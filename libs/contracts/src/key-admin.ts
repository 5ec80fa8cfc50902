import { z } from 'zod';
import { LimitFieldsSchema, LimitRowSchema } from './caller-limits.js';
import { defineCall } from './contract.js';

const keyHash = z.string().regex(/^[0-9a-f]{64}$/);

/** Fields an operator may set on a key; names and meaning are LiteLLM's `/key/generate`. */
export const KeyFieldsSchema = z.object({
  key_alias: z.string().nullish(),
  team_id: z.string().nullish(),
  user_id: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  aliases: z.record(z.string(), z.string()).nullish(),
  /** How long the key lives: `30s`, `30m`, `30h`, `30d`; absent or null: for ever. */
  duration: z
    .string()
    .regex(/^\d{1,9}(s|m|h|d|w|mo)$/, 'must be a number followed by s, m, h, d, w or mo, like 30d')
    .nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
  blocked: z.boolean().nullish(),
  ...LimitFieldsSchema.shape,
});

export const KeyRowSchema = z.object({
  /** sha-256 of the key, hex. */
  token: keyHash,
  /** `sk-...` and the last four characters. */
  key_name: z.string(),
  key_alias: z.string().nullable(),
  team_id: z.string().nullable(),
  user_id: z.string().nullable(),
  models: z.array(z.string()),
  aliases: z.record(z.string(), z.string()),
  expires: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  blocked: z.boolean(),
  spend: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  ...LimitRowSchema.shape,
});
export type KeyRow = z.infer<typeof KeyRowSchema>;

/** The gateway makes the key and sends its hash: a raw key never crosses the bus. Faults: already_exists, record_not_found (team). */
export const keyCreate = defineCall('key.create.v1', {
  request: KeyFieldsSchema.extend({ token: keyHash, key_name: z.string() }),
  value: KeyRowSchema,
});
/** Absent fields stay, null clears; a duration begins now. Faults: already_exists (alias), record_not_found (key, team). */
export const keyUpdate = defineCall('key.update.v1', {
  request: KeyFieldsSchema.extend({ token: keyHash }),
  value: KeyRowSchema,
});
/** All or none. Fault: record_not_found. */
export const keyDelete = defineCall('key.delete.v1', {
  request: z.object({
    tokens: z.array(keyHash).max(1_000).default([]),
    key_aliases: z.array(z.string()).max(1_000).default([]),
  }),
  value: z.object({ deleted: z.array(keyHash) }),
});
/** Fault: record_not_found. */
export const keyBlock = defineCall('key.block.v1', {
  request: z.object({ token: keyHash, blocked: z.boolean() }),
  value: KeyRowSchema,
});
/** Fault: record_not_found. */
export const keyRead = defineCall('key.read.v1', {
  request: z.object({ token: keyHash }),
  value: KeyRowSchema,
});
