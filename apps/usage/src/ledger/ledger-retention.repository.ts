import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, type Database } from '@signalbox/database';
import type { OldRecords } from '../delete-old.js';

/** Attempts deleted in one statement: few enough that nobody waits for it. */
const attemptsPerStatement = 5_000;

/** Deletes old attempts of the ledger; their part in the daily sums stays. */
@Injectable()
export class LedgerRetention implements OldRecords {
  readonly name = 'attempts of the ledger';

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async deleteBefore(moment: Date): Promise<number> {
    let deleted = 0;
    for (let some = attemptsPerStatement; some === attemptsPerStatement; deleted += some) {
      // What another replica deletes at the moment is passed over.
      some = await this.database.$executeRaw`
        DELETE FROM usage_attempts WHERE attempt_id IN (
          SELECT attempt_id FROM usage_attempts WHERE started_at < ${moment}
          ORDER BY started_at LIMIT ${attemptsPerStatement} FOR UPDATE SKIP LOCKED
        )`;
    }
    return deleted;
  }
}
