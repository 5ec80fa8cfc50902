import { KeyFieldsSchema, keyCreate } from '@signalbox/contracts';
import { objectOf, readFields, textOf } from './conversion.js';
import { heldLimits, limitColumns, type Budgets } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { LitellmRow } from './litellm-database.js';
import type { RecordKind } from './record-kind.js';
import { uniqueNames, type NameTaker } from './unique-name.js';

export interface KeySurroundings {
  readonly budgets: Budgets;
  /** Users that could not be copied: a key would be free of what bound its user. */
  readonly skippedUsers: ReadonlySet<string>;
  /** Milliseconds since 1970: keys that ended before are not copied. */
  readonly now: number;
}

const own = [
  'token',
  'key_name',
  'key_alias',
  'user_id',
  'team_id',
  'models',
  'aliases',
  'metadata',
  'blocked',
  'expires',
  'allowed_routes',
  'budget_id',
];

const fieldsSchema = KeyFieldsSchema.extend(keyCreate.request.pick({ key_name: true }).shape);

/** `LiteLLM_VerificationToken`: keys, by their sha-256. */
export function keys(surroundings: KeySurroundings): RecordKind {
  const takeAlias = uniqueNames('alias');
  return {
    title: 'keys',
    table: 'LiteLLM_VerificationToken',
    orderBy: 'token',
    takenColumns: [...own, ...limitColumns],
    boundingColumns: [
      'agent_id',
      'allowed_cache_controls',
      'object_permission_id',
      'organization_id',
      'permissions',
      'policies',
      'project_id',
    ],
    boundingMetadata: ['enforced_params', 'guardrails'],
    convert: (row) => convert(row, surroundings, takeAlias),
    async *list(api) {
      const path = '/key/list?return_full_object=true&sort_order=asc';
      for await (const key of listPages(api, { path, sizeName: 'size', size: 100, listName: 'keys' }))
        yield { id: String(key['token']), fields: key };
    },
    newPath: '/key/generate',
    newBody: (token, fields) => ({ token, ...fields }),
    fixed: ['key_name'],
    updatePath: '/key/update',
    updateBody: (token, changes) => ({ key: token, ...changes }),
    expendable: ['key_alias'],
  };
}

function convert(row: LitellmRow, { budgets, skippedUsers, now }: KeySurroundings, takeAlias: NameTaker) {
  const token = textOf(row['token']) ?? '';
  const label = `key ${textOf(row['key_alias']) ?? textOf(row['key_name']) ?? token.slice(0, 8)}`;
  if (readFields(keyCreate.request.pick({ token: true }), { token }).fault !== undefined)
    return { label: 'a key', skipped: 'what stands for it is no sha-256' };
  const expires = momentOf(row['expires']);
  if (expires !== null && Date.parse(expires) <= now) return { label, skipped: `it ended on ${expires}` };
  const userId = textOf(row['user_id']);
  if (userId !== null && skippedUsers.has(userId))
    return { label, skipped: `its user ${JSON.stringify(userId)} was skipped` };
  const alias = takeAlias(textOf(row['key_alias']));
  const read = readFields(fieldsSchema, {
    key_name: textOf(row['key_name']) ?? 'sk-...',
    key_alias: alias.name,
    user_id: userId,
    team_id: textOf(row['team_id']),
    models: row['models'] ?? [],
    aliases: objectOf(row['aliases']),
    metadata: objectOf(row['metadata']),
    blocked: row['blocked'] === true,
    expires,
    allowed_routes: row['allowed_routes'] ?? [],
    ...heldLimits(row, budgets),
  });
  return read.fault === undefined
    ? { id: token, label, fields: read.fields, remarks: alias.remarks }
    : { label, skipped: read.fault };
}

/** LiteLLM keeps UTC without saying so. */
function momentOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null) return null;
  const moment = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
}
