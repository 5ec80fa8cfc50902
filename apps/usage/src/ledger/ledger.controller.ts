import { Controller } from '@nestjs/common';
import { usageRecorded, type UsageBatch } from '@signalbox/contracts';
import { Consumes } from '@signalbox/messaging';
import { LedgerMetrics } from './ledger-metrics.js';
import { LedgerRepository } from './ledger.repository.js';

/** Takes `usage.recorded.v1` from JetStream a second time, by a name of its own: the ledger waits for no count in Redis. */
@Controller()
export class LedgerController {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly metrics: LedgerMetrics,
  ) {}

  /** While Postgres is away this throws: the batches stay in JetStream and come again. */
  @Consumes(usageRecorded, { durable: 'ledger', batchSize: 100, gatherMs: 100 })
  async recorded(batches: UsageBatch[]): Promise<void> {
    const records = batches.flatMap((batch) => batch.records);
    this.metrics.record(records, await this.ledger.append(records));
  }
}
