import type { Logger } from '@signalbox/platform';

const dayMs = 86_400_000;
const betweenMs = 3_600_000;

/** Records that may be deleted when they are old; several replicas may do so at once. */
export interface OldRecords {
  /** What they are, for the log. */
  readonly name: string;
  /** Returns how many. */
  deleteBefore(moment: Date): Promise<number>;
}

export interface RetentionRules {
  /** Age at which records are deleted, days; undefined: never. */
  readonly days: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Deletes old records, now and every hour; returns what ends that. */
export function deleteOld(records: OldRecords, { days, now, logger }: RetentionRules): () => void {
  if (days === undefined) return () => undefined;
  const { name } = records;
  const deleteThem = (): void => {
    records.deleteBefore(new Date(now() - days * dayMs)).then(
      (count) => {
        if (count > 0) logger.info({ name, count, days }, 'old records are deleted');
      },
      (error: unknown) => {
        logger.warn({ name, error }, 'old records could not be deleted, in an hour again');
      },
    );
  };
  deleteThem();
  const timer = setInterval(deleteThem, betweenMs).unref();
  return () => {
    clearInterval(timer);
  };
}
