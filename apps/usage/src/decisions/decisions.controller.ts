import { Controller, Inject } from '@nestjs/common';
import {
  decisionExport,
  decisionExportPage,
  decisionPublicKey,
  decisionRead,
  decisionRecorded,
  fault,
  FaultError,
  type DecisionBatch,
} from '@signalbox/contracts';
import { databaseFailure } from '@signalbox/database';
import { Answers, Consumes } from '@signalbox/messaging';
import type { z } from 'zod';
import { IntakeMetrics } from '../intake-metrics.js';
import { CLOCK } from '../usage.tokens.js';
import { DecisionExportRepository } from './decision-export.repository.js';
import { DecisionSigner } from './decision-signer.js';
import { DecisionsRepository } from './decisions.repository.js';

/** Chains decision records, and shows them. */
@Controller()
export class DecisionsController {
  private readonly metrics = new IntakeMetrics({ intake: 'decision', items: 'records', done: 'chained' });

  constructor(
    private readonly decisions: DecisionsRepository,
    private readonly exports: DecisionExportRepository,
    private readonly signer: DecisionSigner,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** While Postgres is away this throws: the batches stay in JetStream and come again. */
  @Consumes(decisionRecorded, {
    durable: 'decisions',
    batchSize: 250,
    paceMs: 250,
  })
  async recorded(batches: DecisionBatch[]): Promise<void> {
    const records = batches.flatMap((batch) => batch.records);
    const written = await this.decisions.append(records);
    this.metrics.record(
      records.map(({ decidedAt }) => Date.parse(decidedAt)),
      written,
      this.now(),
    );
  }

  @Answers(decisionRead)
  read({ decisionId }: z.output<typeof decisionRead.request>) {
    return answered(this.exports.read(decisionId));
  }

  @Answers(decisionExport)
  begin(question: z.output<typeof decisionExport.request>) {
    return answered(this.exports.begin(question));
  }

  @Answers(decisionExportPage)
  async page(page: z.output<typeof decisionExportPage.request>) {
    return { lines: await answered(this.exports.page(page)) };
  }

  @Answers(decisionPublicKey)
  publicKey() {
    return this.signer.publicKey;
  }
}

async function answered<Answer>(query: Promise<Answer>): Promise<Answer> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof FaultError || databaseFailure(error) !== 'unavailable') throw error;
    throw new FaultError(fault('usage_unavailable', 'Decision records cannot be read now.'), {
      cause: error,
    });
  }
}
