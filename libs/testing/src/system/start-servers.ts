import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureServerBinaries, startNats, startRedis, type RunningServer } from '@signalbox/local-stack';
import { createTestDatabase } from './test-postgres.js';

/** NATS and Redis of its own and an empty, migrated database, on free loopback ports. */
export interface TestServers {
  natsUrl: string;
  redisUrl: string;
  databaseUrl: string;
  /** Ends a server at once, by SIGKILL; what it had written stays. */
  killServer(server: 'nats' | 'redis'): Promise<void>;
  /** Takes a server away in good order; its data stays. */
  stopServer(server: 'nats' | 'redis'): Promise<void>;
  /** Brings it back on the same port. */
  startServer(server: 'nats' | 'redis'): Promise<void>;
  stop(): Promise<void>;
}

const checkout = path.resolve(import.meta.dirname, '../../../..');

export interface TestServersOptions {
  /** When Redis puts what it was told on disk; `everysec` unless told. */
  redisFsync?: 'always' | 'everysec';
}

/** Starts servers for one test file. Stop them when done; should the process be killed, they end by themselves. */
export async function startServers({ redisFsync }: TestServersOptions = {}): Promise<TestServers> {
  const binaries = await ensureServerBinaries({ dataDirectory: path.join(checkout, '.signalbox') });
  const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-test-'));
  const start = {
    nats: (port?: number) =>
      startNats({ binary: binaries.nats, directory: path.join(directory, 'nats'), ...(port && { port }) }),
    redis: (port?: number) =>
      startRedis({
        binary: binaries.redis,
        directory: path.join(directory, 'redis'),
        ...(port && { port }),
        ...(redisFsync && { fsync: redisFsync }),
      }),
  };
  const [nats, redis, database] = await Promise.all([start.nats(), start.redis(), createTestDatabase()]);
  const running: Record<'nats' | 'redis', RunningServer> = { nats, redis };
  return {
    natsUrl: nats.url,
    redisUrl: redis.url,
    databaseUrl: database.url,
    async killServer(server) {
      process.kill(running[server].pid, 'SIGKILL');
      await running[server].stop();
    },
    stopServer: (server) => running[server].stop(),
    async startServer(server) {
      running[server] = await start[server](running[server].port);
    },
    async stop() {
      await Promise.all([running.nats.stop(), running.redis.stop(), database.drop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
