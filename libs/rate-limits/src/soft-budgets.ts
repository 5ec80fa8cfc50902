import type { LimitScope } from '@signalbox/contracts';

/** So much may be spent in a window before the operator is warned. */
export interface SoftBudget {
  readonly kind: LimitScope['kind'];
  readonly id: string;
  /** Absent: a window that never ends. */
  readonly duration?: string | undefined;
  readonly softNanoDollars: number;
}

/** A soft budget that is spent; told once per window, to the first who finds it so. */
export interface ReachedSoftBudget extends SoftBudget {
  /** Paid and reserved before the request that found it. */
  readonly spentNanoDollars: number;
}

/** The soft budgets of scopes, in their order. */
export function softBudgetsOf(scopes: readonly LimitScope[]): SoftBudget[] {
  return scopes.flatMap(({ kind, id, budgets = [] }) =>
    budgets.flatMap(({ softNanoDollars, duration }) =>
      softNanoDollars === undefined ? [] : [{ kind, id, duration, softNanoDollars }],
    ),
  );
}
