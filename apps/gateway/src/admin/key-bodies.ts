import { keyDelete, KeyFieldsSchema, type KeyRow } from '@signalbox/contracts';
import { z } from 'zod';
import { KeyOrHashSchema, RawKeySchema } from './raw-key.js';

/** Body of `/key/generate`; `key` is for those who bring their own. */
export const GenerateKeySchema = KeyFieldsSchema.extend({ key: RawKeySchema.nullish() });

/** Body of `/key/update`. */
export const UpdateKeySchema = KeyFieldsSchema.extend({ key: KeyOrHashSchema });

const aliases = keyDelete.request.shape.key_aliases.unwrap();

/** Body of `/key/delete`. */
export const DeleteKeysSchema = z
  .object({ keys: z.array(KeyOrHashSchema).max(1_000).nullish(), key_aliases: aliases.nullish() })
  .refine(({ keys, key_aliases: names }) => (keys ?? []).length + (names ?? []).length > 0, {
    error: 'name at least one key, in keys or key_aliases',
    path: ['keys'],
  });

/** Body of `/key/block` and `/key/unblock`. */
export const BlockKeySchema = z.object({ key: KeyOrHashSchema });

/** Query of `/key/info`. */
export const KeyInfoQuerySchema = z.object({ key: KeyOrHashSchema.optional() });

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
  metadata: { tags: ['free'] },
  tags: [],
  blocked: false,
  spend: 0,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  rpm_limit: 60,
  tpm_limit: 100_000,
  max_parallel_requests: null,
};
