import { cellMs, windowMs, type AdmitRequest, type Settlement } from './limit-store.js';

interface AwayReservation {
  readonly request: AdmitRequest;
  readonly chosenId: string;
  tokens: number;
  nanoDollars: number | undefined;
  hasEnded: boolean;
  /** When the parallel slot is free, if nobody settles before. */
  readonly leaseEnd: number;
  /** Until when request and tokens count. */
  readonly countsUntil: number;
}

/** Of an attempt that has ended: its slot is free as good as at once. */
const endedLeaseMs = 1;

/** Reservations made while the shared store was away, until it takes them over. Times are milliseconds. */
export class AwayReservations {
  /** By id, the oldest first. */
  readonly #reservations = new Map<string, AwayReservation>();
  #sweepAt = 0;

  has(reservationId: string): boolean {
    return this.#reservations.has(reservationId);
  }

  add(request: AdmitRequest, chosenId: string, now: number): void {
    if (now >= this.#sweepAt) this.#sweep(now);
    if (this.#reservations.has(request.reservationId)) return;
    const { tokens, nanoDollars, leaseMs } = request;
    this.#reservations.set(request.reservationId, {
      request,
      chosenId,
      tokens,
      nanoDollars,
      hasEnded: false,
      leaseEnd: now + leaseMs,
      countsUntil: now + windowMs + cellMs,
    });
  }

  /** Keeps the first settlement of each. */
  settle({ reservationId, tokens, nanoDollars }: Settlement): void {
    const reservation = this.#reservations.get(reservationId);
    if (reservation === undefined || reservation.hasEnded) return;
    reservation.tokens = tokens;
    reservation.nanoDollars = nanoDollars ?? reservation.nanoDollars;
    reservation.hasEnded = true;
  }

  delete(reservationId: string): void {
    this.#reservations.delete(reservationId);
  }

  /**
   * The oldest ones, at most `count`, as requests that any store admits: no limits, only the deployment that was
   * chosen. What has ended holds no parallel slot any more.
   */
  oldest(count: number, now: number): AdmitRequest[] {
    this.#sweep(now);
    return [...this.#reservations.values()].slice(0, count).map((one) => ({
      reservationId: one.request.reservationId,
      candidates: [{ id: one.chosenId }],
      pick: 'first',
      scopes: one.request.scopes.map(({ kind, id, budgets, countsAnew }) => ({
        kind,
        id,
        countsAnew,
        budgets: budgets?.map(({ duration }) => ({ duration })),
      })),
      previous: one.request.previous,
      tokens: one.tokens,
      nanoDollars: one.nanoDollars,
      leaseMs: one.hasEnded ? endedLeaseMs : Math.max(endedLeaseMs + 1, one.leaseEnd - now),
    }));
  }

  /** Settlements that came since `oldest` gave these requests. */
  endedSince(requests: readonly AdmitRequest[]): Settlement[] {
    return requests.flatMap(({ reservationId, leaseMs }) => {
      const { hasEnded = false, tokens = 0, nanoDollars } = this.#reservations.get(reservationId) ?? {};
      return hasEnded && leaseMs !== endedLeaseMs ? [{ reservationId, tokens, nanoDollars }] : [];
    });
  }

  /** Forgets what no longer counts anywhere. */
  #sweep(now: number): void {
    this.#sweepAt = now + windowMs;
    for (const [reservationId, { hasEnded, leaseEnd, countsUntil }] of this.#reservations) {
      const holdsSlot = !hasEnded && leaseEnd > now;
      if (countsUntil <= now && !holdsSlot) this.#reservations.delete(reservationId);
    }
  }
}
