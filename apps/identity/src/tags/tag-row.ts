import type { TagRow } from '@signalbox/contracts';
import type { Tag } from '@signalbox/database';
import { limitRow } from '../limits/limit-columns.js';

/** A record as the admin API shows it. */
export function tagRow(record: Tag): TagRow {
  return {
    name: record.name,
    description: record.description,
    spend: 0,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...limitRow(record),
  };
}
