import { Inject, Injectable } from '@nestjs/common';
import type { UsageRecord } from '@signalbox/contracts';
import { counter, durationHistogram } from '@signalbox/platform';
import { CLOCK } from '../usage.tokens.js';

/** What operators see of the ledger. */
@Injectable()
export class LedgerMetrics {
  private readonly attempts = counter('signalbox_ledger_attempts', 'Attempts written to the ledger.');
  private readonly duplicates = counter(
    'signalbox_ledger_duplicates',
    'Attempts that were in the ledger already.',
  );
  private readonly lag = durationHistogram(
    'signalbox_ledger_lag',
    'Time from the end of an attempt until it is in the ledger.',
  );

  constructor(@Inject(CLOCK) private readonly now: () => number) {}

  /** To be called when the attempts are in the ledger. */
  record(records: readonly UsageRecord[], written: number): void {
    this.attempts.add(written);
    this.duplicates.add(records.length - written);
    const now = this.now();
    for (const { startedAt, durationMs } of records) {
      this.lag.record(Math.max(0, now - startedAt - durationMs) / 1_000);
    }
  }
}
