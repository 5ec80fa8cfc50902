import { z } from 'zod';

/** Money is counted in whole billionths of a dollar: sums stay exact, and the cheapest token still costs something. */
export const nanoDollarsPerDollar = 1_000_000_000;

/** In dollars, as people write them: `0.000025` rather than `2.5e-5`. */
export function formatDollars(nanoDollars: number): string {
  return (nanoDollars / nanoDollarsPerDollar).toFixed(9).replace(/\.?0+$/, '');
}

/** The largest budget, dollars: what can be counted exactly. */
export const mostDollars = 9_000_000;

/** US dollars, as operators write them. */
export const DollarsSchema = z.number().nonnegative().max(mostDollars);

/** `30s`, `30m`, `1h`, `1d`, `2w`, `1mo`. */
export const BudgetDurationSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}(s|m|h|d|w|mo)$/, 'must be a number followed by s, m, h, d, w or mo, like 30d');

/** What can be counted exactly. */
export const NanoDollarsSchema = z
  .number()
  .int()
  .nonnegative()
  .max(mostDollars * nanoDollarsPerDollar);

/** What somebody may spend within a window of time. */
export const BudgetSchema = z.object({
  /** Absent: what is spent is counted, and nothing is refused. */
  maxNanoDollars: NanoDollarsSchema.optional(),
  /** Operators are warned when so much is spent, once per window; absent: nobody is. */
  softNanoDollars: NanoDollarsSchema.optional(),
  /** Length of the windows, which follow each other without a gap; absent: one that never ends. */
  duration: BudgetDurationSchema.optional(),
});
export type Budget = z.infer<typeof BudgetSchema>;

/** One of several budgets that must all have room, by LiteLLM's names. */
export const BudgetLimitSchema = z.object({
  budget_duration: BudgetDurationSchema,
  max_budget: DollarsSchema,
});
