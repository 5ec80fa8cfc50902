import { Inject, Injectable } from '@nestjs/common';
import type { UsageBatch } from '@signalbox/contracts';
import type { LimitStore } from '@signalbox/rate-limits';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { UsageMetrics } from './usage-metrics.js';
import { LIMITS } from './usage.tokens.js';

/** Records per step on Redis: few enough that the step does not hold up the router's admissions. */
const recordsPerStep = 200;

/**
 * Writes attempts down: settles their reservations to the real tokens and counts them. Both are idempotent, so
 * the same batch may come again after a crash at any point; it is done with when this resolves.
 */
@Injectable()
export class UsageRecorder {
  constructor(
    private readonly counters: UsageCountersRepository,
    @Inject(LIMITS) private readonly limits: Pick<LimitStore, 'settle'>,
    private readonly metrics: UsageMetrics,
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
      this.metrics.record(some, counted);
    }
  }
}
