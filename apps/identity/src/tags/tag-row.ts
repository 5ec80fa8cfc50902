import type { TagRow } from '@signalbox/contracts';
import type { SharedBudget, Tag } from '@signalbox/database';
import { holderRow } from '../limits/holder-columns.js';

/** A tag with the budget it holds. */
export type TagWithBudget = Tag & { readonly budget: SharedBudget | null };

/** A record as the admin API shows it. */
export function tagRow(record: TagWithBudget): TagRow {
  return {
    name: record.name,
    description: record.description,
    spend: 0,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...holderRow(record),
  };
}
