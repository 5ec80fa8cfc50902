import type { LimitAccuracy } from '@signalbox/contracts';
import { AwayReservations } from './away-reservations.js';
import { liftLimits, shareLimits, type LimitShare } from './limit-share.js';
import { LimitStoreUnavailable } from './limit-store-unavailable.js';
import {
  cellMs,
  windowMs,
  type AdmitRequest,
  type AdmitResult,
  type DeploymentUse,
  type LimitStore,
  type Settlement,
} from './limit-store.js';
import { MemoryLimitStore } from './memory-limit-store.js';

/** What becomes of requests while the shared store is away. */
export type LimitsWhenAway = 'refuse' | 'local_share' | 'allow';

/** Runs the task once, later; returns what calls it off. */
export type Schedule = (task: () => void, delayMs: number) => () => void;

export interface DegradingLimitStoreOptions {
  /** The store that all processes share. */
  readonly primary: LimitStore;
  readonly whenAway: LimitsWhenAway;
  /** This process's share of every limit, asked anew for every batch. */
  readonly share: () => LimitShare;
  /** Told once at each change: with the cause when limits are no longer exact, without when they are again. */
  readonly onChange?: (limits: LimitAccuracy, cause?: unknown) => void;
  /** The clock, milliseconds. */
  readonly now?: () => number;
  /** From 0 up to but not including 1, decides ties. */
  readonly random?: () => number;
  readonly schedule?: Schedule;
}

/** How long after a failure the shared store is tried again. */
export const retryPrimaryMs = 500;
/** Reservations handed over, or taken back, in one atomic step. */
const handOverSize = 500;
const trial: AdmitRequest = {
  reservationId: 'trial',
  candidates: [{ id: 'signalbox-trial' }],
  pick: 'first',
  scopes: [],
  tokens: 0,
  // It is released at once; a lease that ends before would count as an attempt that nobody settled.
  leaseMs: 60_000,
};

/**
 * A limit store that goes on without the one it stands before. After a failure no request waits for the shared
 * store: it is tried beside the requests, every `retryPrimaryMs`, until it takes an admission again. It then takes
 * back the requests it was asked for without an answer (it may have admitted them after all) and is given the
 * reservations made meanwhile, so that its windows and parallel slots are right from the first request on.
 *
 * `local_share` keeps this process's share of every limit in memory. What it admitted through the shared store in
 * the last window counts there too. A process that never reached the shared store cannot know what others admitted
 * just before it came, and refuses until it has been there for a window: see `ready`.
 */
export class DegradingLimitStore implements LimitStore {
  readonly #options: DegradingLimitStoreOptions;
  readonly #now: () => number;
  readonly #schedule: Schedule;
  readonly #local: MemoryLimitStore;
  readonly #reservations = new AwayReservations();
  readonly #trustShareFrom: number;
  /** Requests that the shared store was asked for and never answered. */
  readonly #inDoubt = new Set<string>();
  #cause: LimitStoreUnavailable | undefined;
  #wasExact = false;
  #onFirstExact: () => void = () => undefined;
  #callOff: () => void = () => undefined;
  #isClosed = false;

  constructor(options: DegradingLimitStoreOptions) {
    const { now = Date.now, random = Math.random, schedule = afterMilliseconds } = options;
    this.#options = options;
    this.#now = () => Math.floor(now());
    this.#schedule = schedule;
    this.#local = new MemoryLimitStore({ now, random });
    this.#trustShareFrom = this.#now() + windowMs + cellMs;
  }

  /** Whether the shared store decides. */
  get limits(): LimitAccuracy {
    return this.#cause === undefined ? 'exact' : 'degraded';
  }

