import { BudgetSchema, nanoDollarsPerDollar, type Budget, type LimitFields } from '@signalbox/contracts';
import { z } from 'zod';
import type { LimitColumns } from './limit-columns.js';

/** As the column keeps them: whole nano-dollars. */
const storedSchema = z.array(BudgetSchema.omit({ softNanoDollars: true }).required());
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
  const { maxBudgetNanoDollars: most, softBudgetNanoDollars: soft, budgetDuration: duration } = record;
  const own = {
    ...(most !== null && { maxNanoDollars: Number(most) }),
    ...(soft !== null && { softNanoDollars: Number(soft) }),
    ...(duration !== null && { duration }),
  };
  const byDuration = new Map<string | undefined, Budget>();
  for (const budget of [...(most === null && soft === null ? [] : [own]), ...furtherBudgets(record)]) {
    byDuration.set(budget.duration, smaller(budget, byDuration.get(budget.duration)));
  }
  return [...byDuration.values()];
}

/** Of two with the same windows; only one of them may be soft. */
function smaller(budget: Budget, known: Budget = {}): Budget {
  const { maxNanoDollars: most = Infinity } = known;
  return { ...known, ...budget, ...(most < (budget.maxNanoDollars ?? Infinity) && { maxNanoDollars: most }) };
}
