import { redisUrlOf, type RouterSettings } from '@signalbox/config';
import {
  connectRedis,
  DegradingLimitStore,
  MemoryLimitStore,
  RedisLimitStore,
  type LimitStore,
} from '@signalbox/rate-limits';
import type { RouterLogger } from './router-options.js';

export interface OpenLimits {
  readonly store: LimitStore;
  /** Finds out whether the store is there after all. */
  probe(): void;
  close(): void;
}

export interface LimitsOptions {
  /** Of so many processes that share the limits this is one. */
  readonly instances: number | undefined;
  readonly logger: RouterLogger;
  /** Told when a store that was away is there again. */
  readonly onReturn: () => void;
}

/** The limits of this process, or through Redis those of all routers that use the same. */
export function openLimits(settings: RouterSettings, options: LimitsOptions): OpenLimits {
  const url = redisUrlOf(settings.redis);
  if (url === undefined) {
    return { store: new MemoryLimitStore(), probe: () => undefined, close: () => undefined };
  }
  const { instances = 1, logger, onReturn } = options;
  const redis = connectRedis({
    url,
    name: 'signalbox-router',
    // Told at every try to connect; the store says once that Redis is away, and why.
    onError: () => void store.probe(),
  });
  const store = new DegradingLimitStore({
    primary: new RedisLimitStore({ redis }),
    whenAway: settings.limitsWithoutRedis,
    // Which of them it is, nobody knows: each takes what all can have, the part rounded down.
    share: () => ({ place: instances - 1, of: instances }),
    onChange: (limits, cause) => {
      if (limits === 'exact') {
        logger.info({}, 'Redis is back: limits are exact again');
        onReturn();
      } else {
        logger.warn({ limitsWithoutRedis: settings.limitsWithoutRedis, error: cause }, 'Redis is away');
      }
    },
  });
  return {
    store,
    probe: () => void store.probe(),
    close() {
      store.close();
      redis.disconnect();
    },
  };
}
