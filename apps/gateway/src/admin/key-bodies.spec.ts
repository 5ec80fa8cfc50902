import { describe, expect, it } from 'vitest';
import {
  DeleteKeysSchema,
  GenerateKeySchema,
  KeyListQuerySchema,
  RegenerateNamedKeySchema,
  UpdateKeySchema,
} from './key-bodies.js';

const hash = 'a'.repeat(64);

describe('a new key', () => {
  it('has a value of its own or a known hash, not both', () => {
    expect(GenerateKeySchema.safeParse({ token: hash, key_name: 'sk-...4Ixw' }).success).toBe(true);
    const both = GenerateKeySchema.safeParse({ token: hash, key: 'sk-1234567890abc' });
    expect(both.error?.issues).toMatchObject([{ path: ['token'] }]);
  });

  it.each([['/v1/*'], ['/key/info'], ['llm_api_routes']])('may have the route %s', (route) => {
    expect(GenerateKeySchema.safeParse({ allowed_routes: [route] }).success).toBe(true);
  });

  it.each([['v1/models'], ['*'], ['/v1/*/x'], ['']])('may not have the route %j', (route) => {
    expect(GenerateKeySchema.safeParse({ allowed_routes: [route] }).success).toBe(false);
  });
});

describe('a key to change', () => {
  it('is named by itself, its hash or its alias', () => {
    for (const name of [{ key: hash }, { key: 'sk-1234567890abc' }, { key_alias: 'ci' }]) {
      expect(UpdateKeySchema.safeParse(name).success).toBe(true);
    }
    expect(UpdateKeySchema.safeParse({ key_alias: null, rpm_limit: 1 }).success).toBe(false);
  });

  it('may come without a body when the address names it', () => {
    expect(RegenerateNamedKeySchema.parse(undefined)).toEqual({});
  });
});

describe('keys to delete', () => {
  it('are at least one', () => {
    expect(DeleteKeysSchema.safeParse({ keys: [], key_aliases: null }).error?.issues[0]).toMatchObject({
      path: ['keys'],
    });
    expect(DeleteKeysSchema.safeParse({ key_aliases: ['ci'] }).success).toBe(true);
  });
});

describe('the list of keys', () => {
  it('reads its query, which is text', () => {
    expect(KeyListQuerySchema.parse({})).toEqual({
      page: 1,
      size: 10,
      sort_by: 'created_at',
      sort_order: 'desc',
      return_full_object: false,
    });
    expect(KeyListQuerySchema.parse({ page: '2', size: '100', return_full_object: 'True' })).toMatchObject({
      page: 2,
      size: 100,
      return_full_object: true,
    });
  });

  it.each([{ size: '101' }, { page: '0' }, { page: 'x' }, { sort_by: 'hash' }])('refuses %j', (query) => {
    expect(KeyListQuerySchema.safeParse(query).success).toBe(false);
  });
});
