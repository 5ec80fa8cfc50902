import type { HolderFields, HolderRow } from '@signalbox/contracts';
import { databaseFailure, violatedConstraint, type SharedBudget } from '@signalbox/database';
import { sharedBudgetRow } from '../budgets/shared-budget-row.js';
import { refusal } from '../failures/refusal.js';
import { limitColumns, limitRow, type LimitColumns } from './limit-columns.js';

/** The columns of a key, a team, a user, an end user or a tag, which may have its limits by reference. */
export interface HolderColumns extends LimitColumns {
  readonly budgetId: string | null;
  readonly budget: SharedBudget | null;
}

/** What to read of a holder besides its columns. */
export const withBudget = { budget: true } as const;

/** Absent fields stay out; null clears. */
export function holderColumns(fields: HolderFields) {
  const { budget_id: budgetId } = fields;
  return { ...limitColumns(fields), ...(budgetId !== undefined && { budgetId }) };
}

/** A holder's limits as the admin API shows them: its own, and beside them those of its shared budget. */
export function holderRow(record: HolderColumns): HolderRow {
  const { budgetId, budget } = record;
  return {
    ...limitRow(record),
    budget_id: budgetId,
    litellm_budget_table: budget === null ? null : sharedBudgetRow(budget),
  };
}

/** The limits that hold: a record's own, and where it has none those of its shared budget. */
export function heldLimits(record: HolderColumns): LimitColumns {
  const { budget } = record;
  if (budget === null) return record;
  return {
    rpmLimit: record.rpmLimit ?? budget.rpmLimit,
    tpmLimit: record.tpmLimit ?? budget.tpmLimit,
    maxParallelRequests: record.maxParallelRequests ?? budget.maxParallelRequests,
    maxBudgetNanoDollars: budget.maxBudgetNanoDollars,
    softBudgetNanoDollars: record.softBudgetNanoDollars ?? budget.softBudgetNanoDollars,
    budgetDuration: budget.budgetDuration,
    budgetLimits: record.budgetLimits,
  };
}

/** By which shared budgets the limits of these records are what they are. */
export function heldBudgetIds(...records: readonly (HolderColumns | null)[]): { budgetIds?: string[] } {
  const ids = records.flatMap((record) => record?.budgetId ?? []);
  return ids.length === 0 ? {} : { budgetIds: [...new Set(ids)] };
}

/** Throws a refusal when the change of a holder failed by its budgets; for the place where such a failure is caught. */
export function refuseBudgets(error: unknown, { budget_id: id }: HolderFields): void {
  if (error instanceof Error && /violates check constraint \W+\w+_one_budget\b/.test(error.message)) {
    throw refusal('invalid_request', "Set either 'max_budget' or 'budget_id', not both.", 'max_budget');
  }
  if (databaseFailure(error) === 'missing' && violatedConstraint(error)?.endsWith('_budget_id_fkey')) {
    throw refusal('record_not_found', `Budget not found, passed budget_id=${id ?? ''}`, 'budget_id');
  }
}
