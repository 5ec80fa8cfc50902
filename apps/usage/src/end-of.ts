import type { UsageRecord } from '@signalbox/contracts';

/** When an attempt was over, milliseconds since 1970. */
export function endOf({ startedAt, durationMs }: Pick<UsageRecord, 'startedAt' | 'durationMs'>): number {
  return startedAt + durationMs;
}
