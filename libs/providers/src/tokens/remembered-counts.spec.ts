import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SAMPLE_UNITS } from './count-texts.js';
import { rememberedCounts } from './remembered-counts.js';

const long = fc.string({ minLength: SAMPLE_UNITS + 1, maxLength: SAMPLE_UNITS + 3, unit: 'grapheme' });

it('says what was counted, however often it is asked', () => {
  const count = (text: string): number => text.length + text.charCodeAt(0);
  const remembered = rememberedCounts(count, 3);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), long), { maxLength: 12 }), (texts) => {
      for (const text of [...texts, ...texts]) expect(remembered(text)).toBe(count(text));
    }),
  );
});

it('counts a long text once, until others have taken its place', () => {
  const counted: string[] = [];
  const remembered = rememberedCounts((text) => counted.push(text), 2);
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((letter) => letter.repeat(SAMPLE_UNITS + 1));
  for (const text of [a, b, a, a, c, b, 'short', 'short']) remembered(text);
  expect(counted).toEqual([a, b, c, b, 'short', 'short']);
});
