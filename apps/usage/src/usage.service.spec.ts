// Real: NATS with JetStream on disk, Redis with its append-only file, Postgres, up to two replicas. Fake: the clock.
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  slotReturned,
  usageRecorded,
  usageSummary,
  valueOf,
  type UsageBatch,
  type UsagePeriod,
} from '@signalbox/contracts';
import { NatsStrategy } from '@signalbox/messaging';
import { RedisLimitStore } from '@signalbox/rate-limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from './spec-support/a-usage-record.js';
import { useUsageServers } from './spec-support/use-usage-servers.js';
import { UsageModule } from './usage.module.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const patience = { timeout: 20_000, interval: 20 };

const servers = await useUsageServers();
/** Every spec has a day of its own, and stands at five minutes and thirty seconds past ten. */
let now = Date.UTC(2026, 10, 1, 10, 5, 30);
const limits = new RedisLimitStore({ redis: servers.redis });

beforeEach(() => {
  now += dayMs;
});
afterEach(() => servers.stopServices());

const startReplica = () => servers.startReplica(() => now);
const publish = (batch: UsageBatch, messageId = batch.batchId) =>
  servers.gateway.publish(usageRecorded, batch, messageId);
const summary = async (): Promise<{ minute: UsagePeriod; day: UsagePeriod }> =>
  valueOf(await servers.gateway.call(usageSummary, {}));
const countedToday = async (): Promise<number> => (await summary()).day.total.requests;

async function reserve(reservationId: string): Promise<void> {
  const [result] = await limits.admit([
    {
      reservationId,
      candidates: [{ id: reservationId, maxParallelRequests: 1 }],
      pick: 'first',
      scopes: [],
      tokens: 500,
      leaseMs: 600_000,
    },
  ]);
  expect(result?.chosenId).toBe(reservationId);
}

/** Tokens in the window of the ledger that `reserve` made, and whether its slot is free again. */
async function ledgerOf(reservationId: string): Promise<{ tokens: number; isFree: boolean }> {
  const looking = `${reservationId} again`;
  const limit = 1_000_000;
  const [result] = await limits.admit([
    {
      reservationId: looking,
      candidates: [
        { id: reservationId, tpm: limit, maxParallelRequests: 1 },
        { id: reservationId, tpm: limit, order: 1 },
      ],
      pick: 'first',
      scopes: [],
      tokens: 0,
      leaseMs: 1_000,
    },
  ]);
  await limits.release([looking]);
  const isFree = result?.verdicts[0]?.code !== 'parallel';
  return { tokens: limit - (result?.state?.remainingTokens ?? 0), isFree };
}

