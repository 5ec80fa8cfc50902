/** What a load generator is asked to do in one window. */
export interface LoadOrder {
  readonly port: number;
  /** The request to send, again and again, in base64. */
  readonly request: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests per second; absent: as many as the connections carry. */
  readonly ratePerSecond?: number;
  /** What every good answer ends with. */
  readonly expectedTail: string;
}

/** What it saw. A window with errors is no result. */
export interface LoadReport {
  readonly requests: number;
  readonly errors: number;
  readonly firstError?: string;
  readonly elapsedMs: number;
  /** Milliseconds from the moment a request was due to the last byte of its answer. */
  readonly latency: { readonly p50: number; readonly p99: number };
}
