import { z } from 'zod';
import { BudgetDurationSchema, DollarsSchema, mostDollars } from './budget.js';

/** The whole table goes along with every call of its holder. */
const mostModels = 200;

/** By model group. */
function byModel<Limit extends z.ZodType>(limit: Limit) {
  return z
    .record(z.string().min(1).max(256), limit)
    .refine((limits) => Object.keys(limits).length <= mostModels, `may name ${mostModels} models at most`);
}

const dollars = z.union([
  DollarsSchema,
  z
    .string()
    .regex(/^\d{1,7}(\.\d{1,9})?$/, 'must be an amount of US dollars')
    .refine((text) => Number(text) <= mostDollars, 'is more than can be counted'),
]);

/** A budget of calls to one model; LiteLLM has two words for both of its fields. */
export const ModelBudgetSchema = z
  .object({
    budget_limit: dollars.optional(),
    max_budget: dollars.optional(),
    /** Length of the windows; absent: one that never ends. */
    time_period: BudgetDurationSchema.nullish(),
    budget_duration: BudgetDurationSchema.nullish(),
  })
  .refine(({ budget_limit: limit, max_budget: most }) => (limit ?? most) !== undefined, {
    error: 'must say how much, in budget_limit',
    path: ['budget_limit'],
  });
export type ModelBudget = z.infer<typeof ModelBudgetSchema>;

const requests = z.number().int().positive().max(2_147_483_647);
const tokens = z.number().int().positive();

/** Limits of single models, beside those of all together; null takes the table away, a new one replaces it whole. */
export const ModelLimitFieldsSchema = z.object({
  /** Calls in any 60 seconds. */
  model_rpm_limit: byModel(requests).nullish(),
  /** Tokens in any 60 seconds, prompt and answer together. */
  model_tpm_limit: byModel(tokens).nullish(),
  /** What may be spent within a window of time. */
  model_max_budget: byModel(ModelBudgetSchema).nullish(),
});
export type ModelLimitFields = z.infer<typeof ModelLimitFieldsSchema>;

/** The same in a record that is shown. */
export const ModelLimitRowSchema = z.object({
  model_rpm_limit: byModel(requests).nullable().default(null),
  model_tpm_limit: byModel(tokens).nullable().default(null),
  model_max_budget: byModel(ModelBudgetSchema).default({}),
});
export type ModelLimitRow = z.infer<typeof ModelLimitRowSchema>;
