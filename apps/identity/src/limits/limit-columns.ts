import {
  budgetWindow,
  nanoDollarsPerDollar,
  type CallerLimits,
  type LimitFields,
  type LimitRow,
} from '@signalbox/contracts';

/** The columns that keys, teams, users and end users have in common. */
export interface LimitColumns {
  readonly rpmLimit: number | null;
  readonly tpmLimit: bigint | null;
  readonly maxParallelRequests: number | null;
  readonly maxBudgetNanoDollars: bigint | null;
  readonly budgetDuration: string | null;
}

export const noLimits: LimitColumns = {
  rpmLimit: null,
  tpmLimit: null,
  maxParallelRequests: null,
  maxBudgetNanoDollars: null,
  budgetDuration: null,
};

/** Absent fields stay out; null clears. */
export function limitColumns(fields: LimitFields): Partial<LimitColumns> {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel } = fields;
  const { max_budget: dollars, budget_duration: duration } = fields;
  return {
    ...(rpm !== undefined && { rpmLimit: rpm }),
    ...(tpm !== undefined && { tpmLimit: tpm === null ? null : BigInt(tpm) }),
    ...(parallel !== undefined && { maxParallelRequests: parallel }),
    ...(dollars !== undefined && {
      maxBudgetNanoDollars: dollars === null ? null : BigInt(Math.round(dollars * nanoDollarsPerDollar)),
    }),
    ...(duration !== undefined && { budgetDuration: duration }),
  };
}

/** A record's limits as the admin API shows them. */
export function limitRow(record: LimitColumns): LimitRow {
  const { rpmLimit, tpmLimit, maxParallelRequests, maxBudgetNanoDollars, budgetDuration } = record;
  return {
    rpm_limit: rpmLimit,
    tpm_limit: tpmLimit === null ? null : Number(tpmLimit),
    max_parallel_requests: maxParallelRequests,
    max_budget: maxBudgetNanoDollars === null ? null : Number(maxBudgetNanoDollars) / nanoDollarsPerDollar,
    budget_duration: budgetDuration,
    budget_reset_at: resetAt(budgetDuration),
  };
}

/** A record's limits as the path of a call needs them: nothing where there are none. */
export function callerLimits(record: LimitColumns): { limits?: CallerLimits } {
  const { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: maxParallelRequests } = limitRow(record);
  const { maxBudgetNanoDollars, budgetDuration: duration } = record;
  const limits = {
    ...(rpm !== null && { rpm }),
    ...(tpm !== null && { tpm }),
    ...(maxParallelRequests !== null && { maxParallelRequests }),
    ...(maxBudgetNanoDollars !== null && {
      budgets: [{ maxNanoDollars: Number(maxBudgetNanoDollars), ...(duration !== null && { duration }) }],
    }),
  };
  return Object.keys(limits).length === 0 ? {} : { limits };
}

function resetAt(duration: string | null): string | null {
  return duration === null ? null : new Date(budgetWindow(duration, Date.now()).end).toISOString();
}
