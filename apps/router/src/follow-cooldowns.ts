import { cooldownChanged, usageRecorded, type Deployment, type UsageBatch } from '@signalbox/contracts';
import {
  CooldownStoreUnavailable,
  endedAttempt,
  KnownCooldowns,
  recordAttempts,
  type CooldownChange,
  type CooldownPolicy,
  type CooldownStore,
} from '@signalbox/cooldowns';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { CooldownPhase } from '@signalbox/routing';
import { createCooldownMetrics } from './cooldown-metrics.js';

export interface CooldownParts {
  /** Shared by all routers. */
  readonly store: CooldownStore;
  /** The policy in force now. */
  readonly policy: () => CooldownPolicy;
}

/** Cooldowns as this router knows them. */
export interface FollowedCooldowns {
  readonly phaseOf: (deployment: Deployment) => CooldownPhase | undefined;
  /** Takes no more attempts, and resolves when what has begun is done. The bus stays open. */
  stop(): Promise<void>;
}

/** Nobody waits for attempts to be judged, but a deployment that fails should be left alone soon. */
const consuming = { durable: 'cooldowns', beginAt: 'next', batchSize: 100, paceMs: 50 } as const;
/** Attempts per step on Redis: few enough that the step does not hold up admissions. */
const attemptsPerStep = 200;

/**
 * Knows the cooldowns of all routers, and takes its part in making them: of the attempts that have ended, each is
 * judged by one router, which then tells the others. Who misses that hears it from the store, a second later at most.
 */
export async function followCooldowns(
  { store, policy }: CooldownParts,
  bus: Bus,
  logger: Logger,
): Promise<FollowedCooldowns> {
  const deploymentIds = (): string[] => [...policy().subjects.keys()];
  const known = new KnownCooldowns({
    store,
    deploymentIds,
    onStore: (state, error) => {
      if (state === 'away')
        logger.warn({ error }, 'cooldowns cannot be read: those known go on, none begins');
      else logger.info('cooldowns are read again');
    },
  });
  const metrics = createCooldownMetrics(deploymentIds, known.phaseOf);
  const announce = (changes: readonly CooldownChange[]): void => {
    if (changes.length === 0) return;
    for (const change of changes) {
      metrics.record(change);
      tell(change, logger);
    }
    bus.broadcast(cooldownChanged, { deploymentIds: changes.map(({ deploymentId }) => deploymentId) });
  };
  const listening = bus.listen(cooldownChanged, () => known.refresh());
  await bus.flush();
  const stopReading = await known.follow();
  const consumer = await bus.consume(usageRecorded, consuming, async (batches: UsageBatch[]) => {
    const attempts = batches.flatMap(({ records }) => records.flatMap((one) => endedAttempt(one) ?? []));
    for (let start = 0; start < attempts.length; start += attemptsPerStep) {
      const some = attempts.slice(start, start + attemptsPerStep);
      announce(await recordAttempts(store, policy(), some).catch(noneWithoutStore));
    }
  });
  return {
    phaseOf: known.phaseOf,
    stop: async () => {
      await consumer.stop();
      await listening.stop();
      await stopReading();
    },
  };
}

/** Attempts are not kept until the store is back: by then they would be old. */
function noneWithoutStore(error: unknown): CooldownChange[] {
  if (error instanceof CooldownStoreUnavailable) return [];
  throw error;
}

function tell({ effect, ...change }: CooldownChange, logger: Logger): void {
  if (effect === 'began') logger.warn(change, 'a deployment failed and is left alone for a while');
  else if (effect === 'prolonged') logger.debug(change, 'a deployment is left alone for longer');
  else logger.info(change, 'a deployment is back in service: its probe was answered');
}
