import { describe, expect, it } from 'vitest';
import { keyHashOf, keyNameOf, newRawKey, RawKeySchema } from './raw-key.js';

describe('newRawKey', () => {
  it('makes a key that its own rule accepts, another one every time', () => {
    const keys = Array.from({ length: 100 }, newRawKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) {
      expect(RawKeySchema.parse(key)).toMatch(/^sk-[\w-]{43}$/);
    }
  });
});

describe('RawKeySchema', () => {
  it.each(['sk-1234567890abc', 'sk-my.own+key/for=tests'])('takes %s', (key) => {
    expect(RawKeySchema.safeParse(key).success).toBe(true);
  });

  it.each(['sk-short', 'key-1234567890abcdef', 'sk-1234567890 abcdef', `sk-${'a'.repeat(600)}`])(
    'refuses %s',
    (key) => {
      expect(RawKeySchema.safeParse(key).success).toBe(false);
    },
  );
});

describe('keyHashOf', () => {
  it('is the sha-256 of a key, and leaves a hash as it is', () => {
    const hash = '1acf8253ffe307bb6ba17a73fbe5c2c3ca9a0bdf1a74b7c4f1a0b8d4f1ab1fb8';
    expect(keyHashOf('sk-1234')).toBe('88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b');
    expect(keyHashOf(hash)).toBe(hash);
  });
});

it('names a key by its last four characters', () => {
  expect(keyNameOf('sk-RV-l2BJEZ_LYNChSx2EueQ')).toBe('sk-...EueQ');
});
