import type { KeyObject } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.js';
import {
  emptyChain,
  extendChain,
  partitionOf,
  recordHash,
  subjectHash,
  subjectOf,
  type ChainHead,
  type ChainLink,
} from './chain.js';
import type { ExportManifest, SignedHead } from './export-lines.js';
import { NotLines } from './lines-of.js';
import { isSigned } from './signed.js';

/** What an export turned out to be. */
export type Verification =
  | {
      readonly ok: true;
      readonly manifest: ExportManifest;
      /** Records of the subject. */
      readonly records: number;
      /** Records of others, of which only hashes are there. */
      readonly others: number;
    }
  | {
      readonly ok: false;
      /** From 1. */
      readonly line: number;
      /** What is wrong there, a sentence. */
      readonly problem: string;
    };

type ExportLines = AsyncIterable<string> | Iterable<string>;
type Members = Readonly<Record<string, Json>>;

class Problem extends Error {}

/**
 * Checks an export line by line and needs nothing but the public keys. Every record between the two signed heads must be there, in
 * its place and unchanged, and those of the subject in full. An export that passes is the very one that was signed, to the byte.
 */
export async function verifyExport(lines: ExportLines, keys: readonly KeyObject[]): Promise<Verification> {
  let line = 0;
  let chain: VerifiedChain | undefined;
  try {
    for await (const text of lines) {
      line += 1;
      const members = membersOf(text);
      if (chain === undefined) chain = new VerifiedChain(manifestIn(members, keys));
      else chain.take(members);
    }
    line += 1;
    if (chain === undefined) throw new Problem('the export is empty');
    return chain.finish();
  } catch (error) {
    if (error instanceof Problem) return { ok: false, line, problem: error.message };
    // It is the line after those that could be read.
    if (error instanceof NotLines) return { ok: false, line: line + 1, problem: error.message };
    throw error;
  }
}

/** The chain as far as it is read. */
class VerifiedChain {
  private head: ChainHead;
  private records = 0;
  private others = 0;

  constructor(private readonly manifest: ExportManifest) {
    this.head = manifest.begin ?? emptyChain(manifest.partition);
  }

  take(line: Members): void {
    const expected = this.head.sequence + 1;
    if (line['sequence'] !== expected) {
      throw new Problem(`record ${expected} is missing here: the line is that of ${shown(line['sequence'])}`);
    }
    if (expected > (this.manifest.end?.sequence ?? 0))
      throw new Problem('there is a record after the last one');
    this.head = extendChain(this.head, this.linkOf(line, expected));
  }

  finish(): Verification {
    const { manifest, head, records, others } = this;
    const end = manifest.end ?? emptyChain(manifest.partition);
    if (head.sequence < end.sequence) {
      throw new Problem(`records ${head.sequence + 1} to ${end.sequence} are missing at the end`);
    }
    if (head.chainHash !== end.chainHash) {
      throw new Problem('a record or a hash was changed: the chain does not lead to its signed end');
    }
    return { ok: true, manifest, records, others };
  }

  private linkOf(line: Members, expected: number): ChainLink {
    const { subject, partition } = this.manifest;
    const own = subjectHash(subject, partition, expected);
    const { kind } = line;
    if (kind === 'record') {
      requireNames(line, ['kind', 'record', 'sequence']);
      const record = line['record'] ?? null;
      if (subjectOfRecord(record) !== subject)
        throw new Problem(`record ${expected} is not about ${subject}`);
      this.records += 1;
      return { subjectHash: own, recordHash: recordHash(canonicalJson(record)) };
    }
    if (kind !== 'other') throw new Problem('the line is neither a record nor the hashes of one');
    requireNames(line, ['kind', 'recordHash', 'sequence', 'subjectHash']);
    const link = { recordHash: hashIn(line['recordHash']), subjectHash: hashIn(line['subjectHash']) };
    if (link.subjectHash === own) throw new Problem(`record ${expected} is about ${subject} and left out`);
    this.others += 1;
    return link;
  }
}

function membersOf(text: string): Members {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Problem('the line is no JSON');
  }
  if (!isMembers(value)) throw new Problem('the line is no JSON object');
  if (!isCanonical(value, text)) throw new Problem('the line was written anew: it is not canonical JSON');
  return value;
}

function isCanonical(value: Json, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch (error) {
    // Nested deeper than the stack: nobody wrote that with our hands.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function manifestIn(members: Members, keys: readonly KeyObject[]): ExportManifest {
  if (members['kind'] !== 'export') throw new Problem('the first line is not that of an export');
  if (members['format'] !== 1) throw new Problem(`export format ${shown(members['format'])} is not known`);
  const manifest = members as unknown as ExportManifest;
  requireSigned(manifest, keys, 'the first line');
  const { subject, partition, begin, end } = manifest;
  if (partition !== partitionOf(subject)) throw new Problem('the chain is not that of the subject');
  for (const head of [begin, end]) {
    if (head === null) continue;
    requireSigned(head, keys, 'a head of the chain');
    if (head.partition !== partition) throw new Problem('a head is of another chain');
  }
  return manifest;
}

function requireSigned(
  document: ExportManifest | SignedHead,
  keys: readonly KeyObject[],
  what: string,
): void {
  if (typeof document.signature === 'string' && isSigned(document, keys)) return;
  throw new Problem(`${what} was changed, or signed by another key (${shown(document.keyId)})`);
}

function requireNames(members: Members, names: readonly string[]): void {
  const found = Object.keys(members);
  if (found.length !== names.length || !names.every((name) => name in members)) {
    throw new Problem(`the line must have ${names.join(' and ')} and no more`);
  }
}

function subjectOfRecord(record: Json): string | undefined {
  if (!isMembers(record) || !isMembers(record['caller'])) return undefined;
  const { endUserId = null, keyHash = null } = record['caller'];
  if (!isTextOrNull(endUserId) || !isTextOrNull(keyHash)) return undefined;
  return subjectOf({ endUserId, keyHash });
}

function hashIn(value: Json | undefined): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new Problem('a hash is not 64 hexadecimal digits');
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: Json): value is string | null {
  return value === null || typeof value === 'string';
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
