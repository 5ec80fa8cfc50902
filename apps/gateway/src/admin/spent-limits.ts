import { nanoDollarsPerDollar, type HolderRow, type LimitRow } from '@signalbox/contracts';

/** What is spent of each of the `budget_limits`, dollars, by LiteLLM's names. */
export interface BudgetLimitsUsage {
  readonly budget_limits_usage?: Readonly<Record<string, { readonly current_spend: number }>>;
}

/** A record with limits, perhaps by reference. */
type LimitedRow = LimitRow & Partial<Pick<HolderRow, 'litellm_budget_table'>>;

/** The durations of a record's budgets, each once; null is a window that never ends. */
export function budgetDurations(row: LimitedRow): (string | null)[] {
  const own = isCounted(row) ? [budgetOf(row).budget_duration] : [];
  return [...new Set([...own, ...(row.budget_limits ?? []).map((one) => one.budget_duration)])];
}

/** The record with what is spent of its budgets; `nanoDollars` in the order of `budgetDurations`. */
export function withSpent<Row extends LimitedRow & { spend: number }>(
  row: Row,
  nanoDollars: readonly number[],
): Row & BudgetLimitsUsage {
  const spentIn = new Map(
    budgetDurations(row).map((duration, index) => [
      duration,
      (nanoDollars[index] ?? 0) / nanoDollarsPerDollar,
    ]),
  );
  const usage = (row.budget_limits ?? []).map(
    (one) => [one.budget_duration, { current_spend: spentIn.get(one.budget_duration) ?? 0 }] as const,
  );
  return {
    ...row,
    spend: isCounted(row) ? (spentIn.get(budgetOf(row).budget_duration) ?? 0) : row.spend,
    ...(usage.length > 0 && { budget_limits_usage: Object.fromEntries(usage) }),
  };
}

function budgetOf(row: LimitedRow) {
  return row.litellm_budget_table ?? row;
}

function isCounted(row: LimitedRow): boolean {
  const { max_budget: most, soft_budget: soft } = budgetOf(row);
  return most !== null || soft !== null;
}
