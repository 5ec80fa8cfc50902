import type { LatencySettings } from '@signalbox/config';
import type { Deployment, LatencyKind, LatencySample, UsageRecord } from '@signalbox/contracts';
import { latencySamplesOf } from '@signalbox/routing';

/** How fast deployments answered this process lately, on average. */
export class OwnLatencies {
  private readonly samples = new Map<string, readonly LatencySample[]>();

  constructor(
    private readonly settings: Pick<LatencySettings, 'ttlMs' | 'maxSamples'>,
    /** Milliseconds since 1970. */
    private readonly now: () => number = Date.now,
  ) {}

  note(record: UsageRecord): void {
    for (const { kind, latencyMs } of latencySamplesOf(record)) {
      const key = keyOf(kind, record.deploymentId);
      const sample = { startedAt: record.startedAt, latencyMs };
      this.samples.set(key, [sample, ...(this.samples.get(key) ?? [])].slice(0, this.settings.maxSamples));
    }
  }

  /** Milliseconds per token of the answer or, of streams, until the first byte; undefined: nobody knows. */
  readonly latencyOf = ({ id }: Pick<Deployment, 'id'>, streamed: boolean): number | undefined => {
    const oldest = this.now() - this.settings.ttlMs;
    const samples = this.samples.get(keyOf(streamed ? 'first_byte' : 'per_token', id)) ?? [];
    const fresh = samples.filter(({ startedAt }) => startedAt >= oldest);
    if (fresh.length === 0) return undefined;
    return fresh.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / fresh.length;
  };
}

function keyOf(kind: LatencyKind, deploymentId: string): string {
  return `${kind} ${deploymentId}`;
}
