import { Inject, Injectable } from '@nestjs/common';
import type { DecisionRecord } from '@signalbox/contracts';
import { counter, durationHistogram } from '@signalbox/platform';
import { CLOCK } from '../usage.tokens.js';

/** What operators see of the chains. */
@Injectable()
export class DecisionMetrics {
  private readonly records = counter('signalbox_decision_records', 'Decision records chained.');
  private readonly duplicates = counter(
    'signalbox_decision_duplicates',
    'Decision records that were in a chain already.',
  );
  private readonly lag = durationHistogram(
    'signalbox_decision_lag',
    'Time from the end of a call until its decision record is in a chain.',
  );

  constructor(@Inject(CLOCK) private readonly now: () => number) {}

  /** To be called when the records are in their chains. */
  record(records: readonly DecisionRecord[], written: number): void {
    this.records.add(written);
    this.duplicates.add(records.length - written);
    const now = this.now();
    for (const { decidedAt } of records) this.lag.record(Math.max(0, now - Date.parse(decidedAt)) / 1_000);
  }
}
