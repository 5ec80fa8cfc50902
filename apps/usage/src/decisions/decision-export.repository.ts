import { Inject, Injectable } from '@nestjs/common';
import {
  DecisionRecordSchema,
  fault,
  FaultError,
  type decisionExport,
  type decisionExportPage,
  type decisionRead,
} from '@signalbox/contracts';
import { DATABASE, type Database, type DecisionHead, type Prisma } from '@signalbox/database';
import {
  entryLine,
  manifestLine,
  partitionOf,
  subjectOf,
  type ExportEntry,
  type SignedHead,
} from '@signalbox/decision-records';
import type { z } from 'zod';
import { readableText } from '../readable-text.js';
import { CLOCK } from '../usage.tokens.js';
import { DecisionSigner } from './decision-signer.js';

type ExportQuestion = z.output<typeof decisionExport.request>;
type ExportBeginning = z.output<typeof decisionExport.value>;
type ExportPage = z.output<typeof decisionExportPage.request>;
type ReadDecision = z.output<typeof decisionRead.value>;

/** Lines read at once, and how long they may be together: a message on the bus holds no more than 1 MB. */
const linesPerPage = 500;
const unitsPerPage = 400_000;

interface LinkRow {
  readonly sequence: bigint;
  readonly recordHash: string;
  readonly subjectHash: string;
  /** Of the subject alone. */
  readonly record: string | null;
}

/** Reads the chains. */
@Injectable()
export class DecisionExportRepository {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly now: () => number,
    private readonly signer: DecisionSigner,
  ) {}

  async read(decisionId: string): Promise<ReadDecision> {
    const entry = await this.database.decisionEntry.findUnique({
      where: { decisionId: readableText(decisionId) },
    });
    if (entry === null) throw new FaultError(fault('record_not_found'));
    const { partition, sequence, recordHash, record } = entry;
    return {
      record: DecisionRecordSchema.parse(JSON.parse(record)),
      partition,
      sequence: Number(sequence),
      recordHash,
    };
  }

  /** The first line of an export, which also says between which records of the chain the others lie. */
  async begin({ endUserId, from, until }: ExportQuestion): Promise<ExportBeginning> {
    const subject = subjectOf({ endUserId, keyHash: null });
    const partition = partitionOf(subject);
    const [begin, end] = await this.headsAround(partition, from, until);
    const manifest = this.signer.sign({
      kind: 'export',
      format: 1,
      subject,
      from: from ?? null,
      until: until ?? null,
      exportedAt: new Date(this.now()).toISOString(),
      partition,
      begin,
      end,
    } as const);
    return { line: manifestLine(manifest), after: begin?.sequence ?? 0, last: end?.sequence ?? 0 };
  }

  /** The lines that follow, as many as fit. */
  async page({ endUserId, after, last }: ExportPage): Promise<string[]> {
    const subject = subjectOf({ endUserId, keyHash: null });
    const rows = await this.links(subject, after, Math.min(last, after + linesPerPage));
    const lines: string[] = [];
    let units = 0;
    for (const [index, row] of rows.entries()) {
      // Records that were deleted since the first line was written.
      if (Number(row.sequence) !== after + 1 + index) break;
      const line = entryLine(entryOf(row));
      units += line.length;
      if (lines.length > 0 && units > unitsPerPage) break;
      lines.push(line);
    }
    if (lines.length === 0) throw new FaultError(fault('record_not_found'));
    return lines;
  }

  /** The last head before the period and the first one after it; both the newest where the chain has nothing in the period. */
  private async headsAround(
    partition: number,
    from: string | undefined,
    until: string | undefined,
  ): Promise<[SignedHead | null, SignedHead | null]> {
    const { _min: first, _max: last } = await this.database.decisionEntry.aggregate({
      where: {
        partition,
        decidedAt: { ...(from !== undefined && { gte: from }), ...(until !== undefined && { lt: until }) },
      },
      _min: { sequence: true },
      _max: { sequence: true },
    });
    if (first.sequence === null || last.sequence === null) {
      const newest = await this.head({ partition }, 'desc');
      return [newest, newest];
    }
    return Promise.all([
      this.head({ partition, sequence: { lt: first.sequence } }, 'desc'),
      this.head({ partition, sequence: { gte: last.sequence } }, 'asc'),
    ]);
  }

  private async head(
    where: Prisma.DecisionHeadWhereInput,
    order: 'asc' | 'desc',
  ): Promise<SignedHead | null> {
    const head = await this.database.decisionHead.findFirst({ where, orderBy: { sequence: order } });
    return head === null ? null : signedHead(head);
  }

  /** Records of others stay where they are: Postgres tells them apart by the hash of their subject. */
  private links(subject: string, after: number, until: number): Promise<LinkRow[]> {
    const partition = partitionOf(subject);
    const name = JSON.stringify(subject);
    return this.database.$queryRaw<LinkRow[]>`
      SELECT sequence, record_hash AS "recordHash", subject_hash AS "subjectHash",
        CASE WHEN subject_hash = encode(sha256(convert_to(
          '[' || partition || ',' || sequence || ',' || ${name} || ']', 'UTF8')), 'hex') THEN record END AS record
      FROM decision_records
      WHERE partition = ${partition} AND sequence > ${after} AND sequence <= ${until}
      ORDER BY sequence`;
  }
}

function entryOf({ sequence, recordHash, subjectHash, record }: LinkRow): ExportEntry {
  const number = Number(sequence);
  return record === null
    ? { kind: 'other', sequence: number, recordHash, subjectHash }
    : { kind: 'record', sequence: number, text: record };
}

function signedHead({ sequence, ...head }: DecisionHead): SignedHead {
  return { kind: 'head', ...head, sequence: Number(sequence) };
}
