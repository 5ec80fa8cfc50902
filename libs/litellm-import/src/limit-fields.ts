import { isEmpty, jsonOf, objectOf, textOf } from './conversion.js';
import type { JsonObject } from './admin-api.js';
import type { LitellmDatabase, LitellmRow } from './litellm-database.js';

/** Rows of `LiteLLM_BudgetTable` by their ids. */
export type Budgets = ReadonlyMap<string, LitellmRow>;

/** Columns that become limits of a record. */
export const limitColumns = [
  'rpm_limit',
  'tpm_limit',
  'max_parallel_requests',
  'max_budget',
  'soft_budget',
  'budget_duration',
  'budget_limits',
  'model_max_budget',
];

/** The largest that columns of ours hold; what is above is no limit to anybody. */
const mostOf = {
  rpm_limit: 2_147_483_647,
  tpm_limit: Number.MAX_SAFE_INTEGER,
  max_parallel_requests: 2_147_483_647,
} as const;

export async function readBudgets(database: LitellmDatabase): Promise<Budgets> {
  const budgets = new Map<string, LitellmRow>();
  for await (const row of database.rows('LiteLLM_BudgetTable', 'budget_id')) {
    budgets.set(String(row['budget_id']), row);
  }
  return budgets;
}

/** The budget that a row names. */
export function budgetOf(row: LitellmRow, budgets: Budgets): LitellmRow | undefined {
  return budgets.get(textOf(row['budget_id']) ?? '');
}

/** The limits that stand in a row; those of single models may stand in its metadata. */
export function ownLimits(row: LitellmRow): Record<string, unknown> {
  const metadata = objectOf(row['metadata']);
  const dollars = inNanoDollars(row['max_budget']);
  const soft = inNanoDollars(row['soft_budget']);
  const limits = Object.entries(mostOf).map(([name, most]) => [name, atMost(most, row[name])]);
  return {
    ...(Object.fromEntries(limits) as JsonObject),
    max_budget: dollars,
    soft_budget: soft,
    budget_duration: dollars === null && soft === null ? null : (row['budget_duration'] ?? null),
    budget_limits: jsonOf(row['budget_limits']) ?? null,
    model_max_budget: objectOf(row['model_max_budget']),
    model_rpm_limit: objectOf(metadata['model_rpm_limit']),
    model_tpm_limit: objectOf(metadata['model_tpm_limit']),
  };
}

/** The limits of a row and, where it has none, those of a budget. */
export function limitsWith(row: LitellmRow, budget: LitellmRow | undefined): Record<string, unknown> {
  const own = ownLimits(row);
  if (budget === undefined) return own;
  const shared = ownLimits(budget);
  // They belong together: a budget without its window is another one.
  const payer = own['max_budget'] === null ? shared : own;
  const money = { max_budget: payer['max_budget'], budget_duration: payer['budget_duration'] };
  const names = Object.keys(own).filter((name) => !(name in money));
  return {
    ...Object.fromEntries(names.map((name) => [name, isEmpty(own[name]) ? shared[name] : own[name]])),
    ...money,
  };
}

/**
 * The limits of somebody who may hold a shared budget: by its id, and with the limits of single models, which shared
 * budgets lack. Who has a `max_budget` of its own cannot hold one, and gets the budget's other limits as its own.
 */
export function heldLimits(row: LitellmRow, budgets: Budgets): Record<string, unknown> {
  const budget = budgetOf(row, budgets);
  const all = limitsWith(row, budget);
  const own = ownLimits(row);
  if (budget === undefined || own['max_budget'] !== null) return { ...all, budget_id: null };
  return { ...own, model_max_budget: all['model_max_budget'], budget_id: row['budget_id'] };
}

function atMost(most: number, limit: unknown): unknown {
  return typeof limit === 'number' ? Math.min(limit, most) : (limit ?? null);
}

/** As exact as budgets are counted; other values stay as they are. */
function inNanoDollars(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : (value ?? null);
}
