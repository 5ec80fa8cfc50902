import { budgetCreate, budgetUpdate, type SharedBudgetRow } from '@signalbox/contracts';
import { z } from 'zod';
import { pageQuery } from './page-query.js';

/** Body of `/budget/new`. */
export const NewBudgetSchema = budgetCreate.request;

/** Body of `/budget/update`. */
export const UpdateBudgetSchema = budgetUpdate.request;

/** Body of `/budget/info`. */
export const BudgetInfoSchema = z.object({ budgets: z.array(z.string().min(1)).min(1).max(1_000) });

/** Body of `/budget/delete`. */
export const DeleteBudgetSchema = z.object({ id: z.string().min(1) });

/** Query of `/budget/settings`. */
export const BudgetSettingsSchema = z.object({ budget_id: z.string().min(1) });

/** Query of `/budget/list`. */
export const BudgetListSchema = pageQuery;

/** A budget for the OpenAPI pages. */
export const exampleBudget: SharedBudgetRow = {
  budget_id: 'free-plan',
  max_budget: 10,
  soft_budget: 8,
  budget_duration: '30d',
  budget_reset_at: '2026-12-01T00:00:00.000Z',
  rpm_limit: 60,
  tpm_limit: null,
  max_parallel_requests: null,
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
};
