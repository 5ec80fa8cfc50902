// Real: NATS with JetStream on disk, Redis, Postgres, up to two replicas. Fake: the clock.
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  usageRecorded,
  usageSummary,
  valueOf,
  type UsageBatch,
  type UsageRecord,
} from '@signalbox/contracts';
import { NatsStrategy } from '@signalbox/messaging';
import { RedisLimitStore } from '@signalbox/rate-limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aUsageBatch, aUsageRecord } from '../spec-support/a-usage-record.js';
import { useUsageServers } from '../spec-support/use-usage-servers.js';
import { UsageModule } from '../usage.module.js';
import { LedgerRepository } from './ledger.repository.js';

const now = Date.UTC(2026, 10, 1, 10, 5, 30);
const patience = { timeout: 30_000, interval: 20 };

const servers = await useUsageServers();

beforeEach(async () => {
  await servers.database.usageAttempt.deleteMany();
  await servers.database.usageDaily.deleteMany();
});
afterEach(() => servers.stopServices());

const startReplica = () => servers.startReplica(() => now);
const publish = (batch: UsageBatch) => servers.gateway.publish(usageRecorded, batch, batch.batchId);
const written = () => servers.database.usageAttempt.count();

/** Sums of one part, and the same from the attempts themselves. */
async function sumsOf(part: 'all' | 'end_user' | 'tag') {
  const { _sum: daily } = await servers.database.usageDaily.aggregate({
    where: { part },
    _sum: { attempts: true, failedAttempts: true, totalTokens: true, costNanoDollars: true, unpriced: true },
  });
  const attempts = await servers.database.usageAttempt.findMany();
  const timesOf = { all: () => 1, end_user: isNamed, tag: tagsOf };
  const times = attempts.map((attempt) => ({ ...attempt, times: timesOf[part](attempt) }));
  const sum = (of: (attempt: (typeof times)[number]) => bigint | number) =>
    times.reduce((total, attempt) => total + BigInt(attempt.times) * BigInt(of(attempt)), 0n);
  return {
    daily: { ...daily },
    attempts: {
      attempts: sum(() => 1),
      failedAttempts: sum(({ outcome }) => (outcome === 'failed' ? 1 : 0)),
      totalTokens: sum(({ totalTokens }) => totalTokens),
      costNanoDollars: sum(({ costNanoDollars }) => costNanoDollars ?? 0),
      unpriced: sum(({ costNanoDollars }) => (costNanoDollars === null ? 1 : 0)),
    },
  };
}

function isNamed({ endUserId }: { endUserId: string | null }): number {
  return endUserId === null ? 0 : 1;
}

function tagsOf({ tags }: { tags: string[] }): number {
  return new Set(tags).size;
}

async function expectSumsToAgree(): Promise<void> {
  for (const part of ['all', 'end_user', 'tag'] as const) {
    const { daily, attempts } = await sumsOf(part);
    expect(daily, part).toEqual(attempts);
  }
}

/** Attempts of a few callers, good and bad, priced and not, tagged and not. */
function someRecords(count: number): UsageRecord[] {
  return Array.from({ length: count }, (_, index) =>
    aUsageRecord({
      startedAt: now - (index % 3) * 86_400_000,
      outcome: index % 5 === 0 ? 'failed' : 'succeeded',
      teamId: index % 2 === 0 ? 'red' : null,
      keyHash: `k${index % 4}`,
      endUserId: index % 3 === 0 ? `ann ${index % 6}` : null,
      ...(index % 4 === 0 && { tags: ['free', 'eu', 'free'] }),
      ...(index % 7 !== 0 && { costNanoDollars: 1_000 + index }),
    }),
  );
}

