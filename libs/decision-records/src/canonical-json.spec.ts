import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.js';

it.each<[Json, string]>([
  [{ b: 1, a: [true, null, 'é\n'], c: undefined }, '{"a":[true,null,"é\\n"],"b":1}'],
  [{ 10: 1, 9: 2, a: { z: 0, y: 1e21 } }, '{"10":1,"9":2,"a":{"y":1e+21,"z":0}}'],
  ['\ud800\0', '"\\ud800\\u0000"'],
])('writes %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

it('writes texts as JSON.stringify does, and all names in the order of their units', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 50 }), (texts) => {
      const members = Object.keys(texts)
        .sort()
        .map((name) => `${JSON.stringify(name)}:${JSON.stringify(texts[name])}`);
      expect(canonicalJson(texts)).toBe(`{${members.join()}}`);
    }),
  );
});

it('writes a value and what is read of it alike, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
    }),
  );
});
