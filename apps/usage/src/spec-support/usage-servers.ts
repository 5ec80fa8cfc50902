import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase, migrate, type Database } from '@signalbox/database';
import {
  ensureServerBinaries,
  startNats,
  startPostgres,
  startRedis,
  type RunningServer,
} from '@signalbox/local-stack';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { connectRedis } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { startUsage, type RunningUsage } from '../start-usage.js';

export const silentLogger = createLogger({ service: 'usage-spec', level: 'silent' });

/** Servers that can be taken away: brought back, they are on their old port with the data they had. */
interface Restartable {
  running: RunningServer;
  readonly start: (port: number) => Promise<RunningServer>;
}

/** A real NATS, Redis and Postgres that keep their data, and what talks to them. */
export class UsageServers {
  readonly redis: Redis;
  /** Those of the house: decision chains are signed with the private one. */
  readonly keys = generateKeyPairSync('ed25519');
  readonly database: Database;
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly directory: string,
    private readonly nats: RunningServer,
    private readonly servers: Readonly<Record<'redis' | 'postgres', Restartable>>,
    /** The gateway's side of the bus. */
    readonly gateway: Bus,
  ) {
    const { redis, postgres } = servers;
    this.redis = connectRedis({ url: redis.running.url, name: 'spec', onError: () => undefined });
    this.database = createDatabase({ url: postgres.running.url, onConnectionLost: () => undefined });
  }

  static async start(): Promise<UsageServers> {
    const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-usage-'));
    // Postgres runs as another user when the tests run as root.
    await chmod(directory, 0o755);
    const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');
    const binaries = await ensureServerBinaries({ dataDirectory });
    const nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
    const start = {
      redis: (port?: number) =>
        startRedis({
          binary: binaries.redis,
          directory: path.join(directory, 'redis'),
          ...(port !== undefined && { port }),
        }),
      postgres: (port?: number) =>
        startPostgres({
          directory: path.join(directory, 'postgres'),
          durable: false,
          ...(port !== undefined && { port }),
        }),
    };
    const [redis, postgres] = await Promise.all([start.redis(), start.postgres()]);
    await migrate({ url: postgres.url });
    const gateway = await connectBus({ servers: nats.url, name: 'gateway', logger: silentLogger });
    const servers = {
      redis: { running: redis, start: start.redis },
      postgres: { running: postgres, start: start.postgres },
    };
    return new UsageServers(directory, nats, servers, gateway);
  }

  async connectBus(): Promise<Bus> {
    const bus = await connectBus({ servers: this.nats.url, name: 'usage', logger: silentLogger });
    this.closing.push(() => bus.drain());
    return bus;
  }

  /** One replica of the service, stopped by `stopServices`. */
  async startReplica(now: () => number): Promise<RunningUsage> {
    const bus = await this.connectBus();
    const { redis, postgres } = this.servers;
    const usage = await startUsage({
      bus,
      redisUrl: redis.running.url,
      databaseUrl: postgres.running.url,
      signingKey: this.keys.privateKey,
      logger: silentLogger,
      now,
    });
    this.closing.push(() => usage.stop());
    return usage;
  }

  /** Closes what was started last, first. */
  async stopServices(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  /** Takes a server away, as a broken machine would. */
  async takeAway(name: 'redis' | 'postgres'): Promise<void> {
    await this.servers[name].running.stop();
  }

  /** Starts it again with the data it had. */
  async bringBack(name: 'redis' | 'postgres'): Promise<void> {
    const server = this.servers[name];
    server.running = await server.start(server.running.port);
  }

  async stop(): Promise<void> {
    await this.stopServices();
    this.redis.disconnect();
    await this.gateway.drain();
    await this.nats.stop();
    await this.database.$disconnect();
    await Promise.all(Object.values(this.servers).map(({ running }) => running.stop()));
    await rm(this.directory, { recursive: true, force: true });
  }
}
