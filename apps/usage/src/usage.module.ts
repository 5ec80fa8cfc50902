import { Module, type DynamicModule } from '@nestjs/common';
import type { RedisLimitStore } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { UsageMetrics } from './usage-metrics.js';
import { UsageRecorder } from './usage-recorder.js';
import { UsageController } from './usage.controller.js';
import { CLOCK, LIMITS, REDIS } from './usage.tokens.js';

export interface UsageResources {
  readonly redis: Redis;
  readonly limits: Pick<RedisLimitStore, 'settle' | 'spent'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

@Module({})
export class UsageModule {
  /** The resources stay their maker's: he closes them. */
  static with({ redis, limits, now }: UsageResources): DynamicModule {
    return {
      module: UsageModule,
      controllers: [UsageController],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: LIMITS, useValue: limits },
        { provide: CLOCK, useValue: now },
        UsageCountersRepository,
        UsageMetrics,
        UsageRecorder,
      ],
    };
  }
}
