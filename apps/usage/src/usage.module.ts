import type { KeyObject } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { DATABASE, type Database } from '@signalbox/database';
import type { RedisLimitStore } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { DecisionExportRepository } from './decisions/decision-export.repository.js';
import { DecisionRetention } from './decisions/decision-retention.js';
import { DecisionSigner } from './decisions/decision-signer.js';
import { DecisionsController } from './decisions/decisions.controller.js';
import { DecisionsRepository } from './decisions/decisions.repository.js';
import { LedgerRetention } from './ledger/ledger-retention.repository.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LedgerRepository } from './ledger/ledger.repository.js';
import { AttemptsRepository } from './reports/attempts.repository.js';
import { ReportController } from './reports/report.controller.js';
import { ReportRepository } from './reports/report.repository.js';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { UsageRecorder } from './usage-recorder.js';
import { UsageController } from './usage.controller.js';
import { CLOCK, LIMITS, REDIS, SIGNING_KEY } from './usage.tokens.js';

export interface UsageResources {
  readonly redis: Redis;
  readonly limits: Pick<RedisLimitStore, 'settle' | 'spent' | 'lowerSpent' | 'unsettled'>;
  readonly database: Database;
  /** Ed25519, private. */
  readonly signingKey: KeyObject;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

@Module({})
export class UsageModule {
  /** The resources stay their maker's: he closes them. */
  static with({ redis, limits, database, signingKey, now }: UsageResources): DynamicModule {
    return {
      module: UsageModule,
      controllers: [UsageController, LedgerController, ReportController, DecisionsController],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: LIMITS, useValue: limits },
        { provide: DATABASE, useValue: database },
        { provide: SIGNING_KEY, useValue: signingKey },
        { provide: CLOCK, useValue: now },
        DecisionExportRepository,
        DecisionRetention,
        DecisionSigner,
        DecisionsRepository,
        LedgerRepository,
        LedgerRetention,
        AttemptsRepository,
        ReportRepository,
        UsageCountersRepository,
        UsageRecorder,
      ],
    };
  }
}
