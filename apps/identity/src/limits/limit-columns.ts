import {
  budgetWindow,
  nanoDollarsPerDollar,
  type CallerLimits,
  type LimitFields,
  type LimitRow,
} from '@signalbox/contracts';
import type { Prisma } from '@signalbox/database';
import { budgetsOf, furtherBudgets, storedBudgets } from './budgets-of.js';

/** The columns that keys, teams, users and end users have in common. */
export interface LimitColumns {
  readonly rpmLimit: number | null;
  readonly tpmLimit: bigint | null;
  readonly maxParallelRequests: number | null;
  readonly maxBudgetNanoDollars: bigint | null;
  readonly softBudgetNanoDollars: bigint | null;
  readonly budgetDuration: string | null;
  readonly budgetLimits: Prisma.JsonValue;
}

export const noLimits: LimitColumns = {
  rpmLimit: null,
  tpmLimit: null,
  maxParallelRequests: null,
  maxBudgetNanoDollars: null,
  softBudgetNanoDollars: null,
  budgetDuration: null,
  budgetLimits: [],
};

/** Absent fields stay out; null clears. */
export function limitColumns(fields: LimitFields) {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel } = fields;
  const { max_budget: most, soft_budget: soft, budget_duration: duration, budget_limits: further } = fields;
  return {
    ...(rpm !== undefined && { rpmLimit: rpm }),
    ...(tpm !== undefined && { tpmLimit: tpm === null ? null : BigInt(tpm) }),
    ...(parallel !== undefined && { maxParallelRequests: parallel }),
    ...(most !== undefined && { maxBudgetNanoDollars: storedDollars(most) }),
    ...(soft !== undefined && { softBudgetNanoDollars: storedDollars(soft) }),
    ...(duration !== undefined && { budgetDuration: duration }),
    ...(further !== undefined && { budgetLimits: storedBudgets(further ?? []) }),
  };
}

/** A record's limits as the admin API shows them. */
export function limitRow(record: LimitColumns): LimitRow {
  const { rpmLimit, tpmLimit, maxParallelRequests, budgetDuration } = record;
  const further = furtherBudgets(record);
  return {
    rpm_limit: rpmLimit,
    tpm_limit: tpmLimit === null ? null : Number(tpmLimit),
    max_parallel_requests: maxParallelRequests,
    max_budget: shownDollars(record.maxBudgetNanoDollars),
    soft_budget: shownDollars(record.softBudgetNanoDollars),
    budget_duration: budgetDuration,
    budget_reset_at: budgetDuration === null ? null : resetAt(budgetDuration),
    budget_limits: further.length === 0 ? null : further.map(budgetLimit),
  };
}

/** A record's limits as the path of a call needs them, with those of single models: nothing where there are none. */
export function callerLimits(
  record: LimitColumns,
  { models }: Pick<CallerLimits, 'models'> = {},
): { limits?: CallerLimits } {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: maxParallelRequests } = limitRow(record);
  const budgets = budgetsOf(record);
  const limits = {
    ...(rpm !== null && { rpm }),
    ...(tpm !== null && { tpm }),
    ...(maxParallelRequests !== null && { maxParallelRequests }),
    ...(budgets.length > 0 && { budgets }),
    ...(models !== undefined && { models }),
  };
  return Object.keys(limits).length === 0 ? {} : { limits };
}

function budgetLimit({ maxNanoDollars, duration }: ReturnType<typeof furtherBudgets>[number]) {
  return {
    budget_duration: duration,
    max_budget: maxNanoDollars / nanoDollarsPerDollar,
    reset_at: resetAt(duration),
  };
}

function storedDollars(dollars: number | null): bigint | null {
  return dollars === null ? null : BigInt(Math.round(dollars * nanoDollarsPerDollar));
}

/** Nano-dollars as the admin API shows them. */
export function shownDollars(nanoDollars: bigint | null): number | null {
  return nanoDollars === null ? null : Number(nanoDollars) / nanoDollarsPerDollar;
}

function resetAt(duration: string): string {
  return new Date(budgetWindow(duration, Date.now()).end).toISOString();
}