  /**
   * Finds out whether the shared store is there without a request that would have to wait: at start, or when its
   * connection breaks. Never rejects.
   */
  async probe(): Promise<void> {
    if (this.#cause !== undefined) return;
    try {
      await this.#tryOnce();
      this.#noteFirstExact();
    } catch (error) {
      this.#leavePrimary(new LimitStoreUnavailable(error));
    }
  }

  /**
   * Resolves when this process has something to give: at once, except for a newcomer under `local_share` without
   * the shared store, who waits for it or until its share is its own.
   */
  async ready(): Promise<void> {
    await this.probe();
    if (this.#options.whenAway !== 'local_share' || !this.#isNewcomer()) return;
    await new Promise<void>((resolve) => {
      const callOff = this.#schedule(resolve, this.#trustShareFrom - this.#now());
      this.#onFirstExact = () => {
        callOff();
        resolve();
      };
    });
  }

  async admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    const ended = requests.flatMap(({ previous }) => previous ?? []);
    if (ended.length > 0) await this.settleLocally(ended);
    if (this.#cause !== undefined) return this.#admitLocally(requests, this.#cause);
    try {
      return this.#noteExact(requests, await this.#options.primary.admit(requests));
    } catch (error) {
      if (!(error instanceof LimitStoreUnavailable)) throw error;
      for (const { reservationId } of requests) this.#inDoubt.add(reservationId);
      this.#leavePrimary(error);
      return this.#admitLocally(requests, error);
    }
  }

  /** Of this process while the shared store is away, as `admit` would have it; the outage is not found out here. */
  async preview(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    if (this.#cause !== undefined) {
      const results = await this.#local.preview(this.#limited(requests, this.#cause));
      return results.map((result) => ({ ...result, limits: 'degraded' }));
    }
    const results = await this.#options.primary.preview(requests);
    return results.map((result) => ({ ...result, limits: 'exact' }));
  }

  used(deploymentIds: readonly string[]): Promise<DeploymentUse[]> {
    return (this.#cause === undefined ? this.#options.primary : this.#local).used(deploymentIds);
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    const others = await this.settleLocally(settlements);
    if (others.length === 0) return;
    if (this.#cause !== undefined) throw this.#cause;
    await this.#options.primary.settle(others);
  }

  /** Settles the reservations that were made here while the shared store was away; returns the other settlements. */
  async settleLocally(settlements: readonly Settlement[]): Promise<Settlement[]> {
    const own = settlements.filter(({ reservationId }) => this.#reservations.has(reservationId));
    for (const settlement of own) this.#reservations.settle(settlement);
    await this.#local.settle(own);
    return settlements.filter((one) => !own.includes(one));
  }

  async release(reservationIds: readonly string[]): Promise<void> {
    const own = reservationIds.filter((id) => this.#reservations.has(id));
    const others = reservationIds.filter((id) => !own.includes(id));
    for (const id of own) this.#reservations.delete(id);
    await this.#local.release(own);
    if (others.length === 0) return;
    if (this.#cause !== undefined) throw this.#cause;
    await this.#options.primary.release(others);
  }

  /** Tries the shared store no more. */
  close(): void {
    this.#isClosed = true;
    this.#callOff();
  }

  #noteExact(requests: readonly AdmitRequest[], results: readonly AdmitResult[]): AdmitResult[] {
    this.#noteFirstExact();
    if (this.#options.whenAway === 'local_share') {
      for (const [index, { chosenId }] of results.entries()) {
        const request = requests[index];
        if (chosenId !== undefined && request !== undefined) this.#local.count(request, chosenId);
      }
    }
    return results.map((result) => ({ ...result, limits: 'exact' }));
  }

  async #admitLocally(
    requests: readonly AdmitRequest[],
    cause: LimitStoreUnavailable,
  ): Promise<AdmitResult[]> {
    const now = this.#now();
    const results = await this.#local.admit(this.#limited(requests, cause));
    for (const [index, { chosenId }] of results.entries()) {
      const request = requests[index];
      if (chosenId !== undefined && request !== undefined) this.#reservations.add(request, chosenId, now);
    }
    return results.map((result) => ({ ...result, limits: 'degraded' }));
  }

  /** The requests under the limits that hold while the shared store is away; throws where nothing is admitted then. */
  #limited(requests: readonly AdmitRequest[], cause: LimitStoreUnavailable): AdmitRequest[] {
    const { whenAway, share } = this.#options;
    if (whenAway === 'refuse' || (whenAway === 'local_share' && this.#isNewcomer())) throw cause;
    const own = share();
    return requests.map((request) =>
      whenAway === 'allow' ? liftLimits(request) : shareLimits(request, own),
    );
  }

  #leavePrimary(cause: LimitStoreUnavailable): void {
    // Requests that were under way fail one after the other; the first one has said it.
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#options.onChange?.('degraded', cause.cause);
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    this.#callOff = this.#schedule(() => void this.#tryPrimary(), retryPrimaryMs);
  }

  async #tryPrimary(): Promise<void> {
    try {
      await this.#tryOnce();
      await this.#handOver();
    } catch {
      this.#tryLater();
      return;
    }
    this.#cause = undefined;
    this.#noteFirstExact();
    this.#options.onChange?.('exact');
    // Those that were just being made. What cannot be handed over now goes with the next return.
    await this.#handOver().catch(() => undefined);
  }

  /** A whole admission: a Redis that answers but takes no writes is not there. */
  async #tryOnce(): Promise<void> {
    const { primary } = this.#options;
    await primary.admit([trial]);
    await primary.release([trial.reservationId]);
  }

  async #handOver(): Promise<void> {
    const { primary } = this.#options;
    while (this.#inDoubt.size > 0) {
      const some = [...this.#inDoubt].slice(0, handOverSize);
      await primary.release(some);
      for (const reservationId of some) this.#inDoubt.delete(reservationId);
    }
    for (;;) {
      const some = this.#reservations.oldest(handOverSize, this.#now());
      if (some.length === 0) return;
      await primary.admit(some);
      await primary.settle(this.#reservations.endedSince(some));
      // From here on the shared store knows when they end; here they count, and hold no slot.
      await this.#local.settle(some);
      for (const { reservationId } of some) this.#reservations.delete(reservationId);
    }
  }

  #noteFirstExact(): void {
    this.#wasExact = true;
    this.#onFirstExact();
  }

  /** Others, who are gone, may have admitted in the last window what this process knows nothing of. */
  #isNewcomer(): boolean {
    return !this.#wasExact && this.#now() < this.#trustShareFrom;
  }
}

const afterMilliseconds: Schedule = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  // Trying again is no reason to keep a process alive.
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
};
