import { Controller } from '@nestjs/common';
import { fault, FaultError, usageAttempts, usageReport } from '@signalbox/contracts';
import { databaseFailure } from '@signalbox/database';
import { Answers } from '@signalbox/messaging';
import { AttemptsRepository, type Attempts, type AttemptsQuery } from './attempts.repository.js';
import { ReportRepository, type Report, type ReportQuery } from './report.repository.js';

/** Says what stands in the ledger. */
@Controller()
export class ReportController {
  constructor(
    private readonly reports: ReportRepository,
    private readonly attempts: AttemptsRepository,
  ) {}

  @Answers(usageReport)
  report(query: ReportQuery): Promise<Report> {
    return answered(this.reports.report(query));
  }

  @Answers(usageAttempts)
  list(query: AttemptsQuery): Promise<Attempts> {
    return answered(this.attempts.list(query));
  }
}

async function answered<Answer>(query: Promise<Answer>): Promise<Answer> {
  try {
    return await query;
  } catch (error) {
    if (databaseFailure(error) !== 'unavailable') throw error;
    throw new FaultError(fault('usage_unavailable'), { cause: error });
  }
}
