import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines-of.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Uint8Array, size: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(inPieces(bytes, size))) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it('gives what was written, however the bytes come', async () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '\u2028\r'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
          expect(await read(bytes, size)).toEqual(lines);
        },
      ),
    );
  });

  it('needs no end of the last line', async () => {
    expect(await read(Buffer.from('a\nb'), 1)).toEqual(['a', 'b']);
  });

  it('refuses what is no text, and a line without an end', async () => {
    await expect(read(Buffer.from([0x61, 0x0a, 0xff]), 2)).rejects.toThrow('no UTF-8');
    await expect(read(Buffer.alloc(17 * 1024 * 1024, 'x'), 1024 * 1024)).rejects.toThrow(
      'longer than any record',
    );
  });
});
