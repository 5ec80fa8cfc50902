/** Where a deployment that failed too often stands. */
export type CooldownPhase =
  /** Not to be called for so many milliseconds; `reason`: why it was left alone. */
  | { readonly phase: 'cooling'; readonly retryAfterMs: number; readonly reason?: string }
  /** One call at a time, until one is answered. */
  | { readonly phase: 'probation' };
