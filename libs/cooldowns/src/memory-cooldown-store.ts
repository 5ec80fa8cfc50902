import { AttemptCounts } from './attempt-counts.js';
import {
  memoryMs,
  type Cooldown,
  type CooldownEffect,
  type CooldownOrder,
  type CooldownStore,
  type CountedAttempts,
  type EndedAttempt,
} from './cooldown-store.js';

interface Ending {
  readonly until: number;
  readonly reason: string;
}

/** A cooldown store within one process, unknown to every other. */
export class MemoryCooldownStore implements CooldownStore {
  readonly #now: () => number;
  readonly #counts = new Map<string, AttemptCounts>();
  readonly #endings = new Map<string, Ending>();
  /** Failures that were counted, and when each may be forgotten; in that order. */
  readonly #seen = new Map<string, number>();

  /** `now`: the clock, milliseconds since 1970. */
  constructor(options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  count(attempts: readonly EndedAttempt[]): Promise<CountedAttempts> {
    const now = this.#now();
    this.#forget(now);
    const fresh = attempts.filter((attempt) => this.#isFresh(attempt, now));
    for (const { deploymentId, signal } of fresh) this.#countsOf(deploymentId).add(signal, now);
    const states = new Map(
      attempts.map(({ deploymentId }) => [
        deploymentId,
        { ...this.#countsOf(deploymentId).sums(now), until: this.#endingOf(deploymentId, now)?.until },
      ]),
    );
    return Promise.resolve({ now, fresh, states });
  }

  apply(orders: readonly CooldownOrder[]): Promise<CooldownEffect[]> {
    const now = this.#now();
    return Promise.resolve(orders.map((order) => this.#applyOne(order, now)));
  }

  read(deploymentIds: readonly string[]): Promise<Cooldown[]> {
    const now = this.#now();
    return Promise.resolve(
      deploymentIds.flatMap((deploymentId) => {
        const ending = this.#endingOf(deploymentId, now);
        return ending === undefined
          ? []
          : [{ deploymentId, reason: ending.reason, leftMs: ending.until - now }];
      }),
    );
  }

  #applyOne(order: CooldownOrder, now: number): CooldownEffect {
    const { deploymentId } = order;
    const before = this.#endingOf(deploymentId, now)?.until;
    if (order.action === 'restore') {
      if (before !== order.until) return 'none';
      this.#endings.delete(deploymentId);
      return 'restored';
    }
    this.#counts.delete(deploymentId);
    const until = now + order.forMs;
    if (before !== undefined && before >= until) return 'none';
    this.#endings.set(deploymentId, { until, reason: order.reason });
    return before !== undefined && before > now ? 'prolonged' : 'began';
  }

  #isFresh({ attemptId, signal }: EndedAttempt, now: number): boolean {
    if (signal === 'answered') return true;
    if (this.#seen.has(attemptId)) return false;
    this.#seen.set(attemptId, now + 2 * memoryMs);
    return true;
  }

  #forget(now: number): void {
    for (const [attemptId, forgetAt] of this.#seen) {
      if (forgetAt > now) return;
      this.#seen.delete(attemptId);
    }
  }

  #countsOf(deploymentId: string): AttemptCounts {
    const counts = this.#counts.get(deploymentId) ?? new AttemptCounts();
    this.#counts.set(deploymentId, counts);
    return counts;
  }

  #endingOf(deploymentId: string, now: number): Ending | undefined {
    const ending = this.#endings.get(deploymentId);
    return ending !== undefined && ending.until + memoryMs > now ? ending : undefined;
  }
}
