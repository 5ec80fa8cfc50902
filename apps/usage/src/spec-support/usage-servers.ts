import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureServerBinaries, startNats, startRedis, type RunningServer } from '@signalbox/local-stack';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { connectRedis } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { startUsage, type RunningUsage } from '../start-usage.js';

export const silentLogger = createLogger({ service: 'usage-spec', level: 'silent' });

/** A real NATS and a real Redis that keeps its data, and what talks to them. */
export class UsageServers {
  readonly redis: Redis;
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly directory: string,
    private readonly nats: RunningServer,
    private redisServer: RunningServer,
    private readonly startRedisOn: (port: number) => Promise<RunningServer>,
    /** The gateway's side of the bus. */
    readonly gateway: Bus,
  ) {
    this.redis = connectRedis({ url: redisServer.url, name: 'spec', onError: () => undefined });
  }

  static async start(): Promise<UsageServers> {
    const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-usage-'));
    const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');
    const binaries = await ensureServerBinaries({ dataDirectory });
    const nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
    const redisOptions = { binary: binaries.redis, directory: path.join(directory, 'redis') };
    const redis = await startRedis(redisOptions);
    const gateway = await connectBus({ servers: nats.url, name: 'gateway', logger: silentLogger });
    const startRedisOn = (port: number) => startRedis({ ...redisOptions, port });
    return new UsageServers(directory, nats, redis, startRedisOn, gateway);
  }

  async connectBus(): Promise<Bus> {
    const bus = await connectBus({ servers: this.nats.url, name: 'usage', logger: silentLogger });
    this.closing.push(() => bus.drain());
    return bus;
  }

  /** One replica of the service, stopped by `stopServices`. */
  async startReplica(now: () => number): Promise<RunningUsage> {
    const bus = await this.connectBus();
    const usage = await startUsage({ bus, redisUrl: this.redisServer.url, logger: silentLogger, now });
    this.closing.push(() => usage.stop());
    return usage;
  }

  /** Closes what was started last, first. */
  async stopServices(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  async stopRedis(): Promise<void> {
    await this.redisServer.stop();
  }

  /** Starts it again with the data it had. */
  async restartRedis(): Promise<void> {
    this.redisServer = await this.startRedisOn(this.redisServer.port);
  }

  async stop(): Promise<void> {
    await this.stopServices();
    this.redis.disconnect();
    await this.gateway.drain();
    await this.nats.stop();
    await this.redisServer.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
