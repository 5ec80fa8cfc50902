/**
 * What the usage service and the routers say to each other through Redis about how fast deployments answer.
 * Routers that want to know leave a wish; only while there is one does the usage service keep samples.
 */

/** `per_token`: whole answers, milliseconds per token of the answer. `first_byte`: streams, until the first byte. */
export const latencyKinds = ['per_token', 'first_byte'] as const;
export type LatencyKind = (typeof latencyKinds)[number];

/** How fast one attempt was. */
export interface LatencySample {
  /** When the attempt began, milliseconds since 1970. */
  readonly startedAt: number;
  readonly latencyMs: number;
}

/** How much is to be kept of each deployment. */
export interface LatencyWish {
  /** Newest samples of each kind. */
  readonly size: number;
  /** How long a list lives after its newest sample, milliseconds. */
  readonly ttlMs: number;
}

/** A text `<size> <ttlMs>` with a short life. The braces keep it in one slot with all that usage counts. */
export const latencyWishKey = 'sb:{usage}:latency:wish';

/** A list of texts `<startedAt> <latencyMs>`, the newest first. */
export function latencyListKey(kind: LatencyKind, deploymentId: string): string {
  return `sb:{usage}:latency:${kind}:${deploymentId}`;
}

export function writeLatencyWish({ size, ttlMs }: LatencyWish): string {
  return `${size} ${ttlMs}`;
}

export function writeLatencySample({ startedAt, latencyMs }: LatencySample): string {
  return `${Math.round(startedAt)} ${latencyMs.toFixed(3)}`;
}

/** Undefined for a text that is no sample. */
export function readLatencySample(text: string): LatencySample | undefined {
  const [startedAt = NaN, latencyMs = NaN, ...more] = text.split(' ').map(Number);
  const isSample = Number.isFinite(startedAt) && Number.isFinite(latencyMs) && more.length === 0;
  return isSample ? { startedAt, latencyMs } : undefined;
}
