import { BudgetSchema, nanoDollarsPerDollar, type Budget, type LimitFields } from '@signalbox/contracts';
import { z } from 'zod';
import type { LimitColumns } from './limit-columns.js';

/** As the column keeps them: whole nano-dollars. */
const storedSchema = z.array(BudgetSchema.required());
type StoredBudget = z.infer<typeof storedSchema>[number];

/** What an operator wrote as `budget_limits`, as it is kept. */
export function storedBudgets(limits: NonNullable<LimitFields['budget_limits']>): StoredBudget[] {
  return limits.map(({ budget_duration: duration, max_budget: dollars }) => ({
    maxNanoDollars: Math.round(dollars * nanoDollarsPerDollar),
    duration,
  }));
}

/** The record's `budget_limits`. Throws when the column holds something else: a limit we cannot read must not become none. */
export function furtherBudgets({ budgetLimits }: Pick<LimitColumns, 'budgetLimits'>): StoredBudget[] {
  return storedSchema.parse(budgetLimits);
}

/** All budgets of a record, of each duration the smaller one. */
export function budgetsOf(record: LimitColumns): Budget[] {
  const { maxBudgetNanoDollars: most, budgetDuration: duration } = record;
  const own = most === null ? [] : [{ maxNanoDollars: Number(most), ...(duration !== null && { duration }) }];
  const byDuration = new Map<string | undefined, Budget>();
  for (const budget of [...own, ...furtherBudgets(record)]) {
    const known = byDuration.get(budget.duration);
    if (known === undefined || budget.maxNanoDollars < known.maxNanoDollars) {
      byDuration.set(budget.duration, budget);
    }
  }
  return [...byDuration.values()];
}
