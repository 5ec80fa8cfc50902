import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';
import { withTransactionSettings, type TransactionSettings } from './transaction-settings.js';

/** The Prisma client; each model is a property. Only files named `*.repository.ts` use it. */
export type Database = PrismaClient;

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: string;
  /** Size of the pool; connections open when they are first needed. Default 10. */
  readonly maxConnections?: number;
  /** How long to wait for a connection, a free one or a new one, in milliseconds. Default 1,500. */
  readonly connectionTimeoutMs?: number;
  /** How long one statement may take, in milliseconds. Default 2,000. */
  readonly statementTimeoutMs?: number;
  /** Told about connections that broke while nobody used them; the pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
  /** Asked at every statement; what is done while there are settings is done in a transaction that knows them. */
  readonly transactionSettings?: TransactionSettings;
}

const IDLE_CONNECTION_MS = 30_000;
/** Postgres stops a slow statement itself; the client's own timer is for a server that says nothing at all. */
const SILENT_SERVER_GRACE_MS = 250;

/**
 * Opens nothing yet: the first query does, and a query made while Postgres is away fails within the
 * timeouts; the next one tries again. Call `$disconnect()` when done.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 2_000;
  const pool = {
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectionTimeoutMs ?? 1_500,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + SILENT_SERVER_GRACE_MS,
    keepAlive: true,
  };
  const lost = options.onConnectionLost;
  const adapter = new PrismaPg(
    pool,
    lost === undefined ? {} : { onPoolError: lost, onConnectionError: lost },
  );
  const settings = options.transactionSettings;
  return new PrismaClient({
    adapter: settings === undefined ? adapter : withTransactionSettings(adapter, settings),
    errorFormat: 'minimal',
  });
}

/** Resolves when Postgres answers, rejects when it does not. */
export async function pingDatabase(database: Database): Promise<void> {
  await database.$queryRaw`SELECT 1`;
}
