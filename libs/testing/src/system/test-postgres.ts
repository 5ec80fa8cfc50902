import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '@signalbox/database';
import { ensureDatabase, startPostgres } from '@signalbox/local-stack';
import pg from 'pg';

/** Names the Postgres of a test run to its test processes; it holds a migrated template database. */
const variable = 'SIGNALBOX_TEST_POSTGRES_URL';
const template = 'signalbox_template';

/**
 * Starts one Postgres for a whole test run and migrates a template database in it. As vitest's `globalSetup` it
 * passes the address on to the test processes. Returns its end.
 */
export async function startTestPostgres(): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-postgres-'));
  // As root Postgres runs as another user, who has to pass here.
  await chmod(directory, 0o755);
  const data = path.join(directory, 'data');
  const server = await startPostgres({ directory: data, database: template, durable: false });
  await migrate({ url: server.url });
  process.env[variable] = server.url;
  return async () => {
    Reflect.deleteProperty(process.env, variable);
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

/** A Postgres of one test alone, which may take it away. */
export interface OwnPostgres {
  /** A migrated database. */
  readonly url: string;
  /** Takes it away, as a broken machine would; its data stays. */
  takeAway(): Promise<void>;
  /** Brings it back on the same port. */
  bringBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-postgres-'));
  await chmod(directory, 0o755);
  const start = (port?: number) =>
    startPostgres({
      directory: path.join(directory, 'data'),
      durable: false,
      ...(port !== undefined && { port }),
    });
  let server = await start();
  await migrate({ url: server.url });
  return {
    url: server.url,
    takeAway: () => server.stop(),
    async bringBack() {
      server = await start(server.port);
    },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A fresh, migrated database: a copy of the template, in the Postgres of the test run or in one of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const stopOwn = process.env[variable] === undefined ? await startTestPostgres() : undefined;
  const serverUrl = process.env[variable] ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = await ensureDatabase(serverUrl, name, template);
  return {
    url,
    async drop() {
      if (stopOwn === undefined) await dropDatabase(serverUrl, name);
      else await stopOwn();
    },
  };
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
