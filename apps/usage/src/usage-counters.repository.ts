import { Inject, Injectable } from '@nestjs/common';
import type { UsageCounts, UsagePeriod, UsageRecord } from '@signalbox/contracts';
import { loadScript } from '@signalbox/rate-limits';
import type { Redis } from 'ioredis';
import { encodeAttempts } from './encode-attempts.js';
import { dimensions, noCounts, periodKey } from './usage-keys.js';
import type { UsagePeriods } from './usage-period.js';
import { CLOCK, REDIS } from './usage.tokens.js';

/** Beside `src` and `dist` alike: the compiler copies no Lua. */
const countScript = loadScript(new URL('../lua/', import.meta.url), 'count-attempts-n');

/** Ids of a dimension in the summary, those with the most tokens: the answer must fit into one message. */
const mostIds = 1_000;
/** Fields read at a time: one long read would hold up every admission. */
const scanSize = 1_000;

/** Counts of attempts and tokens in Redis, per minute (kept two hours) and day (kept 45 days). */
@Injectable()
export class UsageCountersRepository {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** Counts every attempt that was not counted before, in one atomic step; returns how many those were. */
  async count(records: readonly UsageRecord[]): Promise<number> {
    const { keys, batch } = encodeAttempts(records, this.now());
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
