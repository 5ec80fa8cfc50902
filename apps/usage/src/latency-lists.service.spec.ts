// Real: NATS, Redis, one replica. Fake: the clock.
import {
  latencyListKey,
  latencyWishKey,
  usageRecorded,
  usageSummary,
  valueOf,
  writeLatencyWish,
  type UsageRecord,
} from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from './spec-support/a-usage-record.js';
import { useUsageServers } from './spec-support/use-usage-servers.js';

const now = Date.UTC(2026, 10, 1, 10, 5, 30);
const patience = { timeout: 20_000, interval: 20 };

const servers = await useUsageServers();
let counted = 0;

await servers.startReplica(() => now);

/** Resolves when the attempts are counted; what is known of latencies is written in the same step. */
async function record(...records: UsageRecord[]): Promise<void> {
  const batch = aUsageBatch(...records);
  await servers.gateway.publish(usageRecorded, batch, batch.batchId);
  counted += records.length;
  const requests = async () => valueOf(await servers.gateway.call(usageSummary, {})).day.total.requests;
  await expect.poll(requests, patience).toBe(counted);
}

const listOf = (kind: 'per_token' | 'first_byte', id: string) =>
  servers.redis.lrange(latencyListKey(kind, id), 0, -1);
const wish = (size: number) => servers.redis.set(latencyWishKey, writeLatencyWish({ size, ttlMs: 60_000 }));

describe('how fast deployments answer', () => {
  it('is not kept while no router asks', async () => {
    await record(aUsageRecord({ startedAt: now, deploymentId: 'unasked' }));
    expect(await listOf('per_token', 'unasked')).toEqual([]);
  });

  it('is kept of the newest attempts, as many and as long as the router asks', async () => {
    await wish(3);
    const durations = [100, 200, 300, 400];
    await record(
      ...durations.map((durationMs) => aUsageRecord({ startedAt: now, durationMs, deploymentId: 'eu' })),
      aUsageRecord({ startedAt: now, streamed: true, firstByteMs: 45, deploymentId: 'us' }),
    );
    expect(await listOf('per_token', 'eu')).toEqual([`${now} 20.000`, `${now} 15.000`, `${now} 10.000`]);
    expect(await listOf('per_token', 'us')).toEqual([]);
    expect(await listOf('first_byte', 'us')).toEqual([`${now} 45.000`]);
    expect(await servers.redis.pttl(latencyListKey('per_token', 'eu'))).toBeGreaterThan(0);
  });

  it('counts an attempt once, however often it is told, and never from the future', async () => {
    await wish(10);
    const twice = aUsageRecord({ startedAt: now + 60_000, durationMs: 60, deploymentId: 'twice' });
    await record(twice);
    // Told again it is not counted again.
    counted -= 1;
    await record(twice, aUsageRecord({ startedAt: now, durationMs: 80, deploymentId: 'twice' }));
    expect(await listOf('per_token', 'twice')).toEqual([`${now} 4.000`, `${now} 3.000`]);
  });
});
