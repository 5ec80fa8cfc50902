import { latencyListKey, latencyWishKey, writeLatencySample, type UsageRecord } from '@signalbox/contracts';
import { latencySamplesOf } from './latency-samples-of.js';
import { attemptKey, countedIds, periodKeys } from './usage-keys.js';
import { periodsOf } from './usage-period.js';

/** Keys and argument of the script `count-attempts-n`. */
export interface EncodedAttempts {
  readonly keys: readonly string[];
  readonly attempts: string;
}

/** A client that hung up is not a failure of ours. */
const failedOutcomes: ReadonlySet<UsageRecord['outcome']> = new Set([
  'failed',
  'upstream_broken',
  'timed_out',
]);

/**
 * Writes attempts so that every key is named once.
 * @param now milliseconds since 1970: an attempt that says it began later began now.
 */
export function encodeAttempts(records: readonly UsageRecord[], now: number): EncodedAttempts {
  const keys = [...records.map(({ attemptId }) => attemptKey(attemptId)), latencyWishKey];
  const numbers = new Map<string, number>();
  /** The number of the first of some keys that always stand together. */
  const numberOf = ([first = '', ...more]: readonly string[]): number => {
    const known = numbers.get(first);
    if (known !== undefined) return known;
    const number = keys.push(first);
    numbers.set(first, number);
    keys.push(...more);
    return number;
  };
  const attempts = records.map((record) => {
    const { outcome, deploymentId, tokens } = record;
    const startedAt = plausible(record.startedAt, now);
    const { minute, day } = periodsOf(startedAt);
    return [
      numberOf(periodKeys('minute', minute)),
      numberOf(periodKeys('day', day)),
      countedIds(record),
      failedOutcomes.has(outcome) ? 1 : 0,
      tokens.prompt,
      tokens.completion,
      tokens.total,
      latencySamplesOf(record).flatMap(({ kind, latencyMs }) => [
        numberOf([latencyListKey(kind, deploymentId)]),
        writeLatencySample({ startedAt, latencyMs }),
      ]),
    ];
  });
  return { keys, attempts: JSON.stringify(attempts) };
}

/** A gateway's clock may be wrong, and a date must come out: never before 1970 nor after now. */
function plausible(startedAt: number, now: number): number {
  return Math.max(0, Math.min(startedAt, now));
}
