// Real: both vocabularies. `gpt-tokenizer` counts the same texts as the reference; its own counting takes the square of a
// run's length, so texts here are short.
import fc from 'fast-check';
import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base';
import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from './load-tokenizer.js';
import { MAX_PART_BYTES } from './piece-merger.js';

const asText = { disallowedSpecial: new Set<string>() };
const encodings = [
  { encoding: 'o200k_base', tokenizer: await loadTokenizer('o200k_base'), reference: o200k },
  { encoding: 'cl100k_base', tokenizer: await loadTokenizer('cl100k_base'), reference: cl100k },
] as const;

/** Whatever a client may send: words, runs, many scripts, special tokens, halves of surrogate pairs. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      fc.constantFrom(
        '<|endoftext|>',
        "it's",
        ' don’t',
        '\r\n',
        '  \n\t',
        '漢字かな交じり文',
        '안녕하세요',
        '👩‍👩‍👧',
        '=====',
        'a\u0301',
      ),
      fc
        .tuple(fc.constantFrom('a', ' ', '\n', '=', '的', 'Ab'), fc.integer({ min: 1, max: 80 }))
        .map(([unit, times]) => unit.repeat(times)),
    ),
    { maxLength: 8 },
  )
  // The reference takes a byte order mark apart, which is a token in both vocabularies.
  .map((parts) => parts.join('').replaceAll('\ufeff', ''));

describe.each(encodings)('the tokens of $encoding', ({ encoding, tokenizer, reference }) => {
  it.each<[string, number, number]>([
    ['', 0, 0],
    ['hello world', 2, 2],
    ['tiktoken is great!', 6, 6],
    ['antidisestablishmentarianism', 6, 6],
    ['2 + 2 = 4', 7, 7],
    ['お誕生日おめでとう', 8, 9],
    ['<|endoftext|>', 7, 7],
    ['\ufeff', 1, 1],
  ])('of %j are known', (text, inO200k, inCl100k) => {
    expect(tokenizer.count(text)).toBe(encoding === 'o200k_base' ? inO200k : inCl100k);
  });

  it('are those of the reference for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.count(text)).toBe(reference.countTokens(text, asText));
      }),
      { numRuns: 500 },
    );
  });

  it('are one more at most for each part of a run too long to be merged at once', () => {
    const run = '的一是不了在人有我他'.repeat(150);
    const exact = reference.countTokens(run, asText);
    const parts = Math.ceil(Buffer.byteLength(run) / MAX_PART_BYTES);
    expect(tokenizer.count(run)).toBeGreaterThanOrEqual(exact);
    expect(tokenizer.count(run)).toBeLessThanOrEqual(exact + 2 * parts);
  });
});
