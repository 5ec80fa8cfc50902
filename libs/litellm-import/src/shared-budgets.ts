import { SharedBudgetFieldsSchema } from '@signalbox/contracts';
import { readFields, textOf } from './conversion.js';
import { limitColumns, ownLimits } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { RecordKind } from './record-kind.js';

/** `LiteLLM_BudgetTable`: limits that keys and end users have by reference. */
export const sharedBudgets: RecordKind = {
  title: 'budgets',
  table: 'LiteLLM_BudgetTable',
  orderBy: 'budget_id',
  // Those who hold it get its limits of single models.
  takenColumns: ['budget_id', ...limitColumns],
  boundingColumns: ['allowed_models'],
  boundingMetadata: [],
  convert: (row) => {
    const id = textOf(row['budget_id']) ?? '';
    const label = `budget ${JSON.stringify(id)}`;
    const read = readFields(SharedBudgetFieldsSchema, ownLimits(row));
    return read.fault === undefined
      ? { id, label, fields: read.fields, remarks: [] }
      : { id, label, skipped: read.fault };
  },
  async *list(api) {
    for await (const fields of listPages(api, { path: '/budget/list', sizeName: 'size', size: 1_000 }))
      yield { id: String(fields['budget_id']), fields };
  },
  newPath: '/budget/new',
  newBody: (id, fields) => ({ budget_id: id, ...fields }),
  fixed: [],
  updatePath: '/budget/update',
  updateBody: (id, changes) => ({ budget_id: id, ...changes }),
  expendable: [],
};
