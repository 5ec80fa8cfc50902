import { crc32 } from 'node:zlib';
import type { Batch, BatchStream } from '../batch.js';

const LF = 0x0a;
/** Eight hexadecimal digits and a space. */
const checksumLength = 9;

/** What a file holds: its batches in order, and how many bytes of it are none. */
export interface FrameReading<Item> {
  readonly batches: readonly Batch<Item>[];
  /** Bytes of frames that were not written to their end, or have changed since. */
  readonly damagedBytes: number;
}

/** Writes a batch as one line: the CRC-32 of its JSON, a space, the JSON. */
export function frameOf(batch: Batch<unknown>): Buffer {
  const json = JSON.stringify(batch);
  return Buffer.from(`${checksumOf(json)} ${json}\n`);
}

/** Reads what `frameOf` wrote, as often as it was appended. Never throws: a frame cut short is left out and counted. */
export function readFrames<Item>(stream: BatchStream<Item>, bytes: Buffer): FrameReading<Item> {
  const batches: Batch<Item>[] = [];
  let damagedBytes = 0;
  for (let start = 0; start < bytes.length;) {
    const lineEnd = bytes.indexOf(LF, start);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    const batch = lineEnd < 0 ? undefined : readFrame(stream, bytes.toString('utf8', start, lineEnd));
    if (batch === undefined) damagedBytes += end - start;
    else batches.push(batch);
    start = end;
  }
  return { batches, damagedBytes };
}

function readFrame<Item>(stream: BatchStream<Item>, line: string): Batch<Item> | undefined {
  const json = line.slice(checksumLength);
  if (line.slice(0, checksumLength) !== `${checksumOf(json)} `) return undefined;
  // Whole, but perhaps written by another version.
  return stream.event.safeParse(JSON.parse(json)).data;
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