describe('counting', () => {
  it('counts requests, failures and tokens of every dimension, of the minute and of the day', async () => {
    await startReplica();
    const caller = { keyHash: 'k1', teamId: 't:1', endUserId: 'ü 1' };
    await publish(
      aUsageBatch(
        aUsageRecord({ startedAt: now, ...caller }),
        aUsageRecord({ startedAt: now - 29_000, outcome: 'failed', deploymentId: 'openai' }),
      ),
    );
    const none = { prompt: 0, completion: 0, total: 0, source: 'none' as const };
    await publish(
      aUsageBatch(aUsageRecord({ startedAt: now, ...caller, outcome: 'timed_out', tokens: none })),
    );
    await publish(
      aUsageBatch(
        aUsageRecord({ startedAt: now - minuteMs, modelGroup: 'gpt-3.5', outcome: 'client_disconnected' }),
      ),
    );
    await expect.poll(countedToday, patience).toBe(4);

    const counts = (requests: number, failed: number, tokenAttempts: number) => ({
      requests,
      failed_requests: failed,
      prompt_tokens: 10 * tokenAttempts,
      completion_tokens: 20 * tokenAttempts,
      total_tokens: 30 * tokenAttempts,
    });
    const { minute, day } = await summary();
    const today = new Date(now).toISOString().slice(0, 10);
    expect(minute).toEqual({
      period: `${today}T10:05`,
      total: counts(3, 2, 2),
      by_deployment: { 'azure-eu': counts(2, 1, 1), openai: counts(1, 1, 1) },
      by_model_group: { 'gpt-4': counts(3, 2, 2) },
      by_team: { 't:1': counts(2, 1, 1) },
      by_key: { k1: counts(2, 1, 1) },
      by_end_user: { 'ü 1': counts(2, 1, 1) },
    });
    expect(day).toMatchObject({
      period: today,
      total: counts(4, 2, 3),
      by_model_group: { 'gpt-4': counts(3, 2, 2), 'gpt-3.5': counts(1, 0, 1) },
    });
  });

  it('counts an id that is no Unicode together with the rest of its batch', async () => {
    await startReplica();
    const odd = aUsageRecord({ startedAt: now, endUserId: 'ann\ud800' });
    await publish(aUsageBatch(odd, aUsageRecord({ startedAt: now, endUserId: 'bob' })));
    await expect.poll(countedToday, patience).toBe(2);
    expect(Object.keys((await summary()).day.by_end_user).sort()).toEqual(['ann\ufffd', 'bob']);
  });

  it('says nothing of yesterday and of nobody', async () => {
    await startReplica();
    const empty = {
      requests: 0,
      failed_requests: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
    };
    expect((await summary()).day).toEqual({
      period: new Date(now).toISOString().slice(0, 10),
      total: empty,
      by_deployment: {},
      by_model_group: {},
      by_team: {},
      by_key: {},
      by_end_user: {},
    });
  });

  it('keeps minutes for two hours, days for 45 days and marks for a day', async () => {
    await startReplica();
    const record = aUsageRecord({ startedAt: now });
    await publish(aUsageBatch(record));
    await expect.poll(countedToday, patience).toBe(1);
    const today = new Date(now).toISOString().slice(0, 10);
    const lives = await Promise.all(
      [`minute:${today}T10:05:total`, `day:${today}:by_deployment`, `attempt:${record.attemptId}`].map(
        (key) => servers.redis.ttl(`sb:{usage}:${key}`),
      ),
    );
    const expected = [2 * 3_600, 45 * 86_400, 86_400];
    lives.forEach((life, index) => {
      expect(life).toBeGreaterThan((expected[index] ?? 0) - 60);
      expect(life).toBeLessThanOrEqual(expected[index] ?? 0);
    });
  });

  it('does not let a wrong clock of a gateway stop the stream', async () => {
    await startReplica();
    const times = [-1, 9e15, now + 10 * dayMs];
    await publish(aUsageBatch(...times.map((startedAt) => aUsageRecord({ startedAt }))));
    await expect.poll(countedToday, patience).toBe(2);
  });
});

describe('every attempt once', () => {
  it('drops attempts that come again in another batch', async () => {
    await startReplica();
    const [one, two, three] = [0, 0, 0].map(() => aUsageRecord({ startedAt: now }));
    if (one === undefined || two === undefined || three === undefined) throw new Error('no records');
    await publish(aUsageBatch(one, two, one));
    await publish(aUsageBatch(two, three));
    await publish(aUsageBatch(aUsageRecord({ startedAt: now, deploymentId: 'last' })));
    await expect.poll(async () => (await summary()).day.by_deployment['last']?.requests, patience).toBe(1);
    expect(await countedToday()).toBe(4);
  });

  it('changes nothing when a batch comes again after all was done but the acknowledgement', async () => {
    let deliveries = 0;
    const failing: Pick<RedisLimitStore, 'settle' | 'spent' | 'lowerSpent' | 'unsettled'> = {
      unsettled: () => limits.unsettled(),
      spent: (budgets) => limits.spent(budgets),
      lowerSpent: (budgets, nanoDollars) => limits.lowerSpent(budgets, nanoDollars),
      async settle(settlements) {
        await limits.settle(settlements);
        deliveries += 1;
        if (deliveries < 3) throw new Error('the process dies here');
      },
    };
    const bus = await servers.connectBus();
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(
      UsageModule.with({
        redis: servers.redis,
        limits: failing,
        database: servers.database,
        signingKey: servers.keys.privateKey,
        now: () => now,
      }),
      { strategy: new NatsStrategy({ bus, queue: 'usage' }), logger: false },
    );
    await service.listen();
    const record = aUsageRecord({ startedAt: now });
    await reserve(record.attemptId);
    await publish(aUsageBatch(record));
    await expect.poll(() => deliveries, patience).toBe(3);
    expect(await countedToday()).toBe(1);
    expect(await ledgerOf(record.attemptId)).toEqual({ tokens: 30, isFree: true });
    await service.close();
  });

  it('counts exactly what two replicas are given together, in large batches and small', async () => {
    await startReplica();
    await startReplica();
    const batches = Array.from({ length: 150 }, (_, index) =>
      aUsageBatch(
        ...Array.from({ length: index % 50 === 0 ? 450 : 3 }, () => aUsageRecord({ startedAt: now })),
      ),
    );
    await Promise.all(batches.map((batch) => publish(batch)));
    const again = batches.map(({ records }) => aUsageBatch(...records));
    await Promise.all(again.map((batch) => publish(batch)));
    await publish(aUsageBatch(aUsageRecord({ startedAt: now, deploymentId: 'last' })));
    const expected = batches.flatMap(({ records }) => records).length;
    await expect.poll(countedToday, patience).toBe(expected + 1);
  });
});

