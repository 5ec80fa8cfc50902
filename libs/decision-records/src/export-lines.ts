import { canonicalJson } from './canonical-json.js';
import type { ChainLink } from './chain.js';
import type { Signed } from './signed.js';

/** Where a chain stood, signed when its newest record was written. */
export type SignedHead = Signed<{
  readonly kind: 'head';
  readonly partition: number;
  readonly sequence: number;
  readonly chainHash: string;
  /** ISO 8601, UTC. */
  readonly signedAt: string;
}>;

/** First line of an export: what it is of, and between which two heads of the chain the others lie. */
export type ExportManifest = Signed<{
  readonly kind: 'export';
  readonly format: 1;
  /** Of `subjectOf`. */
  readonly subject: string;
  /** The period asked for, ISO 8601; null: no end on this side. */
  readonly from: string | null;
  readonly until: string | null;
  readonly exportedAt: string;
  readonly partition: number;
  /** The records follow this one; null: they are the chain's first. */
  readonly begin: SignedHead | null;
  /** That of the last line; null: the chain is empty. */
  readonly end: SignedHead | null;
}>;

/** A further line: a record of the subject in full, of any other one its hashes. */
export type ExportEntry =
  | {
      readonly kind: 'record';
      readonly sequence: number;
      /** Canonical JSON. */
      readonly text: string;
    }
  | ({ readonly kind: 'other'; readonly sequence: number } & ChainLink);

/** One line, without its end. It is canonical JSON, so that there is one way to write it. */
export function manifestLine(manifest: ExportManifest): string {
  return canonicalJson(manifest);
}

/** As `manifestLine`. */
export function entryLine(entry: ExportEntry): string {
  if (entry.kind === 'other') return canonicalJson({ ...entry });
  // The record is canonical already, and its name lies between those of the two others.
  return `{"kind":"record","record":${entry.text},"sequence":${entry.sequence}}`;
}
