import { z } from 'zod';
import { LimitFieldsSchema, LimitRowSchema } from './caller-limits.js';
import { defineCall } from './contract.js';

const budgetId = z.string().min(1).max(255);

/** Limits that several may have by reference; names and meaning are LiteLLM's `/budget/*`. */
export const SharedBudgetFieldsSchema = LimitFieldsSchema.omit({ budget_limits: true });
export type SharedBudgetFields = z.infer<typeof SharedBudgetFieldsSchema>;

export const SharedBudgetRowSchema = LimitRowSchema.omit({ budget_limits: true }).extend({
  budget_id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type SharedBudgetRow = z.infer<typeof SharedBudgetRowSchema>;

/** Fields of a key, a team, a user, an end user or a tag, which may have its limits by reference. */
export const HolderFieldsSchema = LimitFieldsSchema.extend({
  /** A budget of `/budget/*`: its limits hold where the holder has none of its own; each holder spends its own. */
  budget_id: budgetId.nullish(),
});
export type HolderFields = z.infer<typeof HolderFieldsSchema>;

/** The same in a record that is shown; limits are the holder's own. */
export const HolderRowSchema = LimitRowSchema.extend({
  budget_id: z.string().nullable().default(null),
  litellm_budget_table: SharedBudgetRowSchema.nullable().default(null),
});
export type HolderRow = z.infer<typeof HolderRowSchema>;

/** Without an id it gets one. Fault: already_exists. */
export const budgetCreate = defineCall('budget.create.v1', {
  request: SharedBudgetFieldsSchema.extend({ budget_id: budgetId.nullish() }),
  value: SharedBudgetRowSchema,
});
/** Absent fields stay, null clears; holds for every holder at once. Fault: record_not_found. */
export const budgetUpdate = defineCall('budget.update.v1', {
  request: SharedBudgetFieldsSchema.extend({ budget_id: budgetId }),
  value: SharedBudgetRowSchema,
});
/** Faults: record_not_found, invalid_request (somebody holds it still). */
export const budgetDelete = defineCall('budget.delete.v1', {
  request: z.object({ budget_id: z.string().min(1) }),
  value: SharedBudgetRowSchema,
});
/** In the order asked; all or none. Fault: record_not_found. */
export const budgetRead = defineCall('budget.read.v1', {
  request: z.object({ budget_ids: z.array(z.string().min(1)).min(1).max(1_000) }),
  value: z.object({ rows: z.array(SharedBudgetRowSchema) }),
});
/** Ordered by id. */
export const budgetList = defineCall('budget.list.v1', {
  request: z.object({
    page: z.number().int().min(1).default(1),
    size: z.number().int().min(1).max(1_000).default(1_000),
  }),
  value: z.object({ rows: z.array(SharedBudgetRowSchema), total: z.number() }),
});
