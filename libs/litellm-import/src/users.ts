import { UserRoleSchema, userUpdate } from '@signalbox/contracts';
import { objectOf, readFields, textOf } from './conversion.js';
import { limitColumns, ownLimits } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { LitellmRow } from './litellm-database.js';
import type { RecordKind } from './record-kind.js';
import { uniqueNames, type NameTaker } from './unique-name.js';

const own = ['user_id', 'user_alias', 'user_email', 'user_role', 'models', 'metadata'];

const boundingColumns = ['allowed_cache_controls', 'object_permission_id', 'organization_id', 'policies'];

/** `LiteLLM_UserTable`. */
export function users(): RecordKind {
  const takeAddress = uniqueNames('address');
  return {
    title: 'users',
    table: 'LiteLLM_UserTable',
    orderBy: 'user_id',
    // Their teams come with the teams.
    takenColumns: [...own, ...limitColumns, 'teams'],
    boundingColumns,
    boundingMetadata: [],
    convert: (row) => convert(row, takeAddress),
    async *list(api) {
      const path = '/user/list?sort_by=user_id';
      for await (const fields of listPages(api, {
        path,
        sizeName: 'page_size',
        size: 100,
        listName: 'users',
      }))
        yield { id: String(fields['user_id']), fields };
    },
    newPath: '/user/new',
    newBody: (id, fields) => ({ user_id: id, ...fields, auto_create_key: false }),
    fixed: [],
    updatePath: '/user/update',
    updateBody: (id, changes) => ({ user_id: id, ...changes }),
    expendable: ['user_email'],
  };
}

function convert(row: LitellmRow, takeAddress: NameTaker) {
  const id = textOf(row['user_id']) ?? '';
  const label = `user ${JSON.stringify(id)}`;
  const role = UserRoleSchema.nullable().safeParse(textOf(row['user_role']));
  const address = takeAddress(textOf(row['user_email'])?.trim().toLowerCase() ?? null);
  const wanted = {
    user_id: id,
    user_alias: textOf(row['user_alias']),
    user_email: address.name,
    user_role: role.data ?? null,
    models: row['models'] ?? [],
    metadata: objectOf(row['metadata']),
    ...ownLimits(row),
  };
  const read = readFields(userUpdate.request, wanted);
  if (read.fault !== undefined) return { id, label, skipped: read.fault };
  const roleless = role.success ? [] : [`without the role ${String(row['user_role'])}, which we do not know`];
  return { id, label, fields: read.fields, remarks: [...address.remarks, ...roleless] };
}
