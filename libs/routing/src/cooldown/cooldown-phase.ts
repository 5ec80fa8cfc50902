/** Where a deployment that failed too often stands. */
export type CooldownPhase =
  /** Not to be called for so many milliseconds. */
  | { readonly phase: 'cooling'; readonly retryAfterMs: number }
  /** One call at a time, until one is answered. */
  | { readonly phase: 'probation' };
