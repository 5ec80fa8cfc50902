import { Inject, Injectable } from '@nestjs/common';
import type { UsageRecord } from '@signalbox/contracts';
import { counter, durationHistogram, startMetrics } from '@signalbox/platform';
import { CLOCK } from './usage.tokens.js';

const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What operators see of the counting. Labels are few and bounded: no key, team or deployment. */
@Injectable()
export class UsageMetrics {
  private readonly records = counter('signalbox_usage_records', 'Attempts counted.');
  private readonly duplicates = counter(
    'signalbox_usage_duplicates',
    'Attempts dropped because they were counted before.',
  );
  private readonly unpriced = counter(
    'signalbox_usage_unpriced',
    'Attempts that used tokens of a price nobody knows: no budget was charged what they cost.',
  );
  private readonly lag = durationHistogram(
    'signalbox_usage_lag',
    'Time from the end of an attempt until it is counted and settled.',
  );
  private readonly sizes = startMetrics()
    .getMeter('signalbox')
    .createHistogram('signalbox_usage_batch_size', {
      description: 'Attempts per step.',
      advice: { explicitBucketBoundaries: batchSizes },
    });

  constructor(@Inject(CLOCK) private readonly now: () => number) {}

  /** To be called when a step is done. */
  record(records: readonly UsageRecord[], counted: number): void {
    this.records.add(counted);
    this.duplicates.add(records.length - counted);
    this.unpriced.add(records.filter(isUnpriced).length);
    this.sizes.record(records.length);
    const now = this.now();
    for (const { startedAt, durationMs } of records) {
      this.lag.record(Math.max(0, now - startedAt - durationMs) / 1_000);
    }
  }
}

function isUnpriced({ costNanoDollars, tokens }: UsageRecord): boolean {
  return costNanoDollars === undefined && tokens.total > 0;
}
