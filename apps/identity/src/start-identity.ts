import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { createDatabase, pingDatabase, type Database } from '@signalbox/database';
import { NatsStrategy, type Bus } from '@signalbox/messaging';
import { nestLogger, type Check, type Logger } from '@signalbox/platform';
import { actorSettings } from './audit/acting.js';
import { IdentityModule } from './identity.module.js';

export interface IdentityOptions {
  readonly bus: Bus;
  readonly databaseUrl: string;
  readonly maxDatabaseConnections: number;
  readonly logger: Logger;
}

export interface Identity {
  readiness(): Promise<readonly Check[]>;
  /** Takes nothing new, lets what has begun finish, then closes the database; the bus stays open. */
  stop(): Promise<void>;
}

/** Together below the 2 s that callers wait, so that they hear our answer and not only silence. */
const CONNECTION_TIMEOUT_MS = 800;
const STATEMENT_TIMEOUT_MS = 900;

/** Queue group of the replicas: every call goes to one of them. */
const QUEUE = 'identity';

/** Starts answering. Postgres may be away at this moment: calls fail until it is there. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { bus, logger } = options;
  const database = createDatabase({
    url: options.databaseUrl,
    maxConnections: options.maxDatabaseConnections,
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    transactionSettings: actorSettings,
    onConnectionLost: (error) => {
      logger.warn({ error }, 'a connection to Postgres was lost');
    },
  });
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(
    IdentityModule.with({ bus, database, logger }),
    { strategy: new NatsStrategy({ bus, queue: QUEUE }), logger: nestLogger(logger) },
  );
  await askOnce(database);
  await service.listen();
  return {
    readiness: async () => [
      { name: 'nats', ok: bus.isConnected() },
      { name: 'postgres', ok: await isReachable(database) },
    ],
    stop: async () => {
      await service.close();
      await database.$disconnect();
    },
  };
}

/** Prisma loads its query compiler with the first query: nobody who has a deadline should wait for that. */
async function askOnce(database: Database): Promise<void> {
  await database.endUser.findFirst({ select: { id: true } }).catch(() => undefined);
}

function isReachable(database: Database): Promise<boolean> {
  return pingDatabase(database).then(
    () => true,
    () => false,
  );
}
