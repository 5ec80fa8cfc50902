import { mostDollars, nanoDollarsPerDollar } from '@signalbox/contracts';
import { refusal } from '../failures/refusal.js';
import { limitColumns, type LimitColumns } from '../limits/limit-columns.js';

const mostNanoDollars = BigInt(mostDollars) * BigInt(nanoDollarsPerDollar);

/** So much more than `max_budget` may be spent until a moment. */
export interface TemporaryBudgetColumns {
  readonly tempBudgetIncreaseNanoDollars: bigint | null;
  readonly tempBudgetExpiry: Date | null;
}

/**
 * Absent fields stay out; null clears.
 * @throws FaultError `validation_error` when only one of the two is given.
 */
export function temporaryBudgetColumns(fields: {
  readonly temp_budget_increase?: number | null | undefined;
  readonly temp_budget_expiry?: string | null | undefined;
}): Partial<TemporaryBudgetColumns> {
  const { temp_budget_increase: dollars, temp_budget_expiry: expiry } = fields;
  if (dollars === undefined && expiry === undefined) return {};
  if ((dollars ?? null) === null && (expiry ?? null) === null) {
    return { tempBudgetIncreaseNanoDollars: null, tempBudgetExpiry: null };
  }
  if (dollars == null || expiry == null) {
    const message = 'temp_budget_increase and temp_budget_expiry must be set together';
    throw refusal('validation_error', message, 'temp_budget_expiry');
  }
  const { maxBudgetNanoDollars: increase = null } = limitColumns({ max_budget: dollars });
  return { tempBudgetIncreaseNanoDollars: increase, tempBudgetExpiry: momentOf(expiry) };
}

/** Limits as they are now, and when the increase in them ends, milliseconds since 1970. */
export function withTemporaryBudget(
  limits: LimitColumns,
  { tempBudgetIncreaseNanoDollars: increase, tempBudgetExpiry: expiry }: TemporaryBudgetColumns,
  now: number,
): { limits: LimitColumns; changesAt?: number } {
  const { maxBudgetNanoDollars: most } = limits;
  if (most === null || increase === null || expiry === null || expiry.getTime() <= now) return { limits };
  const increased = most + increase;
  return {
    limits: {
      ...limits,
      maxBudgetNanoDollars: increased < mostNanoDollars ? increased : mostNanoDollars,
    },
    changesAt: expiry.getTime(),
  };
}

/** Days and times without a zone are UTC. */
function momentOf(text: string): Date {
  return new Date(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`);
}
