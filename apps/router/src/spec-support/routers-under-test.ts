import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LimitsWithoutRedis } from '@signalbox/config';
import {
  routerDecide,
  usageRecorded,
  valueOf,
  type Deployment,
  type RouteOutcome,
  type RouteRequest,
  type UsageRecord,
} from '@signalbox/contracts';
import { cooldownPolicy, RedisCooldownStore, type CooldownStore } from '@signalbox/cooldowns';
import { ensureServerBinaries, startNats, startRedis, type RunningServer } from '@signalbox/local-stack';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import type { CooldownRules } from '@signalbox/routing';
import { aCatalog, aRouteRequest } from '@signalbox/routing/testing';
import { announceRouter } from '../announce-router.js';
import { LiveRouters } from '../live-routers.js';
import { RouterLimits } from '../router-limits.js';
import { startRouter } from '../start-router.js';
import { settingsOf } from './settings-of.js';

const dataDirectory = path.resolve(import.meta.dirname, '../../../../.signalbox');
const silent = createLogger({ service: 'router-spec', level: 'silent' });

interface RouterUnderTest {
  readonly routers: LiveRouters;
  readonly limits: RouterLimits;
  readonly cooldowns: CooldownStore;
  stop(): Promise<void>;
}

/** Several routers in this process, each with connections of its own, on a real NATS and a Redis that can be taken away. */
export class RoutersUnderTest {
  readonly routers: RouterUnderTest[] = [];
  /** What the routers have logged from `info` on. */
  readonly logLines: { readonly msg: string; readonly routers: number }[] = [];
  private attempts = 0;

  private constructor(
    private readonly deployments: readonly Deployment[],
    private readonly withoutRedis: LimitsWithoutRedis,
    private readonly nats: RunningServer,
    private redis: RunningServer,
    private readonly startRedisAgain: (port: number) => Promise<RunningServer>,
    private readonly asking: Bus,
    private readonly directory: string,
    private readonly cooldownRules: CooldownRules | undefined,
  ) {}

  static async start(
    count: number,
    withoutRedis: LimitsWithoutRedis,
    deployments: readonly Deployment[],
    cooldownRules?: CooldownRules,
  ): Promise<RoutersUnderTest> {
    const directory = await mkdtemp(path.join(tmpdir(), 'signalbox-routers-'));
    const binaries = await ensureServerBinaries({ dataDirectory });
    const redisOf = (port?: number): Promise<RunningServer> =>
      startRedis({ binary: binaries.redis, directory: path.join(directory, 'redis'), ...(port && { port }) });
    const nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
    const asking = await connectBus({ servers: nats.url, name: 'asking', logger: silent });
    await asking.ensureStream(usageRecorded);
    const all = new RoutersUnderTest(
      deployments,
      withoutRedis,
      nats,
      await redisOf(),
      redisOf,
      asking,
      directory,
      cooldownRules,
    );
    for (let place = 0; place < count; place += 1) await all.add(`router-${place}`);
    return all;
  }

  async add(routerId: string): Promise<void> {
    const bus = await connectBus({ servers: this.nats.url, name: routerId, logger: silent });
    const logger = createLogger({
      service: routerId,
      level: 'info',
      destination: {
        write: (line) => this.logLines.push(JSON.parse(line) as (typeof this.logLines)[number]),
      },
    });
    const client = connectRedis({ url: this.redis.url, name: routerId, onError: () => undefined });
    const routers = new LiveRouters(routerId);
    const shared = new RedisLimitStore({ redis: client });
    const limits = new RouterLimits({ shared, withoutRedis: this.withoutRedis, routers, bus, logger });
    const stopAnnouncing = await announceRouter(bus, routers);
    await limits.store.ready();
    const catalog = aCatalog(this.deployments);
    const { cooldownRules: rules } = this;
    const cooldowns = new RedisCooldownStore({ redis: client });
    const router = await startRouter({
      settings: settingsOf({ catalog, ...(rules && { cooldowns: cooldownPolicy(catalog, rules) }) }),
      limits: limits.store,
      cooldowns: rules && cooldowns,
      bus,
      logger,
    });
    const stop = async (): Promise<void> => {
      await router.stop();
      await limits.stop();
      await stopAnnouncing();
      await bus.drain();
      client.disconnect();
    };
    this.routers.push({ routers, limits, cooldowns, stop });
  }

  ask(count: number, model: string, residency: string[] = []): Promise<RouteOutcome[]> {
    return this.askFor(count, {
      model,
      residency: residency.map((zone) => ({ allowed: [zone], from: 'end_user' as const })),
    });
  }

  /** One message each, so that all routers get some. */
  askFor(count: number, words: Partial<RouteRequest>): Promise<RouteOutcome[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const request = aRouteRequest({ attemptId: `attempt-${(this.attempts += 1)}`, ...words });
        const reply = await this.asking.call(routerDecide, { requests: [request] }, { deadlineMs: 20_000 });
        const [outcome] = valueOf(reply).outcomes;
        if (outcome === undefined) throw new Error('no outcome');
        return outcome;
      }),
    );
  }

  /** Tells that an attempt was answered, as a gateway does. */
  async end(attemptId: string, total: number): Promise<void> {
    await this.ended({ attemptId, tokens: { prompt: 0, completion: total, total, source: 'provider' } });
  }

  /** Tells how an attempt ended, as a gateway does: answered just now, unless told. */
  async ended(words: Partial<UsageRecord>): Promise<void> {
    const record: UsageRecord = {
      attemptId: `attempt-${(this.attempts += 1)}`,
      requestId: 'request',
      startedAt: Date.now(),
      durationMs: 1,
      outcome: 'succeeded',
      upstreamStatus: 200,
      streamed: false,
      deploymentId: 'any',
      modelGroup: 'any',
      region: null,
      keyHash: null,
      teamId: null,
      endUserId: null,
      tokens: { prompt: 0, completion: 0, total: 0, source: 'none' },
      ...words,
    };
    await this.asking.publish(
      usageRecorded,
      { batchId: record.attemptId, records: [record] },
      record.attemptId,
    );
  }

  /** What Redis holds, and how many scripts it has run. */
  async lookIntoRedis(): Promise<{ keys: string[]; scripts: number }> {
    const client = connectRedis({ url: this.redis.url, name: 'spec', onError: () => undefined });
    const [keys, statistics] = await Promise.all([client.keys('*'), client.info('commandstats')]);
    client.disconnect();
    return { keys, scripts: Number(/cmdstat_evalsha:calls=(\d+)/.exec(statistics)?.[1] ?? 0) };
  }

  stopRedis(): Promise<void> {
    return this.redis.stop();
  }

  async killRedis(): Promise<void> {
    process.kill(this.redis.pid, 'SIGKILL');
    await this.redis.failed;
  }

  async reviveRedis(): Promise<void> {
    this.redis = await this.startRedisAgain(this.redis.port);
  }

  /** Redis keeps its connections and says nothing any more. */
  pauseRedis(): void {
    process.kill(this.redis.pid, 'SIGSTOP');
  }

  resumeRedis(): void {
    process.kill(this.redis.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await Promise.all(this.routers.map((router) => router.stop()));
    await this.asking.drain();
    await this.nats.stop();
    await this.redis.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
