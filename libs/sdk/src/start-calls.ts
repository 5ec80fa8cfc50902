import {
  CallService,
  createDispatcher,
  loadCallSettings,
  RetryWaits,
  type AttemptTools,
  type CallEstimates,
  type CallMetrics,
  type CallTools,
} from '@signalbox/calls';
import type { Settings } from '@signalbox/config';
import type { UsageRecord } from '@signalbox/contracts';
import { cooldownPolicy } from '@signalbox/cooldowns';
import { strategyNamed } from '@signalbox/decisions';
import { LearnedRegions } from '@signalbox/learned-regions';
import { LimitStoreUnavailable, type Settlement } from '@signalbox/rate-limits';
import { LocalCooldowns } from './local-cooldowns.js';
import { LocalDecider } from './local-decider.js';
import { openStores, type Stores } from './open-stores.js';
import { Outbox } from './outbox.js';
import { OwnLatencies } from './own-latencies.js';
import type { RouterLogger } from './router-options.js';
import { version } from './version.js';

const upstreamConnections = 1_024;
const connectTimeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024 * 1024;
const backoff = { firstMs: 500, longestMs: 8_000 };

export interface CallsOptions {
  readonly instances: number | undefined;
  readonly logger: RouterLogger;
  readonly onUsage: (record: UsageRecord) => void;
}

export interface RunningCalls {
  readonly service: CallService;
  readonly estimates: CallEstimates;
  /** Settles what is over and closes all connections. Nothing may be under way any more. */
  close(): Promise<void>;
}

/**
 * Puts together, in this process, what gateway, router and usage service are made of. Resolves when prompts can be
 * counted, and what others know of failing deployments has been heard.
 */
export async function startCalls(settings: Settings, options: CallsOptions): Promise<RunningCalls> {
  const { catalog, router } = settings;
  const { logger } = options;
  // It may block for longer than Redis is waited for: first.
  const callSettings = await loadCallSettings(settings);
  const dispatcher = createDispatcher({ connections: upstreamConnections, connectTimeoutMs });
  const stores = openStores(router, { ...options, onLimitsBack: () => void settlements.flush() });
  const settlements = new Outbox<Settlement>((some) => settle(stores, some, logger));
  const policy = cooldownPolicy(catalog, router.cooldowns);
  const cooldowns = await LocalCooldowns.start({ ...stores, store: stores.cooldowns, policy, logger });
  const latencies = router.latency && new OwnLatencies(router.latency);
  const learned = new LearnedRegions(logger, () => catalog.regionCompat);
  const facts = {
    learnedRegion: learned.regionOf,
    contradictedRegion: learned.contradictedRegion,
    cooldown: cooldowns.phaseOf,
    latencyMs: latencies?.latencyOf ?? (() => undefined),
    random: Math.random,
  };
  const rules = { strategy: strategyNamed(router), timeoutMs: router.timeoutMs };
  const attempt: AttemptTools = {
    dispatcher,
    settings: { current: callSettings },
    facts,
    learned,
    outbox: {
      add(record) {
        settlements.add(settlementOf(record));
        cooldowns.note(record);
        latencies?.note(record);
        options.onUsage(record);
      },
    },
    metrics: uncounted,
    logger,
    version,
    maxAnswerBytes,
    isDraining: () => false,
  };
  const tools: CallTools = {
    router: new LocalDecider({ catalog, facts, rules, limits: stores.limits }),
    attempt,
    waits: new RetryWaits(),
    backoff,
    // Both are this process, and nothing is replaced.
    agreeWithinMs: 0,
    dice: Math.random,
  };
  return {
    service: new CallService(tools, Number.POSITIVE_INFINITY),
    estimates: callSettings.estimates,
    async close() {
      await Promise.all([settlements.flush(), cooldowns.close()]);
      stores.close();
      await dispatcher.destroy();
    },
  };
}

function settlementOf({ attemptId, tokens, costNanoDollars }: UsageRecord): Settlement {
  return { reservationId: attemptId, tokens: tokens.total, nanoDollars: costNanoDollars };
}

/** What cannot be settled while Redis is away is settled later; else it would stay booked. */
async function settle(
  { limits, probeLimits }: Stores,
  settlements: readonly Settlement[],
  logger: RouterLogger,
): Promise<boolean> {
  try {
    await limits.settle(settlements);
    return true;
  } catch (error) {
    if (error instanceof LimitStoreUnavailable) {
      probeLimits();
      return false;
    }
    logger.warn({ error }, 'reservations could not be settled: they end with their leases');
    return true;
  }
}

/** What the services count for their operators is told per attempt here. */
const uncounted: CallMetrics = {
  upstream: () => undefined,
  tokens: () => undefined,
  retry: () => undefined,
  fallback: () => undefined,
};
