import { z } from 'zod';
import { DollarsSchema } from './budget.js';
import { HolderFieldsSchema, HolderRowSchema } from './budget-admin.js';
import { defineCall } from './contract.js';
import { EnforcedParamsSchema } from './enforced-params.js';
import { ModelLimitFieldsSchema, ModelLimitRowSchema } from './model-limits.js';
import { KeyTypeSchema } from './key-type.js';
import { RegionFieldsSchema, RegionRowSchema } from './region-admin.js';

const keyHash = z.string().regex(/^[0-9a-f]{64}$/);

/** `30s`, `30m`, `30h`, `30d`, `2w`, `1mo`. */
const duration = z
  .string()
  .regex(/^\d{1,9}(s|m|h|d|w|mo)$/, 'must be a number followed by s, m, h, d, w or mo, like 30d');

/** A path, perhaps ending in `*`, or the name of a group of routes. */
const routeName = z
  .string()
  .max(200)
  .regex(
    /^(\/[^\s*]*\*?|[a-z_]+_routes)$/,
    'must be a path, a path ending in *, or a group like llm_api_routes',
  );

/** Fields an operator may set on a key; names and meaning are LiteLLM's `/key/generate`. */
export const KeyFieldsSchema = z.object({
  key_alias: z.string().nullish(),
  team_id: z.string().nullish(),
  user_id: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  aliases: z.record(z.string(), z.string()).nullish(),
  /** How long the key lives from now; null: for ever. */
  duration: duration.nullish(),
  /** The same as a moment; only one of the two may be given. */
  expires: z.iso.datetime({ offset: true }).nullish(),
  key_type: KeyTypeSchema.nullish(),
  /** The only routes the key may use; null or empty: all that its type and role allow. */
  allowed_routes: z.array(routeName).max(100).nullish(),
  enforced_params: EnforcedParamsSchema.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
  blocked: z.boolean().nullish(),
  ...RegionFieldsSchema.shape,
  ...HolderFieldsSchema.shape,
  /** US dollars that may be spent beyond `max_budget` until `temp_budget_expiry`; both or none. */
  temp_budget_increase: DollarsSchema.nullish(),
  /** A moment, UTC unless it says otherwise; a day begins at midnight. */
  temp_budget_expiry: z.union([z.iso.datetime({ offset: true, local: true }), z.iso.date()]).nullish(),
  ...ModelLimitFieldsSchema.shape,
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
  key_type: KeyTypeSchema.default('default'),
  allowed_routes: z.array(z.string()).default([]),
  enforced_params: z.array(z.string()).default([]),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  blocked: z.boolean(),
  ...RegionRowSchema.shape,
  spend: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  ...HolderRowSchema.shape,
  temp_budget_increase: z.number().nullable().default(null),
  temp_budget_expiry: z.string().nullable().default(null),
  /** What its limits are counted by, where that is not the token. */
  ledger_id: z.string().optional(),
  /** What it was called by before it was regenerated, each time; its calls of then were made under these. */
  past_tokens: z.array(z.string()).default([]),
  ...ModelLimitRowSchema.shape,
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
/** Notes that what is spent of a key's budgets is reset, which is the usage service's to do. Fault: record_not_found. */
export const keyResetSpend = defineCall('key.reset-spend.v1', {
  request: z.object({ token: keyHash }),
  value: KeyRowSchema,
});
/** One of the two names is given; the hash counts when both are. Fault: record_not_found. */
export const keyRead = defineCall('key.read.v1', {
  request: z.object({ token: keyHash.optional(), key_alias: z.string().optional() }),
  value: KeyRowSchema,
});
/**
 * Gives a key another value and perhaps other fields. With a grace period the old value stays good for so long.
 * Faults: already_exists (new value, alias), record_not_found (key, team).
 */
export const keyRegenerate = defineCall('key.regenerate.v1', {
  request: KeyFieldsSchema.extend({
    token: keyHash,
    new_token: keyHash,
    key_name: z.string(),
    grace_period: duration.nullish(),
  }),
  value: KeyRowSchema,
});
/** What keys are called, by alphabet; filters narrow together. */
export const keyAliases = defineCall('key.aliases.v1', {
  request: z.object({
    page: z.number().int().min(1).max(1_000_000).default(1),
    size: z.number().int().min(1).max(1_000).default(50),
    /** Part of the alias, in any case. */
    search: z.string().optional(),
    team_id: z.string().optional(),
  }),
  value: z.object({ aliases: z.array(z.string()), total: z.number() }),
});
/** Filters narrow together. Ordered as asked, newest first unless told. */
export const keyList = defineCall('key.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(100).default(10),
    token: keyHash.optional(),
    key_alias: z.string().optional(),
    user_id: z.string().optional(),
    team_id: z.string().optional(),
    sort_by: z
      .enum(['created_at', 'updated_at', 'expires', 'key_alias', 'user_id', 'team_id'])
      .default('created_at'),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
  }),
  value: z.object({ rows: z.array(KeyRowSchema), total: z.number() }),
});
