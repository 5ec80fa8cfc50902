import type { SharedBudgetRow } from '@signalbox/contracts';
import type { SharedBudget } from '@signalbox/database';
import { limitRow } from '../limits/limit-columns.js';

/** A record as the admin API shows it. */
export function sharedBudgetRow(record: SharedBudget): SharedBudgetRow {
  const { budget_limits: _none, ...limits } = limitRow({ ...record, budgetLimits: [] });
  return {
    budget_id: record.id,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    ...limits,
  };
}
