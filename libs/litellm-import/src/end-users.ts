import { EndUserFieldsSchema, EndUserNewSchema } from '@signalbox/contracts';
import { readFields, textOf } from './conversion.js';
import { heldLimits, limitColumns, type Budgets } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { RecordKind } from './record-kind.js';

const own = ['user_id', 'alias', 'blocked', 'allowed_model_region', 'default_model', 'budget_id'];

/**
 * `LiteLLM_EndUserTable`. Who is unknown may call without restriction: so an end user whose record cannot be taken
 * becomes a blocked one, never none.
 */
export function endUsers(budgets: Budgets): RecordKind {
  return {
    title: 'end users',
    table: 'LiteLLM_EndUserTable',
    orderBy: 'user_id',
    takenColumns: [...own, ...limitColumns],
    boundingColumns: ['object_permission_id'],
    boundingMetadata: [],
    convert: (row) => {
      const id = textOf(row['user_id']) ?? '';
      const label = `end user ${JSON.stringify(id)}`;
      const wanted = {
        alias: textOf(row['alias']),
        blocked: row['blocked'] === true,
        allowed_model_region: textOf(row['allowed_model_region']),
        default_model: textOf(row['default_model']),
        ...heldLimits(row, budgets),
      };
      const { fault: badId } = readFields(EndUserNewSchema.pick({ user_id: true }), { user_id: id });
      if (badId !== undefined) return { label, skipped: badId };
      const read = readFields(EndUserFieldsSchema, wanted);
      if (read.fault === undefined) return { id, label, fields: read.fields, remarks: [] };
      const remark = `blocked, for its record cannot be taken: ${read.fault}`;
      return { id, label, fields: { blocked: true }, remarks: [remark] };
    },
    async *list(api) {
      for await (const fields of listPages(api, { path: '/end_user/list', sizeName: 'size', size: 1_000 }))
        yield { id: String(fields['user_id']), fields };
    },
    newPath: '/end_user/new',
    newBody: (id, fields) => ({ user_id: id, ...fields }),
    fixed: [],
    updatePath: '/end_user/update',
    updateBody: (id, changes) => ({ user_id: id, ...changes }),
    expendable: ['default_model'],
    refused: { blocked: true },
  };
}
