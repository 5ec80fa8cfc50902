import { counter, durationHistogram, startMetrics } from '@signalbox/platform';

const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** What a consumer takes in, in the words of its metrics. */
export interface IntakeNames {
  /** `signalbox_<intake>_<items>`, and so on. */
  readonly intake: 'usage' | 'ledger' | 'decision';
  readonly items: 'records' | 'attempts';
  /** What is done with each, once. */
  readonly done: string;
}

/** What operators see of a consumer that writes each item once. Without labels: no key, team or deployment. */
export class IntakeMetrics {
  private readonly written;
  private readonly duplicates;
  private readonly lag;
  private readonly sizes;

  constructor({ intake, items, done }: IntakeNames) {
    const name = `signalbox_${intake}`;
    this.written = counter(`${name}_${items}`, `How many were ${done}.`);
    this.duplicates = counter(`${name}_duplicates`, `How many came again that were ${done} before.`);
    this.lag = durationHistogram(
      `${name}_lag`,
      `Time from the end of the oldest of a step until it is ${done}.`,
    );
    this.sizes = startMetrics()
      .getMeter('signalbox')
      .createHistogram(`${name}_batch_size`, {
        description: 'Items per step.',
        advice: { explicitBucketBoundaries: batchSizes },
      });
  }

  /**
   * To be called when a step is done.
   * @param endedAt when each of its items was over, and `now`, milliseconds since 1970.
   * @param written how many of them were not written before.
   */
  record(endedAt: readonly number[], written: number, now: number): void {
    this.written.add(written);
    this.duplicates.add(endedAt.length - written);
    this.sizes.record(endedAt.length);
    const oldest = endedAt.reduce((one, other) => Math.min(one, other), now);
    this.lag.record((now - oldest) / 1_000);
  }
}
