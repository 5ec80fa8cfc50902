import { TagFieldsSchema } from '@signalbox/contracts';
import { readFields, textOf } from './conversion.js';
import { budgetOf, limitsWith, type Budgets } from './limit-fields.js';
import { listPages } from './list-pages.js';
import type { RecordKind } from './record-kind.js';

/** `LiteLLM_TagTable`. Which deployments serve a tag is said by the deployments' own `tags`. */
export function tags(budgets: Budgets): RecordKind {
  return {
    title: 'tags',
    table: 'LiteLLM_TagTable',
    orderBy: 'tag_name',
    takenColumns: ['tag_name', 'description', 'budget_id'],
    boundingColumns: ['models'],
    boundingMetadata: [],
    convert: (row) => {
      const id = textOf(row['tag_name']) ?? '';
      const label = `tag ${JSON.stringify(id)}`;
      const wanted = {
        description: textOf(row['description']),
        ...limitsWith({}, budgetOf(row, budgets)),
      };
      const read = readFields(TagFieldsSchema, wanted);
      return read.fault === undefined
        ? { id, label, fields: read.fields, remarks: [] }
        : { id, label, skipped: read.fault };
    },
    async *list(api) {
      for await (const fields of listPages(api, { path: '/tag/list', sizeName: 'size', size: 1_000 }))
        yield { id: String(fields['name']), fields };
    },
    newPath: '/tag/new',
    newBody: (id, fields) => ({ name: id, ...fields }),
    fixed: [],
    updatePath: '/tag/update',
    updateBody: (id, changes) => ({ name: id, ...changes }),
    expendable: [],
  };
}
