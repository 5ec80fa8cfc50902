import { nanoDollarsPerDollar, type LimitRow } from '@signalbox/contracts';

/** What is spent of each of the `budget_limits`, dollars, by LiteLLM's names. */
export interface BudgetLimitsUsage {
  readonly budget_limits_usage?: Readonly<Record<string, { readonly current_spend: number }>>;
}

/** The durations of a record's budgets, each once; null is a window that never ends. */
export function budgetDurations(row: LimitRow): (string | null)[] {
  const own = row.max_budget === null ? [] : [row.budget_duration];
  return [...new Set([...own, ...(row.budget_limits ?? []).map((one) => one.budget_duration)])];
}

/** The record with what is spent of its budgets; `nanoDollars` in the order of `budgetDurations`. */
export function withSpent<Row extends LimitRow & { spend: number }>(
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
    ({ budget_duration: duration }) => [duration, { current_spend: spentIn.get(duration) ?? 0 }] as const,
  );
  return {
    ...row,
    spend: row.max_budget === null ? row.spend : (spentIn.get(row.budget_duration) ?? 0),
    ...(usage.length > 0 && { budget_limits_usage: Object.fromEntries(usage) }),
  };
}
