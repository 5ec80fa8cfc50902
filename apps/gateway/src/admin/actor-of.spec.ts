import type { Caller } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { actorOf } from './actor-of.js';

const caller: Caller = {
  keyHash: 'a'.repeat(64),
  keyAlias: 'ops',
  userId: 'u1',
  models: [],
  aliases: {},
  tags: [],
  expiresAt: null,
  team: null,
};
const key = { kind: 'key', caller } as const;

describe('who makes a request', () => {
  it('is the holder of the master key', () => {
    const actor = actorOf({ principal: { kind: 'master' }, headers: {}, id: 'r1' });
    expect(actor).toEqual({ changedBy: 'master', keyHash: 'master', requestId: 'r1' });
  });

  it('is the user of a key, else its alias, else its hash', () => {
    const nobody = { ...caller, userId: null };
    const of = (given: Caller) =>
      actorOf({ principal: { kind: 'key', caller: given }, headers: {}, id: 'r1' });
    expect(of(caller)).toMatchObject({ changedBy: 'u1', keyHash: caller.keyHash, keyAlias: 'ops' });
    expect(of(nobody).changedBy).toBe('ops');
    expect(of({ ...nobody, keyAlias: null })).toEqual({
      changedBy: caller.keyHash,
      keyHash: caller.keyHash,
      requestId: 'r1',
    });
  });

  it('is whom a program names, the key it came with staying known', () => {
    const headers = { 'litellm-changed-by': 'krrish@example.com' };
    expect(actorOf({ principal: key, headers, id: 'r1' })).toMatchObject({
      changedBy: 'krrish@example.com',
      keyHash: caller.keyHash,
    });
  });
});
