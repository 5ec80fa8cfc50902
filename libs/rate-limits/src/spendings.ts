import { budgetWindow, type Budget, type LimitScope, type RateLimitState } from '@signalbox/contracts';

interface Spending {
  readonly start: number;
  readonly end: number;
  /** Paid and reserved, nano-dollars. */
  spent: number;
}

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
      if (spent + cost <= budget.maxNanoDollars) return 0;
      return cost > budget.maxNanoDollars ? Infinity : end - now;
    });
    return Math.max(0, ...waits);
  }

  /** What is spent of each budget of a scope. */
  spent(scope: LimitScope, now: number): number[] {
    return (scope.budgets ?? []).map((budget) => this.#spending(scope, budget, now).spent);
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

  #spending({ kind, id }: LimitScope, { duration }: Budget, now: number): Spending {
    const key = `${kind}:${id}:${duration}`;
    const known = this.#spendings.get(key);
    if (known !== undefined && known.end > now) return known;
    const spending = { ...budgetWindow(duration, now), spent: 0 };
    this.#spendings.set(key, spending);
    return spending;
  }
}

/** The budget with the least left, as a state tells it; `spent` of each budget in its order. */
export function budgetState(
  budgets: readonly Budget[] | undefined,
  spent: readonly number[],
): Pick<RateLimitState, 'budget'> {
  const states = (budgets ?? []).map(({ maxNanoDollars, duration }, index) => ({
    maxNanoDollars,
    spentNanoDollars: spent[index] ?? 0,
    ...(duration !== undefined && { duration }),
  }));
  const leftOf = (one: (typeof states)[number]): number => one.maxNanoDollars - one.spentNanoDollars;
  const [budget] = states.toSorted((one, other) => leftOf(one) - leftOf(other));
  return budget === undefined ? {} : { budget };
}
