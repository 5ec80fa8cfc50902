import { Module, type DynamicModule } from '@nestjs/common';
import { DATABASE, type Database } from '@signalbox/database';
import type { RedisLimitStore } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { LedgerMetrics } from './ledger/ledger-metrics.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LedgerRepository } from './ledger/ledger.repository.js';
import { AttemptsRepository } from './reports/attempts.repository.js';
import { ReportController } from './reports/report.controller.js';
import { ReportRepository } from './reports/report.repository.js';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { UsageMetrics } from './usage-metrics.js';
import { UsageRecorder } from './usage-recorder.js';
import { UsageController } from './usage.controller.js';
import { CLOCK, LIMITS, REDIS } from './usage.tokens.js';

export interface UsageResources {
  readonly redis: Redis;
  readonly limits: Pick<RedisLimitStore, 'settle' | 'spent'>;
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

@Module({})
export class UsageModule {
  /** The resources stay their maker's: he closes them. */
  static with({ redis, limits, database, now }: UsageResources): DynamicModule {
    return {
      module: UsageModule,
      controllers: [UsageController, LedgerController, ReportController],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: LIMITS, useValue: limits },
        { provide: DATABASE, useValue: database },
        { provide: CLOCK, useValue: now },
        LedgerMetrics,
        LedgerRepository,
        AttemptsRepository,
        ReportRepository,
        UsageCountersRepository,
        UsageMetrics,
        UsageRecorder,
      ],
    };
  }
}
