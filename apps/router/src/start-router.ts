import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Catalog } from '@signalbox/contracts';
import type { AdmissionRules } from '@signalbox/decisions';
import { NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Logger } from '@signalbox/platform';
import type { LimitStore } from '@signalbox/rate-limits';
import { LearnedRegions } from '@signalbox/learned-regions';
import { createDecisionMetrics } from './decision-metrics.js';
import { DecisionService } from './decision-service.js';
import { followCooldowns, type CooldownParts } from './follow-cooldowns.js';
import type { RecentLatencies } from './recent-latencies.js';
import { RouterModule } from './router.module.js';

export interface RouterParts {
  readonly catalog: Catalog;
  readonly rules: AdmissionRules;
  readonly limits: Pick<LimitStore, 'admit'>;
  /** Absent when the strategy does not ask how fast deployments answer. */
  readonly latencies?: RecentLatencies | undefined;
  /** Absent when no deployment may cool down. */
  readonly cooldowns?: CooldownParts | undefined;
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

/** Learns what is known of regions, latencies and cooldowns, then answers `router.decide.v1` as a member of the queue group `router`. */
export async function startRouter(parts: RouterParts): Promise<RunningRouter> {
  const { catalog, rules, limits, latencies, bus, logger, random = Math.random } = parts;
  const learned = new LearnedRegions(catalog.deployments, logger);
  const stopFollowing = await learned.follow(bus);
  const stopLatencies = await latencies?.follow();
  const cooldowns = parts.cooldowns && (await followCooldowns(parts.cooldowns, bus, logger));
  const facts = {
    learnedRegion: learned.regionOf,
    latencyMs: latencies?.latencyOf ?? (() => undefined),
    ...(cooldowns && { cooldown: cooldowns.phaseOf }),
    random,
  };
  const sources = { catalog, rules, limits, facts };
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
    },
  };
}
