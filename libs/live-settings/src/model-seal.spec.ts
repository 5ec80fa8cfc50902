import { describe, expect, it } from 'vitest';
import { ModelSeal, SealBroken } from './model-seal.js';

const params = { model: 'azure/gpt-4o', api_key: 'sk-secret', nested: { header: 'ä' } };
const seal = new ModelSeal('words');

describe('a sealed model', () => {
  it('opens with the same words, in any process', () => {
    expect(new ModelSeal('words').open('a', seal.seal('a', params))).toEqual(params);
  });

  it('shows nothing, not even that two are the same', () => {
    const sealed = seal.seal('a', params);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('secret');
    expect(seal.seal('a', params)).not.toBe(sealed);
  });

  it.each([
    ['other words', () => new ModelSeal('other').open('a', seal.seal('a', params))],
    ['another model', () => seal.open('b', seal.seal('a', params))],
    ['one changed byte', () => seal.open('a', changed(seal.seal('a', params)))],
    ['nothing in it', () => seal.open('a', 'v1.')],
    ['another way of sealing', () => seal.open('a', 'v9.AAAA')],
  ])('does not open with %s', (_, open) => {
    expect(open).toThrow(SealBroken);
  });
});

function changed(sealed: string): string {
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return `v1.${bytes.toString('base64url')}`;
}
