import type { Logger } from '@signalbox/platform';
import type { DecisionRetention } from './decision-retention.js';

const dayMs = 86_400_000;
const betweenMs = 3_600_000;

export interface RetentionRules {
  /** Age at which records are deleted, days. */
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Deletes old decision records, now and every hour; returns what ends that. Several replicas may do so at once. */
export function deleteOldDecisions(
  retention: DecisionRetention,
  { days, now, logger }: RetentionRules,
): () => void {
  const deleteOld = (): void => {
    const moment = new Date(now() - days * dayMs);
    retention.deleteBefore(moment).then(
      (records) => {
        if (records > 0) logger.info({ records, days }, 'old decision records are deleted');
      },
      (error: unknown) => {
        logger.warn({ error }, 'old decision records could not be deleted, in an hour again');
      },
    );
  };
  deleteOld();
  const timer = setInterval(deleteOld, betweenMs).unref();
  return () => {
    clearInterval(timer);
  };
}
