import pg from 'pg';
import { MigrationError } from './migration-error.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Any number does that everybody who migrates agrees on; this one is `sbmg` in ASCII. */
const MIGRATION_LOCK = 0x73_62_6d_67;
const DATABASE_MISSING = '3D000';
/** The database exists, and so does its entry in the catalogue: another process was faster. */
const CREATED_MEANWHILE = new Set(['42P04', '23505']);

/**
 * Runs `work` while holding the database's migration lock, so that any number of processes may migrate at
 * once: they take turns. The database is created first if it does not exist.
 */
export async function withMigrationLock<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  const client = await connectOrCreate(parseUrl(url));
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    // The lock ends with the session.
    await client.end();
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return url;
  throw new MigrationError(
    'The database URL must look like postgresql://user:password@host:5432/database-name.',
  );
}

async function connectOrCreate(url: URL): Promise<pg.Client> {
  try {
    return await connect(url);
  } catch (error) {
    if (errorCode(error) !== DATABASE_MISSING) throw describe(error, url);
  }
  try {
    await createDatabase(url);
    return await connect(url);
  } catch (error) {
    throw describe(error, url);
  }
}

async function connect(url: URL): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url.toString(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A session lost while it waits is reported by the query it waits for, or by the engine's own session.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function createDatabase(url: URL): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = await connect(maintenance);
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(decodeURIComponent(url.pathname.slice(1)))}`);
  } catch (error) {
    if (!CREATED_MEANWHILE.has(errorCode(error))) throw error;
  } finally {
    await client.end();
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** One sentence without the password that the URL may hold. */
function describe(error: unknown, url: URL): MigrationError {
  const place = `${url.hostname || 'localhost'}:${url.port || '5432'}`;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof pg.DatabaseError) {
    return new MigrationError(`Postgres at ${place} refused: ${message}.`, { cause: error });
  }
  const detail = errorCode(error) || message;
  return new MigrationError(`Postgres cannot be reached at ${place} (${detail}).`, { cause: error });
}
