import { connect } from 'node:net';
import path from 'node:path';
import type { ProcessGuard } from '../processes/process-guard.js';
import { startNats } from '../servers/nats.js';
import { startPostgres } from '../servers/postgres.js';
import { startRedis } from '../servers/redis.js';
import { ensureBinaries, type ServerName } from '../servers/server-binaries.js';
import type { RunningServer } from '../servers/server-process.js';
import { StackFailure } from '../stack-failure.js';
import type { Say } from '../terminal.js';
import type { Cleanups } from './cleanups.js';

export interface ServersPlan {
  dataDirectory: string;
  /** Below it lie, or come, the programs that are not on the PATH; the same for every data folder. */
  binariesDirectory: string;
  logsDirectory: string;
  /** Servers that run already; for each one left out, one is started. */
  named: { natsUrl?: string | undefined; redisUrl?: string | undefined; databaseUrl?: string | undefined };
  guard?: ProcessGuard;
  cleanups: Cleanups;
  say: Say;
}

export interface Servers {
  natsUrl: string;
  redisUrl: string;
  databaseUrl: string;
  /** Resolves with a sentence when a server that we started ends by itself; never rejects. */
  failed: Promise<string>;
}

/** Makes NATS, Redis and Postgres available: the named ones are tried, the others are started. */
export async function startServers(plan: ServersPlan): Promise<Servers> {
  const { named } = plan;
  await Promise.all([
    checkNamed('NATS', 'NATS_URL', named.natsUrl, 4222),
    checkNamed('Redis', 'REDIS_URL', named.redisUrl, 6379),
    checkNamed('Postgres', 'DATABASE_URL', named.databaseUrl, 5432),
  ]);
  const started: RunningServer[] = [];
  const keep = async (starting: Promise<RunningServer>): Promise<string> => {
    const server = await starting;
    started.push(server);
    await plan.cleanups.add(() => server.stop());
    return server.url;
  };
  const options = (name: string) => ({
    directory: path.join(plan.dataDirectory, name),
    logFile: path.join(plan.logsDirectory, `${name}.log`),
    guard: plan.guard,
  });
  const [database, brokers] = await Promise.allSettled([
    named.databaseUrl ?? keep(startPostgres({ ...options('postgres'), say: plan.say })),
    startBrokers(plan, keep, options),
  ]);
  if (database.status === 'rejected') throw database.reason;
  if (brokers.status === 'rejected') throw brokers.reason;
  const failed = Promise.race([...started.map((server) => server.failed), never]);
  return { databaseUrl: database.value, ...brokers.value, failed };
}

const never = new Promise<string>(() => undefined);

async function startBrokers(
  { named, binariesDirectory, say }: ServersPlan,
  keep: (starting: Promise<RunningServer>) => Promise<string>,
  options: (name: string) => { directory: string; logFile: string; guard: ProcessGuard | undefined },
): Promise<{ natsUrl: string; redisUrl: string }> {
  const wanted: ServerName[] = [];
  if (named.natsUrl === undefined) wanted.push('nats-server');
  if (named.redisUrl === undefined) wanted.push('redis-server');
  const binaries =
    wanted.length === 0 ? [] : await ensureBinaries(wanted, { dataDirectory: binariesDirectory, say });
  const binaryOf = (name: ServerName) => {
    const binary = binaries[wanted.indexOf(name)];
    if (binary === undefined) throw new StackFailure(`${name} was not found.`);
    return binary;
  };
  const [natsUrl, redisUrl] = await Promise.all([
    named.natsUrl ?? keep(startNats({ ...options('nats'), binary: binaryOf('nats-server') })),
    named.redisUrl ?? keep(startRedis({ ...options('redis'), binary: binaryOf('redis-server') })),
  ]);
  return { natsUrl, redisUrl };
}

async function checkNamed(
  server: string,
  variable: string,
  urls: string | undefined,
  usualPort: number,
): Promise<void> {
  if (urls === undefined) return;
  // NATS takes a list of addresses: one that answers is enough.
  const addresses = urls.split(',').map((text) => addressOf(text, usualPort));
  const answers = await Promise.all(addresses.map(connectionFault));
  if (answers.includes(undefined)) return;
  // Never the URL as written: it may hold a password.
  const where = addresses.map((address) => (address ? `${address.host}:${address.port}` : '?')).join(', ');
  throw new StackFailure(
    `${variable} names a ${server} at ${where} that cannot be reached (${answers[0] ?? ''}): start it, or unset ${variable}.`,
  );
}

interface Address {
  host: string;
  port: number;
}

function addressOf(text: string, usualPort: number): Address | undefined {
  const url = text.includes('://') ? text : `tcp://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port) || usualPort };
}

function connectionFault(address: Address | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (address === undefined) {
      resolve('it is not a URL');
      return;
    }
    const { host, port } = address;
    const socket = connect({ host, port, timeout: 5_000 });
    const finish = (fault: string | undefined): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.once('connect', () => {
      finish(undefined);
    });
    socket.once('timeout', () => {
      finish('no answer within 5 seconds');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      finish(error.code ?? error.message);
    });
  });
}
