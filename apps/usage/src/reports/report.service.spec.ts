// Real: NATS with JetStream on disk, Redis, Postgres. Fake: the clock.
import {
  mostReportRows,
  reportDimensions,
  usageAttempts,
  usageRecorded,
  usageReport,
  valueOf,
  type AttemptRow,
  type CallContract,
  type UsageRecord,
} from '@signalbox/contracts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { aUsageBatch, aUsageRecord } from '../spec-support/a-usage-record.js';
import { useUsageServers } from '../spec-support/use-usage-servers.js';

const dayMs = 86_400_000;
const today = Date.UTC(2026, 10, 21, 10, 5, 30);
const patience = { timeout: 30_000, interval: 50 };

const servers = await useUsageServers();
/** What the ledger has: two days, two teams, three models, good and bad, priced and not. */
let records: UsageRecord[];

beforeAll(async () => {
  await servers.startReplica(() => today);
  records = Array.from({ length: mostReportRows + 100 }, (_, index) =>
    aUsageRecord({
      startedAt: today - (index % 2) * dayMs - Math.floor(index / 6),
      requestId: `request-${Math.floor(index / 2)}`,
      outcome: index % 10 === 0 ? 'failed' : 'succeeded',
      modelGroup: ['gpt-4', 'gpt-3.5', 'o1'][index % 3] ?? '',
      keyHash: `k${index % 7}`,
      teamId: index % 4 === 0 ? null : `team-${index % 2}`,
      endUserId: `user-${index}`,
      ...(index % 5 === 0 && { tags: ['free', 'eu'] }),
      ...(index % 6 !== 0 && { costNanoDollars: index }),
      tokens: {
        ...{ prompt: 10, completion: 20, total: 30, source: 'provider' },
        ...(index % 2 === 0 && { cached: 4, cacheWritten: 3, reasoning: 2 }),
      },
    }),
  );
  const batch = aUsageBatch(...records);
  await servers.gateway.publish(usageRecorded, batch, batch.batchId);
  const isWritten = async (): Promise<void> => {
    expect(await servers.database.usageAttempt.count()).toBe(records.length);
  };
  await vi.waitFor(isWritten, patience);
}, 120_000);

async function ask<Request extends z.ZodType, Value extends z.ZodType>(
  contract: CallContract<Request, Value>,
  request: z.input<Request>,
) {
  return valueOf(await servers.gateway.call(contract, request, { deadlineMs: 30_000 }));
}

const costOf = (some: readonly UsageRecord[]) =>
  some.reduce((sum, { costNanoDollars = 0 }) => sum + costNanoDollars, 0);

