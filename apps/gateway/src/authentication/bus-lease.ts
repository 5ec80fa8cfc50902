import type { Bus } from '@signalbox/messaging';

/**
 * Says how long cached identities may be believed without the bus. Changes are announced on the bus, so
 * whoever cannot hear it may be serving a key that was blocked meanwhile: after `leaseMs` the trust ends.
 */
export class BusLease {
  private lostAt: number | undefined;

  constructor(
    bus: Pick<Bus, 'isConnected' | 'onStatus'>,
    private readonly leaseMs: number,
    private readonly now: () => number,
    onRegained: () => void,
  ) {
    if (!bus.isConnected()) this.lostAt = now();
    bus.onStatus((status) => {
      if (status === 'connected') {
        this.lostAt = undefined;
        onRegained();
      } else {
        this.lostAt ??= now();
      }
    });
  }

  /** True while what the bus told us may still be believed. */
  isHeld(): boolean {
    return this.lostAt === undefined || this.now() - this.lostAt <= this.leaseMs;
  }
}
