import { keyDelete, KeyFieldsSchema, keyList, keyRegenerate, type KeyRow } from '@signalbox/contracts';
import { z } from 'zod';
import { holdingNothing, withoutModelLimits } from './example-limits.js';
import { KeyHashSchema, KeyOrHashSchema, RawKeySchema } from './raw-key.js';

const nameKey = { error: 'name the key, in key or key_alias', path: ['key'] };

/** Body of `/key/generate`; `key` is for those who bring their own, `token` for those who only know its hash. */
export const GenerateKeySchema = KeyFieldsSchema.extend({
  key: RawKeySchema.nullish(),
  /** sha-256 of a key that exists elsewhere, such as in a database of LiteLLM: its holder goes on using it. */
  token: KeyHashSchema.nullish(),
  /** What to recognise such a key by. */
  key_name: z.string().max(64).nullish(),
}).refine(({ key, token }) => key == null || token == null, {
  error: 'Set either key or token, not both.',
  path: ['token'],
});

/** Body of `/key/service-account/generate`: a team's key that no user owns. */
export const ServiceAccountSchema = GenerateKeySchema.safeExtend({
  team_id: z.string().min(1),
  user_id: z.null({ error: 'a service account has no user' }).optional(),
});

/** Body of `/key/update`; without `key` the alias says which one. */
export const UpdateKeySchema = KeyFieldsSchema.extend({ key: KeyOrHashSchema.nullish() }).refine(
  namesKey,
  nameKey,
);

/** Body of `/key/bulk_update`; each entry is one of `/key/update`. */
export const BulkUpdateKeysSchema = z.object({ keys: z.array(UpdateKeySchema).min(1).max(500) });

const RegenerateFieldsSchema = KeyFieldsSchema.extend({
  /** For those who bring their own. */
  new_key: RawKeySchema.nullish(),
  grace_period: keyRegenerate.request.shape.grace_period,
});

/** Body of `/key/{key}/regenerate`. */
export const RegenerateNamedKeySchema = RegenerateFieldsSchema.nullish().transform((fields) => fields ?? {});

/** Body of `/key/regenerate`; without `key` the alias says which one. */
export const RegenerateKeySchema = RegenerateFieldsSchema.extend({ key: KeyOrHashSchema.nullish() }).refine(
  namesKey,
  nameKey,
);

const aliases = keyDelete.request.shape.key_aliases.unwrap();

/** Body of `/key/delete`. */
export const DeleteKeysSchema = z
  .object({ keys: z.array(KeyOrHashSchema).max(1_000).nullish(), key_aliases: aliases.nullish() })
  .refine(({ keys, key_aliases: names }) => (keys ?? []).length + (names ?? []).length > 0, {
    error: 'name at least one key, in keys or key_aliases',
    path: ['keys'],
  });

function namesKey({ key, key_alias: alias }: { key?: unknown; key_alias?: unknown }): boolean {
  return key != null || alias != null;
}

/** Body of `/key/block` and `/key/unblock`. */
export const BlockKeySchema = z.object({ key: KeyOrHashSchema });

/** Query of `/key/info`. */
export const KeyInfoQuerySchema = z.object({ key: KeyOrHashSchema.optional() });

/** In a query everything is text. */
const flag = z
  .enum(['true', 'false', 'True', 'False', '1', '0'])
  .transform((text) => /^(true|1)$/i.test(text));
const { page, size, ...filters } = keyList.request.omit({ token: true }).shape;
const count = z.coerce.number().optional();

/** Query of `/key/list`. */
export const KeyListQuerySchema = z.object({
  ...filters,
  page: count.pipe(page),
  size: count.pipe(size),
  key_hash: KeyOrHashSchema.optional(),
  return_full_object: flag.default(false),
});

export const exampleKey = 'sk-R9tEyd0Vq8lZbR4nX2uW7cJmHk5sPgT1aLfQzYv4Ixw';

/** A key for the OpenAPI pages. */
export const exampleRow: KeyRow = {
  token: '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b',
  key_name: 'sk-...4Ixw',
  key_alias: 'ci',
  team_id: null,
  user_id: 'u1',
  models: ['gpt-4o'],
  aliases: { cheap: 'gpt-4o' },
  expires: '2026-12-21T10:00:00.000Z',
  key_type: 'default',
  allowed_routes: [],
  enforced_params: [],
  past_tokens: [],
  metadata: { tags: ['free'] },
  tags: [],
  blocked: false,
  allowed_model_region: null,
  spend: 0,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  ...holdingNothing,
  temp_budget_increase: null,
  temp_budget_expiry: null,
  ...withoutModelLimits,
  rpm_limit: 60,
  tpm_limit: 100_000,
};
