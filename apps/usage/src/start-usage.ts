import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { slotReturned, usageRecorded, type SlotReturned } from '@signalbox/contracts';
import { createBatcher, NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Check, type Logger } from '@signalbox/platform';
import { connectRedis, RedisLimitStore, type LimitStore } from '@signalbox/rate-limits';
import { UsageModule } from './usage.module.js';

export interface UsageOptions {
  readonly bus: Bus;
  /** The Redis that holds the router's ledgers. */
  readonly redisUrl: string;
  readonly logger: Logger;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

export interface RunningUsage {
  readiness(): Promise<readonly Check[]>;
  /** Takes nothing new, lets what has begun finish, then closes Redis; the bus stays open. */
  stop(): Promise<void>;
}

/**
 * Starts taking attempts from JetStream, as one of any number of replicas that share the work. Redis may be away
 * at this moment: events wait in the stream until it is there.
 */
export async function startUsage(options: UsageOptions): Promise<RunningUsage> {
  const { bus, logger } = options;
  const redis = connectRedis({
    url: options.redisUrl,
    name: 'usage',
    onError: (error) => {
      logger.warn({ error }, 'Redis is away; attempts wait in the stream until it is back');
    },
  });
  // Until the stream is there, gateways cannot hand over what they have recorded.
  await bus.ensureStream(usageRecorded);
  const limits = new RedisLimitStore({ redis });
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(
    UsageModule.with({ redis, limits, now: options.now ?? Date.now }),
    { strategy: new NatsStrategy({ bus, queue: 'usage' }), logger: nestLogger(logger) },
  );
  await service.listen();
  const slots = bus.listen(slotReturned, giveBack(limits));
  return {
    readiness: async () => [
      { name: 'nats', ok: bus.isConnected() },
      {
        name: 'redis',
        ok: await redis.ping().then(
          () => true,
          () => false,
        ),
      },
    ],
    stop: async () => {
      await slots.stop();
      await service.close();
      redis.disconnect();
    },
  };
}

/** Every replica does this, as the first one who does it is the soonest. What fails here is settled with the usage record. */
function giveBack(limits: Pick<LimitStore, 'settle'>): (slot: SlotReturned) => Promise<void> {
  return createBatcher(async (slots: SlotReturned[]) => {
    const settlements = slots.map(({ attemptId, ...used }) => ({ reservationId: attemptId, ...used }));
    await limits.settle(settlements).catch(() => undefined);
    return slots.map(() => undefined);
  });
}
