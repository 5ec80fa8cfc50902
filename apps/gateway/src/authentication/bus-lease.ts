import type { Bus } from '@signalbox/messaging';

/**
 * Says how long cached identities may be believed without the bus. Changes are announced on the bus, so
 * whoever cannot hear it may be serving a key that was blocked meanwhile: after `leaseMs` the trust ends.
 */
export class BusLease {
  private lostAt: number | undefined;

  constructor(
    bus: Pick<Bus, 'onStatus'>,
    private readonly leaseMs: number,
    private readonly now: () => number,
    onRegained: () => void,
  ) {
    bus.onStatus((status) => {
      if (status === 'disconnected' || status === 'closed') {
        this.lostAt ??= now();
      } else if (this.lostAt !== undefined) {
        this.lostAt = undefined;
        onRegained();
      }
    });
  }

  /** True while what the bus told us may still be believed. */
  isHeld(): boolean {
    return this.lostAt === undefined || this.now() - this.lostAt <= this.leaseMs;
  }
}
