import {
  usageRecorded,
  usageSummary,
  type ReportDimension,
  type ReportPart,
  type UsageCounts,
  type UsageSums,
} from '@signalbox/contracts';
import type { Database } from '@signalbox/database';
import type { Bus } from '@signalbox/messaging';
import type { Redis } from 'ioredis';
import { setTimeout as wait } from 'node:timers/promises';
import { LedgerRepository } from '../ledger/ledger.repository.js';
import { ReportRepository } from '../reports/report.repository.js';
import { UsageCountersRepository } from '../usage-counters.repository.js';
import type { Dimension } from '../usage-keys.js';
import { attemptsSince } from './attempts-since.repository.js';

const dayMs = 86_400_000;
/** As many days as Redis keeps. */
const daysKept = 45;
/** Days whose attempts are counted one by one, so that those which come again are known: marks live a day. */
const daysMarked = 2;

export interface RebuildResources {
  readonly bus: Bus;
  readonly redis: Redis;
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Rebuild {
  /** Attempts counted one by one. */
  readonly attempts: number;
  /** Days before those, taken from the sums. */
  readonly days: number;
}

/** Where the ledger keeps what a part of a day in Redis is counted by. */
const sources: Readonly<Record<Dimension | 'total', { part: ReportPart; by: ReportDimension[] }>> = {
  total: { part: 'all', by: ['day'] },
  by_deployment: { part: 'all', by: ['day', 'deployment_id'] },
  by_model_group: { part: 'all', by: ['day', 'model_group'] },
  by_team: { part: 'all', by: ['day', 'team_id'] },
  by_key: { part: 'all', by: ['day', 'key_hash'] },
  by_end_user: { part: 'end_user', by: ['day', 'subject'] },
};

/**
 * Makes the counters in Redis anew from the ledger. What was counted and is not in the ledger yet is written there first;
 * what comes meanwhile waits in the stream for the usage services. Budgets and limits are not touched.
 * @throws Error while a usage service runs: it would count what is about to be forgotten
 */
export async function rebuildCounters({ bus, redis, database, now }: RebuildResources): Promise<Rebuild> {
  await requireNoService(bus);
  const counters = new UsageCountersRepository(redis, now);
  await completeLedger(bus, new LedgerRepository(database, now));
  await counters.clear();
  const marked = new Date(Math.floor(now() / dayMs) * dayMs - (daysMarked - 1) * dayMs);
  let attempts = 0;
  for await (const some of attemptsSince(database, marked)) attempts += await counters.recount(some);
  const days = await writeDays(new ReportRepository(database), counters, marked);
  return { attempts, days };
}

async function requireNoService(bus: Bus): Promise<void> {
  const reply = await bus.call(usageSummary, {});
  // Nobody there is the one failure that the caller's own side names.
  if (!reply.ok && reply.fault.code === 'internal_error') return;
  throw new Error('A usage service is running: stop all of them first. What they miss waits in the stream.');
}

/** Writes to the ledger what the stream has had until now. */
async function completeLedger(bus: Bus, ledger: LedgerRepository): Promise<void> {
  await bus.ensureStream(usageRecorded);
  const consumer = { durable: 'ledger', batchSize: 100 };
  const intake = await bus.consume(usageRecorded, consumer, (batches) =>
    ledger.append(batches.flatMap((batch) => batch.records)),
  );
  const { stored } = await bus.progress(usageRecorded, consumer.durable);
  while ((await bus.progress(usageRecorded, consumer.durable)).acknowledged < stored) await wait(100);
  await intake.stop();
}

/** Days before those whose attempts were counted. Returns how many have any. */
async function writeDays(
  reports: ReportRepository,
  counters: UsageCountersRepository,
  before: Date,
): Promise<number> {
  const written = new Set<string>();
  for (let ago = 1; ago <= daysKept - daysMarked; ago += 1) {
    const day = new Date(before.getTime() - ago * dayMs).toISOString().slice(0, 10);
    for (const [name, source] of Object.entries(sources)) {
      const counts = await countsOf(reports, day, source);
      if (counts.size === 0) continue;
      await counters.write(day, name as Dimension | 'total', counts);
      written.add(day);
    }
  }
  return written.size;
}

async function countsOf(
  reports: ReportRepository,
  day: string,
  { part, by }: { part: ReportPart; by: ReportDimension[] },
): Promise<Map<string, UsageCounts>> {
  const counts = new Map<string, UsageCounts>();
  for (let after: string[] | undefined; ;) {
    const page = await reports.report({ part, by, from: day, until: day, where: {}, after });
    for (const {
      by: [, id = ''],
      sums,
    } of page.rows) {
      // Nobody is counted in the total alone.
      if (by.length === 1 || id !== '') counts.set(id, countsOfSums(sums));
    }
    if (!page.has_more) return counts;
    after = page.rows.at(-1)?.by;
  }
}

function countsOfSums(sums: UsageSums): UsageCounts {
  return {
    requests: sums.attempts,
    failed_requests: sums.failed_attempts,
    prompt_tokens: sums.prompt_tokens,
    completion_tokens: sums.completion_tokens,
    total_tokens: sums.total_tokens,
  };
}
