import {
  CallEstimates,
  CallService,
  createDispatcher,
  indexDeployments,
  RetryWaits,
  type AttemptTools,
  type CallMetrics,
  type UsageSink,
} from '@signalbox/calls';
import type { Settings } from '@signalbox/config';
import type { UsageRecord } from '@signalbox/contracts';
import { strategyNamed } from '@signalbox/decisions';
import { LearnedRegions } from '@signalbox/learned-regions';
import { LocalDecider } from './local-decider.js';
import { openLimits } from './open-limits.js';
import { OwnLatencies } from './own-latencies.js';
import type { RouterLogger } from './router-options.js';
import { Settlements } from './settlements.js';
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

/** Puts together, in this process, what gateway, router and usage service are made of. */
export function startCalls({ catalog, router }: Settings, options: CallsOptions): RunningCalls {
  const { logger } = options;
  const dispatcher = createDispatcher({ connections: upstreamConnections, connectTimeoutMs });
  const learned = new LearnedRegions(catalog.deployments, logger);
  const latencies = router.latency && new OwnLatencies(router.latency);
  const limits = openLimits(router, {
    ...options,
    onReturn: () => void settlements.flush(),
  });
  const settlements = new Settlements(limits.store, () => {
    limits.probe();
  });
  const outbox: UsageSink = {
    add(record) {
      settlements.add({ reservationId: record.attemptId, tokens: record.tokens.total });
      latencies?.note(record);
      options.onUsage(record);
    },
  };
  const facts = {
    learnedRegion: learned.regionOf,
    latencyMs: latencies?.latencyOf ?? (() => undefined),
    random: Math.random,
  };
  const rules = { strategy: strategyNamed(router), timeoutMs: router.timeoutMs };
  const attempt: AttemptTools = {
    dispatcher,
    facts: { ...facts, catalog, deployments: indexDeployments(catalog) },
    learned,
    outbox,
    metrics: uncounted,
    router,
    logger,
    version,
    maxAnswerBytes,
    isDraining: () => false,
  };
  const estimates = new CallEstimates(catalog);
  const service = new CallService(
    {
      router: new LocalDecider({ catalog, facts, rules, limits: limits.store }),
      attempt,
      catalog,
      estimates,
      waits: new RetryWaits(),
      backoff,
      dice: Math.random,
    },
    Number.POSITIVE_INFINITY,
  );
  return {
    service,
    estimates,
    async close() {
      await settlements.flush();
      limits.close();
      await dispatcher.destroy();
    },
  };
}

/** What the services count for their operators is told per attempt here. */
const uncounted: CallMetrics = {
  upstream: () => undefined,
  tokens: () => undefined,
  retry: () => undefined,
  fallback: () => undefined,
};