describe('an attempt in the ledger', () => {
  it('has every fact of its record', async () => {
    await startReplica();
    const record = aUsageRecord({
      startedAt: now - 1_000,
      durationMs: 512.5,
      firstByteMs: 31.25,
      streamed: true,
      mode: 'chat',
      provider: 'azure',
      providerModel: 'gpt-4o-eu',
      keyHash: 'k1',
      teamId: 't:1',
      userId: 'u1',
      endUserId: 'ü 1',
      tags: ['free', 'eu'],
      tokens: {
        ...{
          prompt: 10,
          promptAudio: 3,
          cached: 4,
          completion: 20,
          completionImage: 5,
          reasoning: 8,
          total: 30,
        },
        source: 'estimated',
      },
      costNanoDollars: 84_000,
    });
    await publish(aUsageBatch(record));
    await expect.poll(written, patience).toBe(1);
    const [attempt] = await servers.database.usageAttempt.findMany();
    expect(attempt).toEqual({
      attemptId: record.attemptId,
      requestId: record.requestId,
      startedAt: new Date(now - 1_000),
      durationMs: 512.5,
      firstByteMs: 31.25,
      outcome: 'succeeded',
      upstreamStatus: 200,
      streamed: true,
      mode: 'chat',
      deploymentId: 'azure-eu',
      modelGroup: 'gpt-4',
      provider: 'azure',
      providerModel: 'gpt-4o-eu',
      region: 'swedencentral',
      keyHash: 'k1',
      teamId: 't:1',
      userId: 'u1',
      endUserId: 'ü 1',
      tags: ['free', 'eu'],
      promptTokens: 10n,
      answerTokens: 20n,
      totalTokens: 30n,
      cachedTokens: 4n,
      reasoningTokens: 8n,
      otherTokens: { prompt_audio_tokens: 3, completion_image_tokens: 5 },
      tokenSource: 'estimated',
      costNanoDollars: 84_000n,
    });
    await expectSumsToAgree();
  });

  it('is taken whatever stands in it', async () => {
    await startReplica();
    await publish(
      aUsageBatch(
        aUsageRecord({ startedAt: 9e15, endUserId: 'ann\ud800\0', userId: 'é'.repeat(2_000), tags: ['\0'] }),
        aUsageRecord({ startedAt: -1, modelGroup: '𝄞'.repeat(1_000), deploymentId: '' }),
      ),
    );
    await expect.poll(written, patience).toBe(2);
    const [past, future] = await servers.database.usageAttempt.findMany({ orderBy: { startedAt: 'asc' } });
    expect(past).toMatchObject({ startedAt: new Date(0), modelGroup: '𝄞'.repeat(256) });
    expect(future).toMatchObject({
      startedAt: new Date(now),
      endUserId: 'ann\ufffd\ufffd',
      tags: ['\ufffd'],
    });
  });
});

describe('every attempt once', () => {
  it('when two replicas are given the same attempts in any order, together', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const records = someRecords(600);
    const shuffled = records.toSorted((one, other) => one.durationMs - other.durationMs).reverse();
    const batches = [records, shuffled].flatMap((all) =>
      Array.from({ length: 60 }, (_, index) => aUsageBatch(...all.slice(index * 10, index * 10 + 10))),
    );
    await Promise.all(batches.map(publish));
    await publish(aUsageBatch(aUsageRecord({ startedAt: now, attemptId: 'last', costNanoDollars: 1 })));
    await expect.poll(written, patience).toBe(601);
    await expectSumsToAgree();
  });

  it('when connections to Postgres break while it writes', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const records = someRecords(3_000);
    const batches = Array.from({ length: 300 }, (_, index) =>
      aUsageBatch(...records.slice(index * 10, index * 10 + 10)),
    );
    const publishing = Promise.all(batches.map(publish));
    await expect
      .poll(async () => {
        await servers.database.$queryRaw`
          SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
          WHERE query LIKE '%usage_daily%' AND pid <> pg_backend_pid()`;
        return written();
      }, patience)
      .toBe(3_000);
    await publishing;
    await expectSumsToAgree();
  });

  it('when the process dies after writing and before it acknowledges', async () => {
    const deliveries: number[] = [];
    class DyingLedger extends LedgerRepository {
      override async append(records: readonly UsageRecord[]): Promise<number> {
        deliveries.push(await super.append(records));
        if (deliveries.length < 3) throw new Error('the process dies here');
        return 0;
      }
    }
    const bus = await servers.connectBus();
    const limits = new RedisLimitStore({ redis: servers.redis });
    const { redis, database } = servers;
    const house = UsageModule.with({
      redis,
      limits,
      database,
      signingKey: servers.keys.privateKey,
      now: () => now,
    });
    const dying = { provide: LedgerRepository, useClass: DyingLedger };
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(
      { ...house, providers: [...(house.providers ?? []), dying] },
      { strategy: new NatsStrategy({ bus, queue: 'usage' }), logger: false },
    );
    await service.listen();
    await publish(aUsageBatch(...someRecords(20)));
    await expect.poll(() => deliveries, patience).toEqual([20, 0, 0]);
    await service.close();
    await expectSumsToAgree();
  });
});

it('waits for Postgres while Redis goes on counting, and then has everything', async () => {
  const usage = await startReplica();
  const countedToday = async (): Promise<number> =>
    valueOf(await servers.gateway.call(usageSummary, {})).day.total.requests;
  const before = await countedToday();
  await servers.takeAway('postgres');
  await publish(aUsageBatch(...someRecords(12)));
  await expect.poll(countedToday, patience).toBe(before + 4);
  expect(await usage.readiness()).toContainEqual({
    name: 'postgres',
    ok: true,
    detail: 'away: attempts for the ledger wait in the stream',
  });
  await servers.bringBack('postgres');
  await expect.poll(() => written().catch(() => 0), { timeout: 45_000, interval: 100 }).toBe(12);
  await expectSumsToAgree();
}, 90_000);
