// Real: NATS with JetStream on disk, Redis, Postgres. Fake: the clock.
import { usageRecorded } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from '../spec-support/a-usage-record.js';
import { useUsageServers } from '../spec-support/use-usage-servers.js';
import { LedgerRetention } from './ledger-retention.repository.js';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 21, 10);
const patience = { timeout: 30_000, interval: 50 };

const servers = await useUsageServers();

it('deletes old attempts in small batches, by two replicas at once, and leaves the sums of their days', async () => {
  await servers.startReplica(() => now);
  const { database } = servers;
  const records = Array.from({ length: 12_000 }, (_, index) =>
    aUsageRecord({ startedAt: now - (index % 3) * dayMs }),
  );
  for (let start = 0; start < records.length; start += 2_000) {
    const batch = aUsageBatch(...records.slice(start, start + 2_000));
    await servers.gateway.publish(usageRecorded, batch, batch.batchId);
  }
  const left = () => database.usageAttempt.count();
  await expect.poll(left, patience).toBe(12_000);
  const sums = () => database.usageDaily.findMany({ orderBy: [{ day: 'asc' }] });
  const before = await sums();

  const moment = new Date(now - 1.5 * dayMs);
  const deleted = await Promise.all([1, 2].map(() => new LedgerRetention(database).deleteBefore(moment)));
  expect((deleted[0] ?? 0) + (deleted[1] ?? 0)).toBe(4_000);
  expect(await left()).toBe(8_000);
  const oldest = await database.usageAttempt.aggregate({ _min: { startedAt: true } });
  expect(oldest._min.startedAt).toEqual(new Date(now - dayMs));
  expect(await sums()).toEqual(before);

  expect(await new LedgerRetention(database).deleteBefore(new Date(now + dayMs))).toBe(8_000);
});
