import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { usageRecorded } from '@signalbox/contracts';
import { NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Check, type Logger } from '@signalbox/platform';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
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
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(
    UsageModule.with({ redis, limits: new RedisLimitStore({ redis }), now: options.now ?? Date.now }),
    { strategy: new NatsStrategy({ bus, queue: 'usage' }), logger: nestLogger(logger) },
  );
  await service.listen();
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
      await service.close();
      redis.disconnect();
    },
  };
}
