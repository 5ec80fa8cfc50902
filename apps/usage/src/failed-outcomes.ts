import type { UsageRecord } from '@signalbox/contracts';

/** A client that hung up is not a failure of ours. */
export const failedOutcomes: ReadonlySet<UsageRecord['outcome']> = new Set([
  'failed',
  'upstream_broken',
  'timed_out',
]);
