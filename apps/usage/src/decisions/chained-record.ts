import type { DecisionRecord } from '@signalbox/contracts';
import {
  canonicalJson,
  emptyChain,
  extendChain,
  partitionOf,
  recordHash,
  subjectHash,
  subjectOf,
  type ChainHead,
} from '@signalbox/decision-records';
import { readableText } from '../readable-text.js';

/** A record that is to be chained. */
export interface UnchainedRecord {
  readonly decisionId: string;
  readonly subject: string;
  readonly partition: number;
  readonly decidedAt: string;
  /** Canonical JSON. */
  readonly text: string;
}

/** As `decision_records` holds it; names are those of the columns. */
export interface DecisionRow {
  readonly decision_id: string;
  readonly partition: number;
  readonly sequence: number;
  readonly decided_at: string;
  readonly subject_hash: string;
  readonly record_hash: string;
  readonly record: string;
}

/** @param now milliseconds since 1970: a gateway's clock may be wrong, and what it says it decided later was decided now. */
export function unchained(record: DecisionRecord, now: number): UnchainedRecord {
  const { endUserId, keyHash } = record.caller;
  const subject = subjectOf({ endUserId, keyHash });
  return {
    decisionId: readableText(record.decisionId),
    subject,
    partition: partitionOf(subject),
    decidedAt: new Date(Math.max(0, Math.min(Date.parse(record.decidedAt), now))).toISOString(),
    text: canonicalJson(record),
  };
}

/** Appends records to their chains, in their order. Returns the rows and the new head of each chain that has grown. */
export function chained(
  records: readonly UnchainedRecord[],
  heads: readonly ChainHead[],
): { readonly rows: DecisionRow[]; readonly heads: ChainHead[] } {
  const before = new Map(heads.map((head) => [head.partition, head]));
  const grown = new Map<number, ChainHead>();
  const rows = records.map(({ decisionId, subject, partition, decidedAt, text }): DecisionRow => {
    const head = grown.get(partition) ?? before.get(partition) ?? emptyChain(partition);
    const sequence = head.sequence + 1;
    const link = {
      recordHash: recordHash(text),
      subjectHash: subjectHash(subject, partition, sequence),
    };
    grown.set(partition, extendChain(head, link));
    return {
      decision_id: decisionId,
      partition,
      sequence,
      decided_at: decidedAt,
      subject_hash: link.subjectHash,
      record_hash: link.recordHash,
      record: text,
    };
  });
  return { rows, heads: [...grown.values()] };
}
