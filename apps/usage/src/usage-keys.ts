import type { UsageCounts, UsagePeriod, UsageRecord } from '@signalbox/contracts';
import { readableText } from './readable-text.js';
import type { UsagePeriods } from './usage-period.js';

/** What usage is broken down by: the names of the summary. */
export type Dimension = Exclude<keyof UsagePeriod, 'period' | 'total'>;

/** What is counted of an attempt. */
export type CountedAttempt = Pick<
  UsageRecord,
  | 'attemptId'
  | 'startedAt'
  | 'outcome'
  | 'deploymentId'
  | 'modelGroup'
  | 'teamId'
  | 'keyHash'
  | 'endUserId'
  | 'tokens'
>;

const idOf: Readonly<Record<Dimension, (attempt: CountedAttempt) => string | null>> = {
  by_deployment: ({ deploymentId }) => deploymentId,
  by_model_group: ({ modelGroup }) => modelGroup,
  by_team: ({ teamId }) => teamId,
  by_key: ({ keyHash }) => keyHash,
  by_end_user: ({ endUserId }) => endUserId,
};

export const dimensions = Object.keys(idOf) as readonly Dimension[];

/** Whom an attempt is counted for: the total first, then each dimension; false where there is nobody. */
export function countedIds(attempt: CountedAttempt): (string | false)[] {
  return ['', ...dimensions.map((dimension) => countedId(idOf[dimension](attempt)))];
}

function countedId(id: string | null): string | false {
  return id === null ? false : readableText(id);
}

/** The hashes of a period, in the order of `countedIds`. */
export function periodKeys(unit: keyof UsagePeriods, period: string): string[] {
  return ['total', ...dimensions].map((part) => periodKey(unit, period, part as Dimension | 'total'));
}

/** The hash of one part of a period; its fields are `<counter>:<id>`. The braces keep all usage in one slot. */
export function periodKey(unit: keyof UsagePeriods, period: string, part: Dimension | 'total'): string {
  return `sb:{usage}:${unit}:${period}:${part}`;
}

/** The mark of an attempt that has been counted. */
export function attemptKey(attemptId: string): string {
  return `sb:{usage}:attempt:${attemptId}`;
}

export const noCounts: Readonly<UsageCounts> = {
  requests: 0,
  failed_requests: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
};
