import { z } from 'zod';
import { BudgetDurationSchema, BudgetLimitSchema, BudgetSchema, DollarsSchema } from './budget.js';

const positive = z.number().int().positive('must be a positive whole number, or null for no limit');
/** What a 32-bit column holds. */
const count = positive.max(2_147_483_647);

/** Limits an operator may set on a key, a team or an end user, by LiteLLM's names; null takes one away. */
export const LimitFieldsSchema = z.object({
  /** Calls in any 60 seconds. */
  rpm_limit: count.nullish(),
  /** Tokens in any 60 seconds, prompt and answer together. */
  tpm_limit: positive.nullish(),
  /** Calls under way at the same time. */
  max_parallel_requests: count.nullish(),
  /** US dollars within a window; zero lets nothing pass that costs something. */
  max_budget: DollarsSchema.nullish(),
  /** US dollars within the same window at which the operator is warned; nothing is refused. */
  soft_budget: DollarsSchema.nullish(),
  /** Length of the windows; null: one that never ends. */
  budget_duration: BudgetDurationSchema.nullish(),
  /** Further budgets, each with windows of its own; the list is replaced as a whole. */
  budget_limits: z
    .array(BudgetLimitSchema)
    .max(10)
    .refine(differInDuration, 'must differ in budget_duration')
    .nullish(),
});
export type LimitFields = z.infer<typeof LimitFieldsSchema>;

const limitOfRow = z.number().nullable().default(null);

/** The same in a record that is shown; rows of services that know no such limits have none. */
export const LimitRowSchema = z.object({
  rpm_limit: limitOfRow,
  tpm_limit: limitOfRow,
  max_parallel_requests: limitOfRow,
  max_budget: limitOfRow,
  soft_budget: limitOfRow,
  budget_duration: z.string().nullable().default(null),
  /** When the present window ends; null: never, or there is no budget. */
  budget_reset_at: z.string().nullable().default(null),
  budget_limits: z
    .array(BudgetLimitSchema.extend({ reset_at: z.string() }))
    .nullable()
    .default(null),
});
export type LimitRow = z.infer<typeof LimitRowSchema>;

const limit = z.number().int().positive().optional();

/** Limits of calls to one model; absent means unlimited. */
export const OneModelLimitsSchema = z.object({
  rpm: limit,
  tpm: limit,
  budgets: z.array(BudgetSchema).optional(),
});
export type OneModelLimits = z.infer<typeof OneModelLimitsSchema>;

/** Limits on the path of a call; absent means unlimited. */
export const CallerLimitsSchema = z.object({
  rpm: limit,
  tpm: limit,
  maxParallelRequests: limit,
  /** Beside that, of single models, by the name of the group. */
  models: z.record(z.string(), OneModelLimitsSchema).optional(),
  /** All must have room; no two of the same duration. */
  budgets: z.array(BudgetSchema).optional(),
});
export type CallerLimits = z.infer<typeof CallerLimitsSchema>;

/** Who may have limits besides deployments; the words of LiteLLM's headers and messages. */
export const LimitScopeKindSchema = z.enum([
  'api_key',
  'user',
  'team',
  'team_member',
  'end_user',
  'tag',
  'model_per_key',
  'model_per_user',
  'model_per_team',
  'model_per_end_user',
]);
export type LimitScopeKind = z.infer<typeof LimitScopeKindSchema>;

/** Somebody for whom a call is made and whose limits must hold, whichever deployment serves it. */
export const LimitScopeSchema = CallerLimitsSchema.extend({
  kind: LimitScopeKindSchema,
  /** Hash of the key, id of the user, the team or the end user, name of the tag; of a member `team:user`. */
  id: z.string().min(1),
  /** The attempts of the call before were none of this scope's: this one counts as a request, whatever `previous` says. */
  countsAnew: z.boolean().optional(),
});
export type LimitScope = z.infer<typeof LimitScopeSchema>;

function differInDuration(limits: readonly z.infer<typeof BudgetLimitSchema>[]): boolean {
  return new Set(limits.map(({ budget_duration: duration }) => duration)).size === limits.length;
}
