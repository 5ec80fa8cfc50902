import { z } from 'zod';
import { BudgetDurationSchema, NanoDollarsSchema } from './budget.js';
import { LimitScopeKindSchema } from './caller-limits.js';
import { defineCall } from './contract.js';

/** A budget, by whose it is and how long its windows are. */
export const SpendingSchema = z.object({
  kind: LimitScopeKindSchema,
  id: z.string().min(1),
  /** Absent: a window that never ends. */
  duration: BudgetDurationSchema.optional(),
});
export type Spending = z.infer<typeof SpendingSchema>;

/** What is spent of budgets in their present windows, paid and reserved, in the order asked. Fault: usage_unavailable. */
export const usageSpend = defineCall('usage.spend.v1', {
  request: z.object({ budgets: z.array(SpendingSchema).min(1).max(100) }),
  value: z.object({ nanoDollars: z.array(z.number().nonnegative()) }),
});

/** Lets no more be spent of these budgets, in their present windows, than is said; answers what was. Fault: usage_unavailable. */
export const usageLowerSpend = defineCall('usage.lower-spend.v1', {
  request: z.object({
    budgets: z.array(SpendingSchema).min(1).max(100),
    nanoDollars: NanoDollarsSchema,
  }),
  value: z.object({ nanoDollars: z.array(z.number().nonnegative()) }),
});
