import { latencyListKey, latencyWishKey, writeLatencySample } from '@signalbox/contracts';
import type { MeasuredLatency } from '@signalbox/routing';
import { failedOutcomes } from './failed-outcomes.js';
import { attemptKey, countedIds, periodKeys, type CountedAttempt } from './usage-keys.js';
import { periodsOf } from './usage-period.js';

/** Keys and argument of the script `count-attempts-n`. */
export interface EncodedAttempts {
  readonly keys: readonly string[];
  readonly batch: string;
}

/**
 * Writes attempts so that every key is named once, and so is whom several attempts are counted for.
 * @param now milliseconds since 1970: an attempt that says it began later began now.
 * @param samplesOf what is told of how fast deployments answer
 */
export function encodeAttempts<Attempt extends CountedAttempt>(
  records: readonly Attempt[],
  now: number,
  samplesOf: (attempt: Attempt) => readonly MeasuredLatency[],
): EncodedAttempts {
  const keys = [...records.map(({ attemptId }) => attemptKey(attemptId)), latencyWishKey];
  const numbers = new Map<string, number>();
  /** The number of the first of some keys that always stand together, by a name of theirs. */
  const numberOf = (name: string, keysOf: (name: string) => readonly string[]): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = keys.length + 1;
    numbers.set(name, number);
    keys.push(...keysOf(name));
    return number;
  };
  const groups = new Map<string, number>();
  const groupOf = (startedAt: number, ids: readonly (string | false)[]): number => {
    const { minute, day } = periodsOf(startedAt);
    const group = JSON.stringify([numberOf(minute, minuteKeys), numberOf(day, dayKeys), ids]);
    const number = groups.get(group) ?? groups.size + 1;
    groups.set(group, number);
    return number;
  };
  const attempts = records.map((record) => {
    const { outcome, deploymentId, tokens } = record;
    const startedAt = plausible(record.startedAt, now);
    return [
      groupOf(startedAt, countedIds(record)),
      failedOutcomes.has(outcome) ? 1 : 0,
      tokens.prompt,
      tokens.completion,
      tokens.total,
      samplesOf(record).flatMap(({ kind, latencyMs }) => [
        numberOf(latencyListKey(kind, deploymentId), itself),
        writeLatencySample({ startedAt, latencyMs }),
      ]),
    ];
  });
  return { keys, batch: `{"groups":[${[...groups.keys()].join()}],"attempts":${JSON.stringify(attempts)}}` };
}

const minuteKeys = (minute: string): string[] => periodKeys('minute', minute);
const dayKeys = (day: string): string[] => periodKeys('day', day);
const itself = (key: string): string[] => [key];

/** A gateway's clock may be wrong, and a date must come out: never before 1970 nor after now. */
function plausible(startedAt: number, now: number): number {
  return Math.max(0, Math.min(startedAt, now));
}
