/** Real: Redis, written to as the usage service does it (its own spec shows that it does), NATS, one router. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  latencyListKey,
  latencyWishKey,
  routerDecide,
  valueOf,
  writeLatencySample,
  type LatencyKind,
} from '@signalbox/contracts';
import { ensureServerBinaries, startNats, startRedis, type RunningServer } from '@signalbox/local-stack';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import { latencyBased } from '@signalbox/routing';
import { aCatalog, aDeployment, aRouteRequest } from '@signalbox/routing/testing';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecentLatencies } from './recent-latencies.js';
import { settingsOf } from './spec-support/settings-of.js';
import { startRouter } from './start-router.js';

const logger = createLogger({ service: 'router-spec', level: 'silent' });
const dataDirectory = path.resolve(import.meta.dirname, '../../../.signalbox');
const settings = { ttlMs: 60_000, lowestLatencyBuffer: 0, maxSamples: 3 };
const eu = aDeployment({ id: 'eu' });
const us = aDeployment({ id: 'us' });
const settingsInForce = settingsOf({
  catalog: aCatalog([eu, us]),
  rules: { strategy: latencyBased(settings), timeoutMs: 60_000 },
  latency: settings,
});
const now = 1_795_168_200_000;

let directory: string;
let server: RunningServer;
let redis: Redis;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-router-'));
  const { redis: binary } = await ensureServerBinaries({ dataDirectory });
  server = await startRedis({ binary, directory: path.join(directory, 'redis'), durable: false });
  redis = connectRedis({ url: server.url, name: 'spec', onError: () => undefined });
}, 120_000);
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => redis.flushall());

/** Writes samples as they come, the newest last. */
async function answered(
  kind: LatencyKind,
  id: string,
  startedAt: number,
  ...latencies: number[]
): Promise<void> {
  const samples = latencies.map((latencyMs) => writeLatencySample({ startedAt, latencyMs }));
  await redis.lpush(latencyListKey(kind, id), ...samples);
}

describe('recent latencies', () => {
  const latencies = () => new RecentLatencies(redis, settingsInForce, () => now);

  it('ask for as many samples as they use, for a while only', async () => {
    await latencies().refresh();
    expect(await redis.get(latencyWishKey)).toBe('3 60000');
    expect(await redis.pttl(latencyWishKey)).toBeGreaterThan(0);
  });

  it('are means of the newest samples, streams for themselves', async () => {
    await answered('per_token', 'eu', now, 1_000, 10, 20, 30);
    await answered('first_byte', 'us', now, 300);
    const recent = latencies();
    await recent.refresh();
    expect(recent.latencyOf(eu, false)).toBe(20);
    expect(recent.latencyOf(us, true)).toBe(300);
    expect(recent.latencyOf(eu, true)).toBeUndefined();
    expect(recent.latencyOf(us, false)).toBeUndefined();
  });

  it('leave out what is older than the time they are valid for', async () => {
    await answered('per_token', 'eu', now - settings.ttlMs - 1, 1);
    await answered('per_token', 'eu', now - settings.ttlMs, 40);
    await answered('per_token', 'us', now - settings.ttlMs - 1, 1);
    const recent = latencies();
    await recent.refresh();
    expect(recent.latencyOf(eu, false)).toBe(40);
    expect(recent.latencyOf(us, false)).toBeUndefined();
  });

  it('stand as they were heard while Redis is away', async () => {
    await answered('per_token', 'eu', now, 10);
    const connection = connectRedis({ url: server.url, name: 'cut', onError: () => undefined });
    const recent = new RecentLatencies(connection, settingsInForce, () => now);
    await recent.refresh();
    connection.disconnect();
    await recent.refresh();
    expect(recent.latencyOf(eu, false)).toBe(10);
  });
});

describe('a router that prefers fast deployments', () => {
  let nats: RunningServer;
  let bus: Bus;
  beforeAll(async () => {
    const binaries = await ensureServerBinaries({ dataDirectory });
    nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
    bus = await connectBus({ servers: nats.url, name: 'router', logger });
  });
  afterAll(async () => {
    await bus.drain();
    await nats.stop();
  });

  let attempts = 0;
  async function chosen(stream: boolean): Promise<string | undefined> {
    attempts += 1;
    const request = aRouteRequest({ attemptId: `attempt-${attempts}`, stream });
    const { outcomes } = valueOf(await bus.call(routerDecide, { requests: [request] }));
    return outcomes[0]?.outcome === 'chosen' ? outcomes[0].deploymentId : undefined;
  }

  it('learns which is the fastest, and learns anew', async () => {
    await answered('per_token', 'eu', Date.now(), 10);
    await answered('per_token', 'us', Date.now(), 20);
    await answered('first_byte', 'eu', Date.now(), 400);
    await answered('first_byte', 'us', Date.now(), 100);
    const router = await startRouter({
      settings: settingsInForce,
      limits: new RedisLimitStore({ redis }),
      latencies: new RecentLatencies(redis, settingsInForce),
      bus,
      logger,
    });
    try {
      const both = async () => [await chosen(false), await chosen(true)];
      expect(await both()).toEqual(['eu', 'us']);
      await answered('per_token', 'eu', Date.now(), 90);
      await expect.poll(both, { timeout: 10_000, interval: 50 }).toEqual(['us', 'us']);
    } finally {
      await router.stop();
    }
  });
});
