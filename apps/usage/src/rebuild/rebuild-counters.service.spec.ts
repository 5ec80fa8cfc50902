// Real: NATS with JetStream on disk, Redis, Postgres, up to two replicas. Fake: the clock.
import { usageRecorded, type UsageBatch } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from '../spec-support/a-usage-record.js';
import { useUsageServers } from '../spec-support/use-usage-servers.js';
import { rebuildCounters } from './rebuild-counters.js';

const dayMs = 86_400_000;
const now = Math.floor(Date.now() / dayMs) * dayMs + 10 * 3_600_000;
const patience = { timeout: 30_000, interval: 50 };

const servers = await useUsageServers();

/** Attempts of the last days, of a few callers, good and bad. */
function someBatches(count: number): UsageBatch[] {
  return Array.from({ length: count }, (_, index) =>
    aUsageBatch(
      ...[0, 1, 2].map((which) =>
        aUsageRecord({
          startedAt: now - (index % 5) * dayMs - which * 60_000,
          outcome: (index + which) % 4 === 0 ? 'timed_out' : 'succeeded',
          deploymentId: `deployment-${which}`,
          teamId: index % 2 === 0 ? 't:1' : null,
          keyHash: `k${index % 3}`,
          endUserId: index % 3 === 0 ? 'ü 1' : null,
        }),
      ),
    ),
  );
}

/** Every count of every day, as Redis has it. */
async function countsOfDays(): Promise<Record<string, Record<string, string>>> {
  const keys = await servers.redis.keys('sb:{usage}:day:*');
  const hashes = await Promise.all(keys.sort().map(async (key) => [key, await servers.redis.hgetall(key)]));
  return Object.fromEntries(hashes) as Record<string, Record<string, string>>;
}

const publish = (batch: UsageBatch) => servers.gateway.publish(usageRecorded, batch, batch.batchId);
const attemptsCounted = async (): Promise<number> => {
  const counts = await countsOfDays();
  const totals = Object.entries(counts).filter(([key]) => key.endsWith(':total'));
  return totals.reduce((sum, [, fields]) => sum + Number(fields['requests:']), 0);
};
const rebuild = async () => {
  const { redis, database } = servers;
  return rebuildCounters({ bus: await servers.connectBus(), redis, database, now: () => now });
};

it('makes the counters of every day from the ledger, the same as before they were lost', async () => {
  await Promise.all([servers.startReplica(() => now), servers.startReplica(() => now)]);
  const batches = someBatches(100);
  await Promise.all(batches.map(publish));
  await expect.poll(attemptsCounted, patience).toBe(300);
  await expect(rebuild()).rejects.toThrow('A usage service is running');
  await servers.stopServices();
  const before = await countsOfDays();
  expect(Object.keys(before)).toHaveLength(5 * 6);

  await servers.redis.flushall();
  expect(await rebuild()).toEqual({ attempts: 120, days: 3 });
  expect(await countsOfDays()).toEqual(before);

  // Wrong counts are made right, and so is the other run.
  await servers.redis.hincrby(Object.keys(before)[0] ?? '', 'requests:', 7);
  await rebuild();
  expect(await countsOfDays()).toEqual(before);
});

it('knows what it counted when it comes again, and counts what came meanwhile', async () => {
  await servers.stopServices();
  const before = await attemptsCounted();
  const [meanwhile] = someBatches(1);
  if (meanwhile === undefined) throw new Error('no batch');
  await publish(meanwhile);
  await rebuild();
  expect(await attemptsCounted()).toBe(before + 3);
  await servers.startReplica(() => now);
  await publish(aUsageBatch(...meanwhile.records, aUsageRecord({ startedAt: now })));
  await expect.poll(attemptsCounted, patience).toBe(before + 4);
});
