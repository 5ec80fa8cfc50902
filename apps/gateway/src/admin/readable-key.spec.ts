import type { Caller } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../authentication/principal.js';
import { readableKeyHash } from './readable-key.js';

const caller: Caller = {
  keyHash: 'own',
  keyAlias: null,
  userId: null,
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team: null,
};
const key: Principal = { kind: 'key', caller };

describe('readableKeyHash', () => {
  it('lets a key read its own record, named or not', () => {
    expect(readableKeyHash(key, undefined)).toBe('own');
    expect(readableKeyHash(key, 'own')).toBe('own');
  });

  it('lets the master key read any', () => {
    expect(readableKeyHash({ kind: 'master' }, 'other')).toBe('other');
  });

  it.each<[string, Principal, string | undefined, string]>([
    ['a key asking for another', key, 'other', 'admin_only'],
    ['an open call', { kind: 'open' }, 'other', 'admin_only'],
    ['the master key naming none', { kind: 'master' }, undefined, 'validation_error'],
  ])('refuses %s', (_who, principal, wanted, code) => {
    expect(() => readableKeyHash(principal, wanted)).toThrow(code);
  });
});
