/** What went wrong in an attempt, as far as retries distinguish. */
export type FailureClass =
  | 'bad_request'
  | 'authentication'
  | 'not_found'
  | 'timeout'
  | 'conflict'
  | 'rate_limit'
  | 'content_policy'
  | 'internal_server'
  /** No answer at all, or one that broke off or makes no sense. */
  | 'connection';

/** Retries by what went wrong; a class that is not named follows `numRetries`. */
export type RetryCounts = Readonly<Partial<Record<FailureClass, number>>>;

export interface RetryRules {
  /** Attempts beyond the first at one model. */
  readonly numRetries: number;
  /** Shortest wait before the same deployment is tried again, milliseconds. */
  readonly retryAfterMs: number;
  readonly retryPolicy: RetryCounts;
  /** By model group; wins over `retryPolicy`. */
  readonly modelGroupRetryPolicy: Readonly<Record<string, RetryCounts>>;
}

/** Waits grow from the first to the longest, doubling. Milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}
