import type { LatencyKind, UsageRecord } from '@signalbox/contracts';

/** LiteLLM's penalty: a thousand seconds, whatever is measured. */
const timedOutMs = 1_000_000;

export interface MeasuredLatency {
  readonly kind: LatencyKind;
  readonly latencyMs: number;
}

/**
 * What an attempt says about how fast its deployment is. Of a stream only the time to its first byte counts: how
 * long it lasts is also the client's doing, who may read slowly. An attempt that timed out is slow in every way, one
 * that failed otherwise, or that its caller did not wait for, says nothing.
 */
export function latencySamplesOf(
  record: Pick<
    UsageRecord,
    'callerTimedOut' | 'outcome' | 'durationMs' | 'firstByteMs' | 'streamed' | 'tokens'
  >,
): readonly MeasuredLatency[] {
  const { callerTimedOut, outcome, durationMs, firstByteMs, streamed, tokens } = record;
  if (outcome === 'timed_out' && callerTimedOut !== true) {
    return [
      { kind: 'per_token', latencyMs: timedOutMs },
      { kind: 'first_byte', latencyMs: timedOutMs },
    ];
  }
  if (outcome !== 'succeeded') return [];
  if (firstByteMs !== undefined) return [{ kind: 'first_byte', latencyMs: firstByteMs }];
  // Embeddings have no tokens of an answer: there it is the whole time.
  const latencyMs = durationMs / Math.max(1, tokens.completion);
  return streamed ? [] : [{ kind: 'per_token', latencyMs }];
}
