import { redisUrlOf, type RouterSettings } from '@signalbox/config';
import { MemoryCooldownStore, RedisCooldownStore, type CooldownStore } from '@signalbox/cooldowns';
import {
  connectRedis,
  DegradingLimitStore,
  MemoryLimitStore,
  RedisLimitStore,
  type LimitStore,
} from '@signalbox/rate-limits';
import type { RouterLogger } from './router-options.js';

/** The process belongs to an application, which may keep it busy for a while: that is not Redis being away. */
const commandTimeoutMs = 5_000;

/** Where it is counted what deployments took and how they failed. */
export interface Stores {
  readonly limits: LimitStore;
  readonly cooldowns: CooldownStore;
  /** Whether others count there too. */
  readonly shared: boolean;
  /** Finds out whether limits that could not be reached are there after all. */
  readonly probeLimits: () => void;
  close(): void;
}

export interface StoresOptions {
  /** Of so many processes that share the limits this is one. */
  readonly instances: number | undefined;
  readonly logger: RouterLogger;
  /** Told when limits that could not be reached are there again. */
  readonly onLimitsBack: () => void;
}

/** The stores of this process alone, or through Redis those of all routers that use the same. */
export function openStores(settings: RouterSettings, options: StoresOptions): Stores {
  const url = redisUrlOf(settings.redis);
  if (url !== undefined) return openShared(url, settings, options);
  return {
    limits: new MemoryLimitStore(),
    cooldowns: new MemoryCooldownStore(),
    shared: false,
    probeLimits: () => undefined,
    close: () => undefined,
  };
}

function openShared(
  url: string,
  { limitsWithoutRedis }: RouterSettings,
  { instances = 1, logger, onLimitsBack }: StoresOptions,
): Stores {
  const redis = connectRedis({
    url,
    name: 'signalbox-router',
    commandTimeoutMs,
    // Told at every try to connect; the limits say once that Redis is away, and why.
    onError: () => void limits.probe(),
  });
  const limits = new DegradingLimitStore({
    primary: new RedisLimitStore({ redis }),
    whenAway: limitsWithoutRedis,
    // Which of them it is, nobody knows: each takes what all can have, the part rounded down.
    share: () => ({ place: instances - 1, of: instances }),
    onChange: (accuracy, cause) => {
      if (accuracy === 'exact') {
        logger.info({}, 'Redis is back: limits are exact again');
        onLimitsBack();
      } else {
        logger.warn({ limitsWithoutRedis, error: cause }, 'Redis is away');
      }
    },
  });
  return {
    limits,
    cooldowns: new RedisCooldownStore({ redis }),
    shared: true,
    probeLimits: () => void limits.probe(),
    close() {
      limits.close();
      redis.disconnect();
    },
  };
}
