// Real: NATS with JetStream on disk, Redis. Nothing is fake.
import { usageLowerSpend, usageRecorded, usageSpend, valueOf } from '@signalbox/contracts';
import { RedisLimitStore } from '@signalbox/rate-limits';
import { expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from './spec-support/a-usage-record.js';
import { useUsageServers } from './spec-support/use-usage-servers.js';

const servers = await useUsageServers();

it('tells what is spent of budgets: what is paid, and what calls under way may cost', async () => {
  await servers.startReplica(Date.now);
  const limits = new RedisLimitStore({ redis: servers.redis });
  const record = aUsageRecord({ costNanoDollars: 300 });
  const scopes = [{ kind: 'team' as const, id: 'spender', budgets: [{ maxNanoDollars: 9_000 }] }];
  const call = { candidates: [{ id: 'a' }], pick: 'first' as const, scopes, tokens: 1, leaseMs: 600_000 };
  await limits.admit([
    { ...call, reservationId: record.attemptId, nanoDollars: 1_000 },
    { ...call, reservationId: 'under way', nanoDollars: 20 },
  ]);
  const spent = async (): Promise<number[]> => {
    const budgets = [{ kind: 'team' as const, id: 'spender' }];
    return valueOf(await servers.gateway.call(usageSpend, { budgets })).nanoDollars;
  };
  expect(await spent()).toEqual([1_020]);
  const batch = aUsageBatch(record);
  await servers.gateway.publish(usageRecorded, batch, batch.batchId);
  await expect.poll(spent, { timeout: 20_000, interval: 20 }).toEqual([320]);
  const budgets = [{ kind: 'team' as const, id: 'spender' }];
  const lowered = await servers.gateway.call(usageLowerSpend, { budgets, nanoDollars: 5 });
  expect([valueOf(lowered).nanoDollars, await spent()]).toEqual([[320], [5]]);
});