describe('settling', () => {
  it('corrects the ledger to the real tokens and frees the slot, also of an attempt that failed', async () => {
    await startReplica();
    const good = aUsageRecord({ startedAt: now });
    const none = { prompt: 0, completion: 0, total: 0, source: 'none' as const };
    const bad = aUsageRecord({ startedAt: now, outcome: 'failed', tokens: none });
    await reserve(good.attemptId);
    await reserve(bad.attemptId);
    expect(await ledgerOf(good.attemptId)).toEqual({ tokens: 500, isFree: false });
    await publish(aUsageBatch(good, bad));
    await expect.poll(() => ledgerOf(good.attemptId), patience).toEqual({ tokens: 30, isFree: true });
    expect(await ledgerOf(bad.attemptId)).toEqual({ tokens: 0, isFree: true });
  });
});

it('frees a slot as soon as a gateway says so, before the usage record comes', async () => {
  await startReplica();
  await reserve('in a hurry');
  servers.gateway.broadcast(slotReturned, { attemptId: 'in a hurry', tokens: 70 });
  servers.gateway.broadcast(slotReturned, { attemptId: 'never heard of', tokens: 5 });
  await expect.poll(() => ledgerOf('in a hurry'), patience).toEqual({ tokens: 70, isFree: true });
  await publish(aUsageBatch(aUsageRecord({ startedAt: now, attemptId: 'in a hurry' })));
  await expect.poll(countedToday, patience).toBe(1);
  expect(await ledgerOf('in a hurry')).toEqual({ tokens: 70, isFree: true });
});

describe('when something is away', () => {
  it('loses nothing that was recorded before it started', async () => {
    await servers.gateway.ensureStream(usageRecorded);
    await publish(aUsageBatch(aUsageRecord({ startedAt: now })));
    await startReplica();
    await expect.poll(countedToday, patience).toBe(1);
  });

  it('keeps attempts in the stream while Redis is away, says so, and counts them when it is back', async () => {
    const usage = await startReplica();
    expect(await usage.readiness()).toEqual([
      { name: 'nats', ok: true },
      { name: 'redis', ok: true },
      { name: 'postgres', ok: true },
    ]);
    await servers.takeAway('redis');
    await publish(aUsageBatch(aUsageRecord({ startedAt: now }), aUsageRecord({ startedAt: now })));
    expect(await usage.readiness()).toContainEqual({ name: 'redis', ok: false });
    const reply = await servers.gateway.call(usageSummary, {}, { deadlineMs: 10_000 });
    expect(reply).toMatchObject({ ok: false, fault: { code: 'usage_unavailable' } });
    await servers.bringBack('redis');
    const recovered = async (): Promise<number> => {
      const after = await servers.gateway.call(usageSummary, {});
      return after.ok ? after.value.day.total.requests : 0;
    };
    await expect.poll(recovered, { timeout: 45_000, interval: 100 }).toBe(2);
  }, 90_000);
});
