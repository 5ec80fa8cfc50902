import { Controller, Inject } from '@nestjs/common';
import { usageRecorded, type UsageBatch } from '@signalbox/contracts';
import { Consumes } from '@signalbox/messaging';
import { endOf } from '../end-of.js';
import { IntakeMetrics } from '../intake-metrics.js';
import { CLOCK } from '../usage.tokens.js';
import { LedgerRepository } from './ledger.repository.js';

/** Takes `usage.recorded.v1` from JetStream a second time, by a name of its own: the ledger waits for no count in Redis. */
@Controller()
export class LedgerController {
  private readonly metrics = new IntakeMetrics({
    intake: 'ledger',
    items: 'attempts',
    done: 'written to the ledger',
  });

  constructor(
    private readonly ledger: LedgerRepository,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** While Postgres is away this throws: the batches stay in JetStream and come again. */
  @Consumes(usageRecorded, { durable: 'ledger', batchSize: 250, paceMs: 250 })
  async recorded(batches: UsageBatch[]): Promise<void> {
    const records = batches.flatMap((batch) => batch.records);
    const written = await this.ledger.append(records);
    this.metrics.record(records.map(endOf), written, this.now());
  }
}
