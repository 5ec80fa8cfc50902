import { SharedBudgetRowSchema, type SharedBudgetRow } from '@signalbox/contracts';
import type { SharedBudget } from '@signalbox/database';
import { limitRow } from '../limits/limit-columns.js';

/** A record as the admin API shows it. */
export function sharedBudgetRow(record: SharedBudget): SharedBudgetRow {
  // The schema leaves out what a shared budget cannot have.
  return SharedBudgetRowSchema.parse({
    ...limitRow({ ...record, budgetLimits: [] }),
    budget_id: record.id,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
  });
}
