import { Inject, Injectable } from '@nestjs/common';
import type { UsageBatch, UsageRecord } from '@signalbox/contracts';
import { counter } from '@signalbox/platform';
import type { LimitStore } from '@signalbox/rate-limits';
import { endOf } from './end-of.js';
import { IntakeMetrics } from './intake-metrics.js';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { CLOCK, LIMITS } from './usage.tokens.js';

/** Records per step on Redis: few enough that the step does not hold up the router's admissions. */
const recordsPerStep = 200;

/**
 * Writes attempts down: settles their reservations to the real tokens and counts them. Both are idempotent, so
 * the same batch may come again after a crash at any point; it is done with when this resolves.
 */
@Injectable()
export class UsageRecorder {
  private readonly metrics = new IntakeMetrics({ intake: 'usage', items: 'records', done: 'counted' });
  private readonly unpriced = counter(
    'signalbox_usage_unpriced',
    'Attempts that used tokens of a price nobody knows: no budget was charged what they cost.',
  );

  constructor(
    private readonly counters: UsageCountersRepository,
    @Inject(LIMITS) private readonly limits: Pick<LimitStore, 'settle'>,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  async record(batches: readonly UsageBatch[]): Promise<void> {
    const records = batches.flatMap((batch) => batch.records);
    for (let start = 0; start < records.length; start += recordsPerStep) {
      const some = records.slice(start, start + recordsPerStep);
      const settlements = some.map(({ attemptId, tokens, costNanoDollars: nanoDollars }) => ({
        reservationId: attemptId,
        tokens: tokens.total,
        nanoDollars,
      }));
      const [, counted] = await Promise.all([this.limits.settle(settlements), this.counters.count(some)]);
      this.metrics.record(some.map(endOf), counted, this.now());
      this.unpriced.add(some.filter(isUnpriced).length);
    }
  }
}

function isUnpriced({ costNanoDollars, tokens }: UsageRecord): boolean {
  return costNanoDollars === undefined && tokens.total > 0;
}
