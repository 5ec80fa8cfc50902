import { Inject, Injectable } from '@nestjs/common';
import type { UsageCounts, UsagePeriod, UsageRecord } from '@signalbox/contracts';
import { loadScript } from '@signalbox/rate-limits';
import { latencySamplesOf } from '@signalbox/routing';
import type { Redis } from 'ioredis';
import { encodeAttempts, type EncodedAttempts } from './encode-attempts.js';
import { dimensions, noCounts, periodKey, type CountedAttempt, type Dimension } from './usage-keys.js';
import type { UsagePeriods } from './usage-period.js';
import { CLOCK, REDIS } from './usage.tokens.js';

/** Beside `src` and `dist` alike: the compiler copies no Lua. */
const countScript = loadScript(new URL('../lua/', import.meta.url), 'count-attempts-n');

/** Ids of a dimension in the summary, those with the most tokens: the answer must fit into one message. */
const mostIds = 1_000;
/** Fields read at a time: one long read would hold up every admission. */
const scanSize = 1_000;

/** How long days are kept, from their beginning: those of `count-attempts-n` go by their last attempt. */
const dayLifeSeconds = 46 * 24 * 3_600;

/** Counts of attempts and tokens in Redis, per minute (kept two hours) and day (kept 45 days). */
@Injectable()
export class UsageCountersRepository {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** Counts every attempt that was not counted before, in one atomic step; returns how many those were. */
  count(records: readonly UsageRecord[]): Promise<number> {
    return this.run(encodeAttempts(records, this.now(), latencySamplesOf));
  }

  /** The same for attempts that were counted before the counts were lost: how fast deployments were then says nothing now. */
  recount(attempts: readonly CountedAttempt[]): Promise<number> {
    return this.run(encodeAttempts(attempts, this.now(), () => []));
  }

  /** Forgets all counts, and which attempts were counted. */
  async clear(): Promise<void> {
    for (const pattern of ['minute', 'day', 'attempt'].map((kind) => `sb:{usage}:${kind}:*`)) {
      let cursor = '0';
      do {
        const [next, keys] = await this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', scanSize);
        if (keys.length > 0) await this.redis.unlink(...keys);
        cursor = next;
      } while (cursor !== '0');
    }
  }

  /** Writes the counts of a day's part as they are to be. */
  async write(
    day: string,
    part: Dimension | 'total',
    counts: ReadonlyMap<string, UsageCounts>,
  ): Promise<void> {
    const key = periodKey('day', day, part);
    const fields = [...counts].flatMap(([id, ofId]) =>
      Object.entries(ofId)
        .filter(([, amount]) => amount > 0)
        .map(([counter, amount]) => [`${counter}:${id}`, String(amount)] as const),
    );
    for (let start = 0; start < fields.length; start += scanSize) {
      await this.redis.hset(key, fields.slice(start, start + scanSize).flat());
    }
    await this.redis.expireat(key, Date.parse(day) / 1_000 + dayLifeSeconds);
  }

  private async run({ keys, batch }: EncodedAttempts): Promise<number> {
    return (await countScript.run(this.redis, keys, [batch])) as number;
  }

  /** The counts of one period. */
  async read(unit: keyof UsagePeriods, period: string): Promise<UsagePeriod> {
    const total = await this.readCounts(periodKey(unit, period, 'total'));
    const parts = await Promise.all(
      dimensions.map(async (dimension) => {
        const counts = await this.readCounts(periodKey(unit, period, dimension));
        return [dimension, Object.fromEntries(largest(counts))] as const;
      }),
    );
    return {
      period,
      total: total.get('') ?? { ...noCounts },
      ...(Object.fromEntries(parts) as Record<(typeof dimensions)[number], Record<string, UsageCounts>>),
    };
  }

  private async readCounts(key: string): Promise<Map<string, UsageCounts>> {
    const counts = new Map<string, UsageCounts>();
    let cursor = '0';
    do {
      const [next, found] = await this.redis.hscan(key, cursor, 'COUNT', scanSize);
      for (let at = 0; at < found.length; at += 2) {
        const [field = '', value = '0'] = found.slice(at, at + 2);
        const separator = field.indexOf(':');
        const id = field.slice(separator + 1);
        const ofId = counts.get(id) ?? { ...noCounts };
        counts.set(id, ofId);
        ofId[field.slice(0, separator) as keyof UsageCounts] = Number(value);
      }
      cursor = next;
    } while (cursor !== '0');
    return counts;
  }
}

function largest(counts: ReadonlyMap<string, UsageCounts>): [string, UsageCounts][] {
  if (counts.size <= mostIds) return [...counts];
  return [...counts].sort(([, one], [, other]) => other.total_tokens - one.total_tokens).slice(0, mostIds);
}
