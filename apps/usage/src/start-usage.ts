import type { KeyObject } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { decisionRecorded, slotReturned, usageRecorded, type SlotReturned } from '@signalbox/contracts';
import { createDatabase, pingDatabase } from '@signalbox/database';
import { createBatcher, NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Check, type Logger } from '@signalbox/platform';
import { connectRedis, RedisLimitStore, type LimitStore } from '@signalbox/rate-limits';
import { DecisionRetention } from './decisions/decision-retention.js';
import { deleteOld } from './delete-old.js';
import { LedgerRetention } from './ledger/ledger-retention.repository.js';
import { UsageModule } from './usage.module.js';

/**
 * What the service says of itself while Postgres is away: attempts go on being counted in Redis then, and those for the
 * ledger wait in the stream.
 */
export const withoutPostgres = ['ready', 'not_ready'] as const;
export type WithoutPostgres = (typeof withoutPostgres)[number];

export interface UsageOptions {
  readonly bus: Bus;
  /** Servers of a NATS cluster that each keep the streams, 1, 3 or 5; 1 unless told. */
  readonly streamReplicas?: number;
  /** The Redis that holds the router's ledgers. */
  readonly redisUrl: string;
  /** The Postgres that holds the ledger. */
  readonly databaseUrl: string;
  /** Connections to Postgres of one replica; 5 unless told. */
  readonly maxDatabaseConnections?: number;
  /** Whether the service calls itself ready while Postgres is away; yes unless told. */
  readonly withoutPostgres?: WithoutPostgres;
  /** What heads of decision chains are signed with: Ed25519, private. */
  readonly signingKey: KeyObject;
  /** After how long decision records are deleted, days; never unless told. */
  readonly decisionRetentionDays?: number | undefined;
  /** After how long attempts are deleted from the ledger, days; never unless told. Daily sums stay. */
  readonly ledgerRetentionDays?: number | undefined;
  readonly logger: Logger;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

const connectionTimeoutMs = 1_500;
/** A report over millions of sums takes its time, and so does a batch of a thousand attempts on a busy disk. */
const statementTimeoutMs = 8_000;

export interface RunningUsage {
  readiness(): Promise<readonly Check[]>;
  /** Takes nothing new, lets what has begun finish, then closes Redis; the bus stays open. */
  stop(): Promise<void>;
}

/**
 * Starts taking attempts from JetStream, as one of any number of replicas that share the work. Redis and Postgres may
 * be away at this moment: events wait in the stream until they are there.
 */
export async function startUsage(options: UsageOptions): Promise<RunningUsage> {
  const { bus, logger, signingKey, streamReplicas = 1, now = Date.now } = options;
  const redis = connectRedis({
    url: options.redisUrl,
    name: 'usage',
    onError: (error) => {
      logger.warn({ error }, 'Redis is away; attempts wait in the stream until it is back');
    },
  });
  const database = createDatabase({
    url: options.databaseUrl,
    maxConnections: options.maxDatabaseConnections ?? 5,
    connectionTimeoutMs,
    statementTimeoutMs,
    onConnectionLost: (error) => {
      logger.warn({ error }, 'a connection to Postgres was lost; attempts for the ledger wait in the stream');
    },
  });
  // Until the stream is there, gateways cannot hand over what they have recorded.
  await bus.ensureStream(usageRecorded, { replicas: streamReplicas });
  await bus.ensureStream(decisionRecorded, { replicas: streamReplicas });
  const limits = new RedisLimitStore({ redis });
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(
    UsageModule.with({ redis, limits, database, signingKey, now }),
    { strategy: new NatsStrategy({ bus, queue: 'usage' }), logger: nestLogger(logger) },
  );
  await service.listen();
  const slots = bus.listen(slotReturned, giveBack(limits));
  const { decisionRetentionDays, ledgerRetentionDays } = options;
  const deleting = [
    deleteOld(service.get(DecisionRetention), { days: decisionRetentionDays, now, logger }),
    deleteOld(service.get(LedgerRetention), { days: ledgerRetentionDays, now, logger }),
  ];
  return {
    readiness: async () => [
      { name: 'nats', ok: bus.isConnected() },
      { name: 'redis', ok: await answers(redis.ping()) },
      await ledgerCheck(answers(pingDatabase(database)), options.withoutPostgres),
    ],
    stop: async () => {
      for (const stopDeleting of deleting) stopDeleting();
      await slots.stop();
      await service.close();
      redis.disconnect();
      await database.$disconnect();
    },
  };
}

function answers(question: Promise<unknown>): Promise<boolean> {
  return question.then(
    () => true,
    () => false,
  );
}

async function ledgerCheck(reachable: Promise<boolean>, without: WithoutPostgres = 'ready'): Promise<Check> {
  const name = 'postgres';
  if (await reachable) return { name, ok: true };
  return { name, ok: without === 'ready', detail: 'away: attempts for the ledger wait in the stream' };
}

/** Every replica does this, as the first one who does it is the soonest. What fails here is settled with the usage record. */
function giveBack(limits: Pick<LimitStore, 'settle'>): (slot: SlotReturned) => Promise<void> {
  return createBatcher(async (slots: SlotReturned[]) => {
    const settlements = slots.map(({ attemptId, ...used }) => ({ reservationId: attemptId, ...used }));
    await limits.settle(settlements).catch(() => undefined);
    return slots.map(() => undefined);
  });
}
