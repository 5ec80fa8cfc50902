import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, Prisma, type Database } from '@signalbox/database';
import { partitionCount } from '@signalbox/decision-records';
import type { OldRecords } from '../delete-old.js';

/** Records deleted in one statement, of one chain. */
const recordsPerStatement = 5_000;

/**
 * Deletes old records from the beginning of their chains, up to a signed head that stays: what is left can still be checked, from
 * that head on.
 */
@Injectable()
export class DecisionRetention implements OldRecords {
  readonly name = 'decision records';

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Deletes what was decided before, as far as nothing newer stands before it in its chain; returns how many records. */
  async deleteBefore(moment: Date): Promise<number> {
    let deleted = 0;
    for (let partition = 0; partition < partitionCount; partition += 1) {
      let some: number;
      do {
        some = await this.deleteSome(partition, moment);
        deleted += some;
      } while (some > 0);
    }
    return deleted;
  }

  private deleteSome(partition: number, moment: Date): Promise<number> {
    const ofPartition = Prisma.sql`partition = ${partition}`;
    return this.database.$executeRaw`
      WITH oldest AS (
        SELECT sequence FROM decision_records WHERE ${ofPartition} ORDER BY sequence LIMIT 1
      ), kept AS (
        SELECT sequence FROM decision_records WHERE ${ofPartition} AND decided_at >= ${moment} ORDER BY sequence LIMIT 1
      ), last AS (
        SELECT max(head.sequence) AS sequence FROM decision_heads AS head, oldest
        WHERE ${ofPartition} AND head.sequence >= oldest.sequence
          AND head.sequence < least((SELECT sequence FROM kept), oldest.sequence + ${recordsPerStatement})
      ), heads AS (
        DELETE FROM decision_heads USING last WHERE ${ofPartition} AND decision_heads.sequence < last.sequence
      )
      DELETE FROM decision_records USING last WHERE ${ofPartition} AND decision_records.sequence <= last.sequence`;
  }
}
