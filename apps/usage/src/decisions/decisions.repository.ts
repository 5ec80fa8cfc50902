import { Inject, Injectable } from '@nestjs/common';
import type { DecisionRecord } from '@signalbox/contracts';
import { DATABASE, Prisma, type Database } from '@signalbox/database';
import type { ChainHead } from '@signalbox/decision-records';
import { CLOCK } from '../usage.tokens.js';
import { chained, unchained, type UnchainedRecord } from './chained-record.js';
import { DecisionSigner } from './decision-signer.js';

/** Records per transaction. */
const recordsPerTransaction = 1_000;
const transactionTimeoutMs = 8_000;
/** Tells our locks from those of others: any number that nobody else in this database takes. */
const lockClass = 0x5b0c;

type Transaction = Prisma.TransactionClient;

/** The chains in Postgres. A chain grows by one writer at a time, whoever that is. */
@Injectable()
export class DecisionsRepository {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly now: () => number,
    private readonly signer: DecisionSigner,
  ) {}

  /**
   * Chains every record that is in no chain yet, with a signed head for each chain that grows: all of a batch or nothing. Returns
   * how many those were. Rejects while Postgres is away; the same records may be given again, and to several replicas.
   */
  async append(records: readonly DecisionRecord[]): Promise<number> {
    const now = this.now();
    let written = 0;
    for (let start = 0; start < records.length; start += recordsPerTransaction) {
      const some = records
        .slice(start, start + recordsPerTransaction)
        .map((record) => unchained(record, now));
      const once = new Map(some.map((record) => [record.decisionId, record]));
      written += await this.database.$transaction(
        (transaction) => this.appendSome(transaction, [...once.values()]),
        { timeout: transactionTimeoutMs },
      );
    }
    return written;
  }

  private async appendSome(transaction: Transaction, records: readonly UnchainedRecord[]): Promise<number> {
    // In one order, so that no two writers wait for each other.
    const partitions = [...new Set(records.map(({ partition }) => partition))].sort(
      (one, other) => one - other,
    );
    await transaction.$executeRaw`
      SELECT pg_advisory_xact_lock(${lockClass}::int, partition)
      FROM unnest(${partitions}::int[]) WITH ORDINALITY AS wanted(partition, place) ORDER BY place`;
    const ids = records.map(({ decisionId }) => decisionId);
    const known = await transaction.$queryRaw<{ decisionId: string }[]>`
      SELECT decision_id AS "decisionId" FROM decision_records WHERE decision_id = ANY(${ids})`;
    const knownIds = new Set(known.map(({ decisionId }) => decisionId));
    const fresh = records.filter(({ decisionId }) => !knownIds.has(decisionId));
    if (fresh.length === 0) return 0;
    const { rows, heads } = chained(fresh, await newestHeads(transaction, partitions));
    await transaction.$executeRaw`
      INSERT INTO decision_records (decision_id, partition, sequence, decided_at, subject_hash, record_hash, record)
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given(decision_id text, partition smallint,
        sequence bigint, decided_at timestamptz, subject_hash text, record_hash text, record text)`;
    await transaction.decisionHead.createMany({ data: heads.map((head) => this.signer.head(head)) });
    return fresh.length;
  }
}

/** The newest head of each of these chains that has records. */
async function newestHeads(transaction: Transaction, partitions: readonly number[]): Promise<ChainHead[]> {
  const heads = await transaction.$queryRaw<(Omit<ChainHead, 'sequence'> & { sequence: bigint })[]>`
    SELECT newest.partition, newest.sequence, newest.chain_hash AS "chainHash"
    FROM unnest(${partitions}::int[]) AS wanted(partition), LATERAL (
      SELECT * FROM decision_heads AS head WHERE head.partition = wanted.partition ORDER BY sequence DESC LIMIT 1
    ) AS newest`;
  return heads.map((head) => ({ ...head, sequence: Number(head.sequence) }));
}
