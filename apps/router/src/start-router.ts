import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Current } from '@signalbox/config';
import type { CooldownPolicy, CooldownStore } from '@signalbox/cooldowns';
import type { DecisionSources, ExplanationSources } from '@signalbox/decisions';
import { NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Logger } from '@signalbox/platform';
import type { LimitStore } from '@signalbox/rate-limits';
import { LearnedRegions } from '@signalbox/learned-regions';
import { createDecisionMetrics } from './decision-metrics.js';
import { DecisionService } from './decision-service.js';
import { EarlierCatalogs } from './earlier-catalogs.js';
import { followCooldowns } from './follow-cooldowns.js';
import type { RecentLatencies } from './recent-latencies.js';
import { RouterModule } from './router.module.js';
import type { RoutingSettings } from './routing-settings.js';
import { warnOfSoftBudgets } from './warn-of-soft-budgets.js';

export interface RouterParts {
  /** In force now; they may be replaced at any time. */
  readonly settings: Current<RoutingSettings>;
  readonly limits: Pick<LimitStore, 'admit' | 'preview' | 'used'>;
  /** Absent: nothing is known of how fast deployments answer. */
  readonly latencies?: RecentLatencies | undefined;
  /** Shared by all routers. Absent: no deployment cools down. */
  readonly cooldowns?: CooldownStore | undefined;
  /** Dice: from 0 up to but not including 1. */
  readonly random?: () => number;
  readonly bus: Bus;
  readonly logger: Logger;
}

/** A router that answers on the bus. */
export interface RunningRouter {
  /** Takes nothing new and resolves when what has begun is answered. The bus stays open. */
  stop(): Promise<void>;
}

/** Learns what is known of regions, latencies and cooldowns, then answers `router.decide.v1` and `router.explain.v1` as a member of the queue group `router`. */
export async function startRouter(parts: RouterParts): Promise<RunningRouter> {
  const { settings, limits, latencies, bus, logger, random = Math.random } = parts;
  const learned = new LearnedRegions(logger, () => settings.current.catalog.regionCompat);
  const stopFollowing = await learned.follow(bus);
  const stopLatencies = await latencies?.follow();
  const store = parts.cooldowns;
  const policy = (): CooldownPolicy => settings.current.cooldowns;
  const cooldowns = store && (await followCooldowns({ store, policy }, bus, logger));
  const earlier = new EarlierCatalogs();
  const stopKeeping = settings.onChange((_, before) => {
    earlier.keep(before.catalog);
  });
  const facts = {
    learnedRegion: learned.regionOf,
    contradictedRegion: learned.contradictedRegion,
    latencyMs: latencies?.latencyOf ?? (() => undefined),
    ...(cooldowns && { cooldown: cooldowns.phaseOf }),
    random,
  };
  const onSoftBudget = warnOfSoftBudgets(logger);
  const sources = (): DecisionSources & ExplanationSources => ({
    ...settings.current,
    earlier: earlier.catalogs,
    limits,
    facts,
    onSoftBudget,
  });
  const decisions = new DecisionService(sources, createDecisionMetrics(), logger);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(RouterModule.around(decisions), {
    strategy: new NatsStrategy({ bus, queue: 'router' }),
    logger: nestLogger(logger),
  });
  await app.listen();
  return {
    async stop() {
      await app.close();
      await stopFollowing();
      await stopLatencies?.();
      await cooldowns?.stop();
      stopKeeping();
    },
  };
}
