import {
  latencyKinds,
  latencyListKey,
  latencyWishKey,
  readLatencySample,
  writeLatencyWish,
  type Catalog,
  type Deployment,
  type LatencyKind,
} from '@signalbox/contracts';
import type { LatencySettings } from '@signalbox/config';
import type { Redis } from 'ioredis';

const refreshMs = 1_000;
/** How long the usage service goes on keeping samples when no router asks any more. */
const wishLifeMs = 60_000;

/**
 * How fast deployments answered lately, on average. Read from Redis every second, all at once and beside the
 * decisions: a decision only looks here. While Redis is away the last that was heard stands.
 */
export class RecentLatencies {
  private means: ReadonlyMap<string, Readonly<Record<LatencyKind, number | undefined>>> = new Map();

  constructor(
    private readonly redis: Pick<Redis, 'pipeline'>,
    /** In force now; without `latency` nobody asks, and nothing is read. */
    private readonly settings: {
      readonly current: {
        readonly catalog: Pick<Catalog, 'deployments'>;
        readonly latency?: LatencySettings | undefined;
      };
    },
    /** Milliseconds since 1970. */
    private readonly now: () => number = Date.now,
  ) {}

  /** Reads what is known, then goes on reading. Returns what ends that. */
  async follow(): Promise<() => Promise<void>> {
    await this.refresh();
    let reading = Promise.resolve();
    let isReading = false;
    const timer = setInterval(() => {
      if (isReading) return;
      isReading = true;
      reading = this.refresh().finally(() => {
        isReading = false;
      });
    }, refreshMs);
    return () => {
      clearInterval(timer);
      return reading;
    };
  }

  /** Asks for samples to be kept, and reads those that are there. Never throws. */
  async refresh(): Promise<void> {
    const { catalog, latency } = this.settings.current;
    if (latency === undefined) return;
    const { deployments } = catalog;
    const { ttlMs, maxSamples } = latency;
    const pipeline = this.redis.pipeline();
    pipeline.set(latencyWishKey, writeLatencyWish({ size: maxSamples, ttlMs }), 'PX', wishLifeMs);
    for (const { id } of deployments) {
      for (const kind of latencyKinds) pipeline.lrange(latencyListKey(kind, id), 0, maxSamples - 1);
    }
    // The connection tells of its own troubles.
    const answers = await pipeline.exec().catch(() => null);
    if (answers === null || answers.some(([error]) => error !== null)) return;
    const [, ...lists] = answers.map(([, answer]) => answer);
    const oldest = this.now() - ttlMs;
    this.means = new Map(
      deployments.map(({ id }, index) => {
        const [perToken, firstByte] = lists.slice(index * 2, index * 2 + 2);
        return [id, { per_token: mean(perToken, oldest), first_byte: mean(firstByte, oldest) }] as const;
      }),
    );
  }

  /** Milliseconds per token of the answer or, of streams, until the first byte; undefined: nobody knows. */
  readonly latencyOf = ({ id }: Deployment, streamed: boolean): number | undefined =>
    this.means.get(id)?.[streamed ? 'first_byte' : 'per_token'];
}

function mean(list: unknown, oldest: number): number | undefined {
  const samples = (list as readonly string[])
    .flatMap((text) => readLatencySample(text) ?? [])
    .filter(({ startedAt }) => startedAt >= oldest);
  if (samples.length === 0) return undefined;
  return samples.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / samples.length;
}
