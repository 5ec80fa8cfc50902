/** What one attempt at one deployment used, good or bad. A call that is tried three times has three. */
export interface AttemptUsage {
  readonly attemptId: string;
  /** The same for all attempts of a call; `x-litellm-call-id` of its answer. */
  readonly requestId: string;
  /** When the attempt began, milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Until the first byte of a streamed answer, milliseconds; absent when none came. */
  readonly firstByteMs?: number | undefined;
  /** `client_disconnected`: you gave up. It and `upstream_broken` may have produced tokens. */
  readonly outcome: 'succeeded' | 'failed' | 'client_disconnected' | 'upstream_broken' | 'timed_out';
  /** HTTP status of the provider; 0 when there was none. */
  readonly upstreamStatus: number;
  /** How long the provider asked to be left alone, milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly streamed: boolean;
  readonly deploymentId: string;
  /** The `model_name` that served. */
  readonly modelGroup: string;
  /** Where it was served, as far as anybody knows: `eu`, `us`, ... */
  readonly region: string | null;
  /** `user` of the call. */
  readonly endUserId: string | null;
  readonly tokens: {
    readonly prompt: number;
    readonly completion: number;
    readonly total: number;
    readonly cached?: number | undefined;
    readonly reasoning?: number | undefined;
    /** Who counted: the provider; we, because it did not; `none`: nothing was produced. */
    readonly source: 'provider' | 'estimated' | 'none';
  };
}
