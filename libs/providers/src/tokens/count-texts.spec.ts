import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByLength, countTexts, EXACT_BYTES, SAMPLE_UNITS } from './count-texts.js';
import { loadTokenizer } from './load-tokenizer.js';

const tokenizer = await loadTokenizer('o200k_base');
const count = (text: string) => tokenizer.count(text);

/** Remembers how much work it was given. */
function watched() {
  const work = { texts: 0, bytes: 0 };
  const counter = (text: string) => {
    work.texts += 1;
    work.bytes += Buffer.byteLength(text);
    return count(text);
  };
  return { work, counter };
}

it('counts by length one token for 4 bytes, each text rounded up', () => {
  expect(countByLength(['é'.repeat(4), 'a', ''])).toBe(3);
});

it('counts texts exactly up to the limit, each for itself', () => {
  expect(countTexts(['hello', 'world', ''], count)).toBe(2);
  const words = ' word'.repeat(1_200);
  expect(countTexts([words], count)).toBe(1_200);
});

describe('texts beyond the limit', () => {
  const prose = readFileSync(new URL('../../../../LICENSE', import.meta.url), 'utf8').repeat(5);
  const json = JSON.stringify(
    Array.from({ length: 1_000 }, (_, index) => ({ id: index * 7_919, tags: ['new', 'eu'] })),
  );
  const chinese =
    '限流是按滑动窗口计算的，任何一分钟之内都不会超过上限。路由器先选择区域，然后才看配额；'.repeat(200);

  it.each<[string, readonly string[]]>([
    ['prose', [prose]],
    ['prose in messages of all lengths', prose.split('\n')],
    ['JSON', [json]],
    ['JSON behind prose', [prose, json]],
    ['Chinese', [chinese]],
    ['Chinese behind prose', [prose, chinese]],
  ])('are estimated within five per cent: %s', (_, texts) => {
    const exact = texts.reduce((tokens, text) => tokens + count(text), 0);
    expect(Math.abs(countTexts(texts, count) / exact - 1)).toBeLessThan(0.05);
  });

  it.each<[string, string]>([
    ['a run of a letter', 'a'.repeat(300_000)],
    ['spaces', ' '.repeat(300_000)],
    ['rare signs', '\u{2a6d6}'.repeat(100_000)],
    ['halves of surrogate pairs', '\ud800'.repeat(100_000)],
  ])('are estimated within a tenth: %s', (_, text) => {
    const exact = count(text);
    expect(Math.abs(countTexts([text], count) / exact - 1)).toBeLessThan(0.1);
  });
});

it('does the same work at most for whatever it is given', () => {
  const unit = fc.constantFrom('a', ' ', 'é', '的', '\ud800', '\u{1f600}', 'word ');
  const text = fc.tuple(unit, fc.oneof(fc.nat(20), fc.nat(40_000))).map(([one, times]) => one.repeat(times));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.constantFrom(1, 1, 500), (few, times) => {
      const { work, counter } = watched();
      const texts = Array.from({ length: times }, () =>
        few.map((one) => (times > 1 ? one.slice(0, 50) : one)),
      ).flat();
      const tokens = countTexts(texts, counter);
      expect(work.bytes).toBeLessThanOrEqual(EXACT_BYTES + 3 * SAMPLE_UNITS);
      expect(work.texts).toBeLessThanOrEqual(EXACT_BYTES / 8 + 1);
      expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
      expect(tokens > 0).toBe(texts.some((one) => one !== ''));
    }),
    { numRuns: 200 },
  );
});