describe('a report', () => {
  it('has one row of everything when nothing is asked apart', async () => {
    const { rows } = await ask(usageReport, { by: [] });
    expect(rows).toEqual([
      {
        by: [],
        sums: {
          attempts: records.length,
          failed_attempts: records.length / 10,
          prompt_tokens: 10 * records.length,
          completion_tokens: 20 * records.length,
          total_tokens: 30 * records.length,
          cached_tokens: 2 * records.length,
          cache_written_tokens: 1.5 * records.length,
          reasoning_tokens: records.length,
          nano_dollars: costOf(records),
          unpriced_attempts: records.length / 6,
          estimated_attempts: 0,
        },
      },
    ]);
  });

  it('comes to the same by whatever it is kept apart', async () => {
    for (const dimension of reportDimensions) {
      const { rows } = await ask(usageReport, { by: ['day', dimension] });
      expect(rows.reduce((sum, row) => sum + row.sums.nano_dollars, 0)).toBe(costOf(records));
    }
  });

  it('goes by days and by whose attempts they are', async () => {
    const { rows } = await ask(usageReport, {
      by: ['day', 'team_id'],
      from: '2026-11-21',
      until: '2026-11-21',
      where: { team_id: ['team-0', 'team-1'], model_group: ['gpt-4'] },
    });
    const expected = records.filter(
      ({ startedAt, teamId, modelGroup }) =>
        startedAt >= Date.UTC(2026, 10, 21) && teamId === 'team-0' && modelGroup === 'gpt-4',
    );
    expect(rows.map(({ by, sums }) => [by, sums.attempts])).toEqual([
      [['2026-11-21', 'team-0'], expected.length],
    ]);
  });

  it('counts an attempt for each of its tags', async () => {
    const tagged = records.filter(({ tags }) => tags !== undefined);
    const { rows } = await ask(usageReport, { part: 'tag', by: ['subject'] });
    expect(rows.map(({ by, sums }) => [by, sums.attempts, sums.nano_dollars])).toEqual([
      [['eu'], tagged.length, costOf(tagged)],
      [['free'], tagged.length, costOf(tagged)],
    ]);
  });

  it('comes in pages that have every row once', async () => {
    const query = { part: 'end_user' as const, by: ['subject' as const] };
    const first = await ask(usageReport, query);
    expect(first).toMatchObject({ has_more: true });
    const rest = await ask(usageReport, { ...query, after: first.rows.at(-1)?.by });
    expect(rest).toMatchObject({ has_more: false });
    const found = [...first.rows, ...rest.rows].map(({ by }) => by[0]);
    expect(found).toHaveLength(records.length);
    expect(new Set(found)).toEqual(new Set(records.map(({ endUserId }) => endUserId)));
  });

  it('names those that cost most', async () => {
    const { rows } = await ask(usageReport, { part: 'end_user', by: ['subject'], top: 2 });
    const dearest = records.toSorted(
      (one, other) => (other.costNanoDollars ?? 0) - (one.costNanoDollars ?? 0),
    );
    expect(rows.map(({ by }) => by[0])).toEqual([dearest[0]?.endUserId, dearest[1]?.endUserId]);
  });

  it('of a database that holds nothing is empty and not missing', async () => {
    const { rows } = await ask(usageReport, { by: [], from: '2030-01-01' });
    expect(rows).toMatchObject([{ sums: { attempts: 0, nano_dollars: 0 } }]);
    expect((await ask(usageReport, { by: ['day'], from: '2030-01-01' })).rows).toEqual([]);
  });
});

describe('the list of attempts', () => {
  it('is filtered, sorted and paged', async () => {
    const wanted = records.filter(({ keyHash, outcome }) => keyHash === 'k3' && outcome === 'failed');
    const query = { key_hash: 'k3', failed: true, sort_by: 'started_at', sort_order: 'asc' } as const;
    const { rows, total } = await ask(usageAttempts, { ...query, size: 5 });
    expect(total).toBe(wanted.length);
    const inOrder = wanted.toSorted((one, other) => one.startedAt - other.startedAt);
    expect(rows.map(({ attempt_id: id }) => id)).toEqual(
      inOrder.slice(0, 5).map(({ attemptId }) => attemptId),
    );
    const second = await ask(usageAttempts, { ...query, size: 5, page: 2 });
    expect(second.rows[0]?.attempt_id).toBe(inOrder[5]?.attemptId);
  });

  it('is read to its end, every attempt once, the newest first, in messages that hold them', async () => {
    const found: AttemptRow[] = [];
    for (let after: AttemptRow | undefined, hasMore = true; hasMore; after = found.at(-1)) {
      const { rows, has_more: more } = await ask(usageAttempts, { failed: false, size: 1_000, after });
      found.push(...rows);
      hasMore = more;
    }
    const wanted = records.filter(({ outcome }) => outcome === 'succeeded');
    expect(found).toHaveLength(wanted.length);
    expect(new Set(found.map(({ attempt_id: id }) => id)).size).toBe(wanted.length);
    const times = found.map(({ started_at: at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('finds the attempts of a request, of a tag, of a price and of an hour', async () => {
    const total = async (query: z.input<typeof usageAttempts.request>) =>
      (await ask(usageAttempts, query)).total;
    expect(await total({ request_id: 'request-7' })).toBe(2);
    expect(await total({ tag: 'eu', end_user_id: 'user-5' })).toBe(1);
    expect(await total({ min_nano_dollars: 1, max_nano_dollars: 4 })).toBe(4);
    expect(await total({ until: '2026-11-20T00:00:00.000Z' })).toBe(0);
    expect(await total({ from: '2026-11-21T00:00:00.000Z' })).toBe(records.length / 2);
  });

  it('says of a price that nobody knows that it is not known', async () => {
    const { rows } = await ask(usageAttempts, { end_user_id: 'user-6' });
    expect(rows).toMatchObject([{ nano_dollars: null, total_tokens: 30 }]);
  });
});
