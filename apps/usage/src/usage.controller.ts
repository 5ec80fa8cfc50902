import { Controller, Inject } from '@nestjs/common';
import {
  fault,
  FaultError,
  usageLowerSpend,
  usageRecorded,
  usageSpend,
  usageSummary,
  type UsageBatch,
} from '@signalbox/contracts';
import { Answers, Consumes } from '@signalbox/messaging';
import type { RedisLimitStore } from '@signalbox/rate-limits';
import type { z } from 'zod';
import { UsageCountersRepository } from './usage-counters.repository.js';
import { periodsOf } from './usage-period.js';
import { UsageRecorder } from './usage-recorder.js';
import { CLOCK, LIMITS } from './usage.tokens.js';

/** Takes `usage.recorded.v1` from JetStream and answers `usage.summary.v1`. */
@Controller()
export class UsageController {
  constructor(
    private readonly recorder: UsageRecorder,
    private readonly counters: UsageCountersRepository,
    @Inject(LIMITS) private readonly limits: Pick<RedisLimitStore, 'spent' | 'lowerSpent' | 'unsettled'>,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /**
   * While Redis is away this throws: the batches stay in JetStream and come again. Nobody waits for a count, so that
   * a step on Redis may serve the batches of a few milliseconds.
   */
  @Consumes(usageRecorded, { durable: 'usage', batchSize: 100, paceMs: 50 })
  async recorded(batches: UsageBatch[]): Promise<void> {
    await this.recorder.record(batches);
  }

  @Answers(usageSummary)
  async summary(): Promise<z.output<typeof usageSummary.value>> {
    const periods = periodsOf(this.now());
    try {
      const [minute, day, { attempts, tokens, nanoDollars }] = await Promise.all([
        this.counters.read('minute', periods.minute),
        this.counters.read('day', periods.day),
        this.limits.unsettled(),
      ]);
      return { minute, day, unsettled: { attempts, tokens, nano_dollars: nanoDollars } };
    } catch (error) {
      throw new FaultError(fault('usage_unavailable'), { cause: error });
    }
  }

  @Answers(usageSpend)
  async spend({ budgets }: z.output<typeof usageSpend.request>): Promise<{ nanoDollars: number[] }> {
    try {
      return { nanoDollars: await this.limits.spent(budgets) };
    } catch (error) {
      throw new FaultError(fault('usage_unavailable'), { cause: error });
    }
  }
  @Answers(usageLowerSpend)
  async lowerSpend({
    budgets,
    nanoDollars,
  }: z.output<typeof usageLowerSpend.request>): Promise<{ nanoDollars: number[] }> {
    try {
      return { nanoDollars: await this.limits.lowerSpent(budgets, nanoDollars) };
    } catch (error) {
      throw new FaultError(fault('usage_unavailable'), { cause: error });
    }
  }
}
