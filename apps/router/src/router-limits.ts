import type { LimitsWithoutRedis } from '@signalbox/config';
import { usageRecorded, type LimitAccuracy } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { observedGauge, type Check, type Logger } from '@signalbox/platform';
import { DegradingLimitStore, type LimitStore } from '@signalbox/rate-limits';
import type { LiveRouters } from './live-routers.js';

export interface RouterLimitsOptions {
  /** The limits of all routers together. */
  readonly shared: LimitStore;
  readonly withoutRedis: LimitsWithoutRedis;
  readonly routers: LiveRouters;
  readonly bus: Bus;
  readonly logger: Logger;
}

const told: Readonly<Record<LimitsWithoutRedis, string>> = {
  refuse: 'Redis is away: calls are refused until it is back',
  local_share: 'Redis is away: each router takes its share of every limit until it is back',
  allow: 'Redis is away: calls pass without limits until it is back',
};

/**
 * The limits of this router: shared with the others through Redis, or what the configuration says while that is
 * away. Begin and end of such a time are one log line each.
 */
export class RouterLimits {
  readonly store: DegradingLimitStore;
  private readonly options: RouterLimitsOptions;
  private stopSettling: () => Promise<void> = () => Promise.resolve();

  constructor(options: RouterLimitsOptions) {
    this.options = options;
    const { shared, withoutRedis, routers } = options;
    this.store = new DegradingLimitStore({
      primary: shared,
      whenAway: withoutRedis,
      share: () => routers.share(),
      onChange: (limits, cause) => {
        this.note(limits, cause);
      },
    });
    observedGauge('signalbox_limits_degraded', '1 while limits are not shared through Redis, else 0.', () =>
      this.store.limits === 'degraded' ? 1 : 0,
    );
    observedGauge(
      'signalbox_live_routers',
      'Routers that this one knows of, itself included.',
      () => routers.count,
    );
  }

  /** Whether this router is of use: without Redis it depends on what it is to do then. */
  async check(): Promise<Check> {
    await this.store.probe();
    if (this.store.limits === 'exact') return { name: 'redis', ok: true };
    const { withoutRedis } = this.options;
    return {
      name: 'redis',
      ok: withoutRedis !== 'refuse',
      detail: `away, limits are degraded: ${withoutRedis}`,
    };
  }

  async stop(): Promise<void> {
    this.store.close();
    await this.stopSettling();
  }

  private note(limits: LimitAccuracy, cause: unknown): void {
    const { withoutRedis, routers, logger } = this.options;
    const facts = { limits, limitsWithoutRedis: withoutRedis, routers: routers.count };
    if (limits === 'degraded') {
      logger.warn({ ...facts, error: cause }, told[withoutRedis]);
      this.settleHere();
    } else {
      logger.info(facts, 'Redis is back: limits are exact again');
      this.stopSettling().catch((error: unknown) => {
        logger.warn({ error }, 'usage records are still listened to');
      });
    }
  }

  /**
   * Ends the reservations made here when their attempts end. Otherwise the usage service does that, in Redis; it
   * does so later for these too, and finds them ended.
   */
  private settleHere(): void {
    const intake = this.options.bus.listen(usageRecorded, ({ records }) =>
      this.store.settleLocally(
        records.map(({ attemptId, tokens, costNanoDollars: nanoDollars }) => ({
          reservationId: attemptId,
          tokens: tokens.total,
          nanoDollars,
        })),
      ),
    );
    this.stopSettling = () => intake.stop();
  }
}
