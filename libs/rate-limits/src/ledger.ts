import {
  cellMs,
  parallelRetryMs,
  windowMs,
  type ExceededLimit,
  type Limits,
  type LimitVerdict,
} from './limit-store.js';

/** Requests and tokens, taken or (below zero) given back. */
export interface Use {
  readonly requests: number;
  readonly tokens: number;
}

interface Cell {
  requests: number;
  tokens: number;
  /** When the youngest request of this second came: the cell counts until it is a window old. */
  last: number;
}

/**
 * What one deployment, key, team or end user used in the last 60 seconds, in cells of one second with a
 * running sum, and what it has in flight. Times are milliseconds of one clock.
 *
 * A cell ages out as a whole when its youngest request is 60 seconds old, so no window of 60 seconds,
 * wherever it begins, ever holds more than the limit; the price is that a request counts up to 61 seconds.
 */
export class Ledger {
  #requests = 0;
  #tokens = 0;
  /** By second; a Map keeps the order of insertion, which is the order of time. */
  readonly #cells = new Map<number, Cell>();
  #newest = 0;
  readonly #leases = new Map<string, number>();
  #soonestLease = Infinity;

  get requests(): number {
    return this.#requests;
  }

  /** Tokens used and reserved in the window. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Attempts in flight. */
  get busy(): number {
    return this.#leases.size;
  }

  get isEmpty(): boolean {
    return this.#cells.size === 0 && this.#leases.size === 0;
  }

  /** Drops what has aged out. To be called before anything is read. */
  advance(now: number): void {
    for (const [second, cell] of this.#cells) {
      if (cell.last + windowMs > now) break;
      this.#requests -= cell.requests;
      this.#tokens -= cell.tokens;
      this.#cells.delete(second);
    }
    if (this.#soonestLease > now) return;
    this.#soonestLease = Infinity;
    for (const [reservationId, end] of this.#leases) {
      if (end <= now) this.#leases.delete(reservationId);
      else this.#soonestLease = Math.min(this.#soonestLease, end);
    }
  }

  /** Whether a request of so many tokens has room. */
  judge(limits: Limits, tokens: number, now: number): LimitVerdict<'fits'> {
    const waits: [ExceededLimit, number][] = [
      ['rpm', this.#waitForCells('requests', 1, limits.rpm, now)],
      ['tpm', this.#waitForCells('tokens', tokens, limits.tpm, now)],
      ['parallel', this.#waitForSlot(limits.maxParallelRequests, now)],
    ];
    const [code, wait] = waits.reduce((longest, next) => (next[1] > longest[1] ? next : longest));
    if (wait === 0) return { code: 'fits' };
    return wait === Infinity ? { code } : { code, retryAfterMs: wait };
  }

  /** Books a request, or a further attempt of one (0 requests); returns its second, which a correction must name. */
  take(reservationId: string, use: Use, now: number, leaseMs: number): number {
    this.#leases.set(reservationId, now + leaseMs);
    this.#soonestLease = Math.min(this.#soonestLease, now + leaseMs);
    return this.count(use, now);
  }

  /** Counts what takes no parallel slot; returns the second it counts in. */
  count({ requests, tokens }: Use, now: number): number {
    // A clock that stepped back must not book before the newest cell: cells age out in their order.
    const second = Math.max(Math.floor(now / cellMs), this.#cells.size > 0 ? this.#newest : 0);
    const cell = this.#cells.get(second) ?? { requests: 0, tokens: 0, last: 0 };
    this.#cells.set(second, cell);
    this.#newest = second;
    cell.requests += requests;
    cell.tokens += tokens;
    cell.last = Math.max(cell.last, now);
    this.#requests += requests;
    this.#tokens += tokens;
    return second;
  }

  /**
   * Ends a reservation and adds the differences (mostly negative) to its second, if that still counts. The age of
   * the second stays: what remains in it may age out up to a second later than it had to.
   */
  end(reservationId: string, second: number, difference: Use): void {
    this.#leases.delete(reservationId);
    const cell = this.#cells.get(second);
    if (cell === undefined) return;
    const requests = Math.max(0, cell.requests + difference.requests);
    const tokens = Math.max(0, cell.tokens + difference.tokens);
    this.#requests += requests - cell.requests;
    this.#tokens += tokens - cell.tokens;
    cell.requests = requests;
    cell.tokens = tokens;
  }

  #waitForCells(unit: 'requests' | 'tokens', wanted: number, limit: number | undefined, now: number): number {
    if (limit === undefined) return 0;
    if (wanted > limit) return Infinity;
    let excess = this[unit] + wanted - limit;
    if (excess <= 0) return 0;
    for (const cell of this.#cells.values()) {
      excess -= cell[unit];
      if (excess <= 0) return cell.last + windowMs - now;
    }
    return Infinity;
  }

  #waitForSlot(limit: number | undefined, now: number): number {
    if (limit === undefined) return 0;
    if (limit < 1) return Infinity;
    const excess = this.busy + 1 - limit;
    if (excess <= 0) return 0;
    const ends = [...this.#leases.values()].sort((one, other) => one - other);
    return Math.min(parallelRetryMs, (ends[excess - 1] ?? now) - now);
  }
}
