import type { LitellmDatabase, LitellmRow } from './litellm-database.js';

/** Rows of `LiteLLM_BudgetTable` by their ids. */
export type Budgets = ReadonlyMap<string, LitellmRow>;

/** The largest that columns of ours hold; what is above is no limit to anybody. */
const mostOf = {
  rpm_limit: 2_147_483_647,
  tpm_limit: Number.MAX_SAFE_INTEGER,
  max_parallel_requests: 2_147_483_647,
} as const;
/** They belong together: a budget without its window is another one. */
const money = ['max_budget', 'budget_duration'] as const;

export async function readBudgets(database: LitellmDatabase): Promise<Budgets> {
  const budgets = new Map<string, LitellmRow>();
  for await (const row of database.rows('LiteLLM_BudgetTable', 'budget_id')) {
    budgets.set(String(row['budget_id']), row);
  }
  return budgets;
}

/** The limits of a record: its own, and where it has none those of the budget it names. */
export function limitsOf(row: LitellmRow, budget: LitellmRow | undefined): Record<string, unknown> {
  const payer = row['max_budget'] == null ? budget : row;
  return {
    ...Object.fromEntries(
      Object.entries(mostOf).map(([name, most]) => [name, atMost(most, row[name] ?? budget?.[name])]),
    ),
    ...Object.fromEntries(money.map((name) => [name, inNanoDollars(payer?.[name])])),
  };
}

function atMost(most: number, limit: unknown): unknown {
  return typeof limit === 'number' ? Math.min(limit, most) : (limit ?? null);
}

/** As exact as budgets are counted; other values stay as they are. */
function inNanoDollars(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : (value ?? null);
}
