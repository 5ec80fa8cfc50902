import { LimitStoreUnavailable, type LimitStore, type Settlement } from '@signalbox/rate-limits';

/** More are not kept while Redis is away: the oldest have aged out of every window by then. */
const capacity = 10_000;
/** Settled in one step, which others wait for. */
const perStep = 200;

/**
 * Ends reservations with the tokens that were really used; those of one turn of the event loop together. What cannot
 * be settled while the store is away is kept for later.
 */
export class Settlements {
  private waiting: Settlement[] = [];
  private settling: Promise<void> | undefined;
  private isBooked = false;

  constructor(
    private readonly limits: Pick<LimitStore, 'settle'>,
    /** Told when the store could not be reached. */
    private readonly onUnavailable: () => void,
  ) {}

  /** Never throws and never waits. */
  add(settlement: Settlement): void {
    this.waiting.push(settlement);
    if (this.waiting.length > capacity) this.waiting.shift();
    if (this.isBooked) return;
    this.isBooked = true;
    setImmediate(() => {
      this.isBooked = false;
      void this.flush();
    });
  }

  /** Settles what waits; resolves when that is done or the store is away. Never rejects. */
  flush(): Promise<void> {
    this.settling ??= this.settleAll().finally(() => {
      this.settling = undefined;
    });
    return this.settling;
  }

  private async settleAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const some = this.waiting.splice(0, perStep);
      try {
        await this.limits.settle(some);
      } catch (error) {
        if (!(error instanceof LimitStoreUnavailable)) throw error;
        this.waiting.unshift(...some);
        this.onUnavailable();
        return;
      }
    }
  }
}
