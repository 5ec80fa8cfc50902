import { hash } from 'node:crypto';

/** How many chains there are; a record belongs to the one of its subject. */
export const partitionCount = 64;

/** Where a chain stands: the number of its newest record and what all up to it come to. */
export interface ChainHead {
  readonly partition: number;
  /** 0: there is no record yet. */
  readonly sequence: number;
  /** sha-256, hex. */
  readonly chainHash: string;
}

/** What the chain holds of a record: nothing by which the record could be read. */
export interface ChainLink {
  /** sha-256 of the record's canonical JSON, hex. */
  readonly recordHash: string;
  /** Of `subjectHash`: tells whether a record is of a subject one knows already. */
  readonly subjectHash: string;
}

/** Whom a record is about, as the chains sort them. */
export interface Subject {
  readonly endUserId: string | null;
  readonly keyHash: string | null;
}

/** The name of a subject: the end user, without one the key, without that nobody. */
export function subjectOf({ endUserId, keyHash }: Subject): string {
  if (endUserId !== null) return `end_user:${endUserId}`;
  return keyHash === null ? 'nobody' : `key:${keyHash}`;
}

/** The chain that all records of a subject are in. */
export function partitionOf(subject: string): number {
  return hash('sha256', subject, 'buffer').readUInt8(0) % partitionCount;
}

/** A chain without records. */
export function emptyChain(partition: number): ChainHead {
  return { partition, sequence: 0, chainHash: hash('sha256', `signalbox decisions 1 ${partition}`, 'hex') };
}

/** What stands in the chain instead of the subject: another one for each record, so that nobody is followed by it. */
export function subjectHash(subject: string, partition: number, sequence: number): string {
  return hash('sha256', JSON.stringify([partition, sequence, subject]), 'hex');
}

/** @param text the record's canonical JSON. */
export function recordHash(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The chain with one more record: no number is left out, and every hash depends on all before. */
export function extendChain(head: ChainHead, link: ChainLink): ChainHead {
  const parts = [head.chainHash, link.subjectHash, link.recordHash];
  return {
    partition: head.partition,
    sequence: head.sequence + 1,
    chainHash: hash('sha256', Buffer.from(parts.join(''), 'hex'), 'hex'),
  };
}
