import { budgetWindow, type Budget, type LimitScope, type RateLimitState } from '@signalbox/contracts';
import { softBudgetsOf, type ReachedSoftBudget } from './soft-budgets.js';

interface Spending {
  readonly start: number;
  readonly end: number;
  /** Paid and reserved, nano-dollars. */
  spent: number;
  /** Somebody was told that the soft budget is spent. */
  hasWarned: boolean;
}

type Whose = Pick<LimitScope, 'kind' | 'id'>;

/** Takes back or corrects what was booked; `difference` in nano-dollars. */
export type CorrectSpending = (difference: number) => void;

/** What scopes spent in the present windows of their budgets. Times are milliseconds of one clock. */
export class Spendings {
  readonly #spendings = new Map<string, Spending>();

  get size(): number {
    return this.#spendings.size;
  }

  /** How long the budgets of a scope are in the way of a cost: 0 if they are not, Infinity where it never fits. */
  wait(scope: LimitScope, cost: number, now: number): number {
    const waits = (scope.budgets ?? []).map((budget) => {
      const { spent, end } = this.#spending(scope, budget, now);
      const { maxNanoDollars = Infinity } = budget;
      if (spent + cost <= maxNanoDollars) return 0;
      return cost > maxNanoDollars ? Infinity : end - now;
    });
    return Math.max(0, ...waits);
  }

  /** What is spent of each budget of a scope. */
  spent(scope: LimitScope, now: number): number[] {
    return (scope.budgets ?? []).map((budget) => this.#spending(scope, budget, now).spent);
  }

  /** Soft budgets that are spent and that nobody was warned of in this window; from then on somebody was. */
  warn(scopes: readonly LimitScope[], now: number, isPreview: boolean): ReachedSoftBudget[] {
    return softBudgetsOf(scopes).flatMap((budget) => {
      const spending = this.#spending(budget, budget, now);
      const { spent, hasWarned } = spending;
      if (spent < budget.softNanoDollars || hasWarned) return [];
      spending.hasWarned = !isPreview;
      return [{ ...budget, spentNanoDollars: spent }];
    });
  }

  /** Books a cost in every budget of a scope. */
  take(scope: LimitScope, cost: number, now: number): CorrectSpending[] {
    return (scope.budgets ?? []).map((budget) => {
      const spending = this.#spending(scope, budget, now);
      spending.spent += cost;
      return (difference) => {
        spending.spent = Math.max(0, spending.spent + difference);
      };
    });
  }

  /** Forgets windows that are over. */
  sweep(now: number): void {
    for (const [key, { end }] of this.#spendings) if (end <= now) this.#spendings.delete(key);
  }

  #spending({ kind, id }: Whose, { duration }: Pick<Budget, 'duration'>, now: number): Spending {
    const key = `${kind}:${id}:${duration}`;
    const known = this.#spendings.get(key);
    if (known !== undefined && known.end > now) return known;
    const spending = { ...budgetWindow(duration, now), spent: 0, hasWarned: false };
    this.#spendings.set(key, spending);
    return spending;
  }
}

/** The budget with the least left, as a state tells it; `spent` of each budget in its order. */
export function budgetState(
  budgets: readonly Budget[] | undefined,
  spent: readonly number[],
): Pick<RateLimitState, 'budget'> {
  const states = (budgets ?? []).flatMap(({ maxNanoDollars, duration }, index) =>
    maxNanoDollars === undefined
      ? []
      : [
          {
            maxNanoDollars,
            spentNanoDollars: spent[index] ?? 0,
            ...(duration !== undefined && { duration }),
          },
        ],
  );
  const leftOf = (one: (typeof states)[number]): number => one.maxNanoDollars - one.spentNanoDollars;
  const [budget] = states.toSorted((one, other) => leftOf(one) - leftOf(other));
  return budget === undefined ? {} : { budget };
}
