import { nanoDollarsPerDollar, type HolderRow, type LimitRow } from '@signalbox/contracts';

/** Limits of a record, perhaps by reference. */
export type ShownLimits = Pick<LimitRow, 'max_budget' | 'soft_budget' | 'budget_duration' | 'budget_limits'> &
  Partial<Pick<HolderRow, 'litellm_budget_table'>>;

/** What was spent, dollars; null while nobody knows. */
export interface SpentDollars {
  readonly spend: number | null;
  /** Of each of the `budget_limits`, by LiteLLM's names. */
  readonly budget_limits_usage?: Readonly<Record<string, { readonly current_spend: number | null }>>;
}

/** A record with what was spent. */
export type Spent<Row> = Omit<Row, 'spend'> & SpentDollars;

/** The durations of a record's budgets, each once; null is a window that never ends. */
export function budgetDurations(limits: ShownLimits): (string | null)[] {
  const own = hasBudget(limits) ? [budgetOf(limits).budget_duration] : [];
  return [...new Set([...own, ...(limits.budget_limits ?? []).map((one) => one.budget_duration)])];
}

/** Whether there is a budget in whose windows the record's `spend` is counted. */
export function hasBudget(limits: ShownLimits): boolean {
  const { max_budget: most, soft_budget: soft } = budgetOf(limits);
  return most !== null || soft !== null;
}

/** What was spent; `inBudgets` in the order of `budgetDurations`, `inLedger` for who has no budget. Nano-dollars. */
export function spentDollars(
  limits: ShownLimits,
  inBudgets: readonly (number | null)[],
  inLedger: number | null,
): SpentDollars {
  const byDuration = new Map(budgetDurations(limits).map((duration, index) => [duration, inBudgets[index]]));
  const spentIn = (duration: string | null): number | null => dollars(byDuration.get(duration) ?? null);
  const usage = (limits.budget_limits ?? []).map(
    (one) => [one.budget_duration, { current_spend: spentIn(one.budget_duration) }] as const,
  );
  return {
    spend: hasBudget(limits) ? spentIn(budgetOf(limits).budget_duration) : dollars(inLedger),
    ...(usage.length > 0 && { budget_limits_usage: Object.fromEntries(usage) }),
  };
}

function dollars(nanoDollars: number | null): number | null {
  return nanoDollars === null ? null : nanoDollars / nanoDollarsPerDollar;
}

function budgetOf(limits: ShownLimits) {
  return limits.litellm_budget_table ?? limits;
}
