// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  keyBlock,
  keyCreate,
  keyDelete,
  keyList,
  keyRead,
  keyRegenerate,
  keyUpdate,
  teamCreate,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { aKeyHash } from '../spec-support/a-key-hash.js';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

function authenticate(keyHash: string) {
  return under.bus.call(identityAuthenticate, { keyHash });
}

function regenerate(token: string, fields: Partial<z.input<typeof keyRegenerate.request>> = {}) {
  return under.bus.call(keyRegenerate, { token, new_token: aKeyHash(), key_name: 'sk-...next', ...fields });
}

async function announcedHashes(): Promise<string[]> {
  return (await under.announced()).flatMap(({ keyHashes }) => keyHashes).sort();
}

describe('a regenerated key', () => {
  it('keeps its fields but those that are given, and its old value ends at once', async () => {
    const old = await under.aKey({ key_alias: 'rotating', models: ['gpt-4'], rpm_limit: 5 });
    const row = valueOf(await regenerate(old.token, { rpm_limit: null, duration: '30d' }));
    expect(row).toMatchObject({
      key_alias: 'rotating',
      models: ['gpt-4'],
      rpm_limit: null,
      key_name: 'sk-...next',
      created_at: old.created_at,
      expires: expect.any(String) as string,
    });
    expect(await announcedHashes()).toEqual([old.token, row.token].sort());
    expect(await authenticate(old.token)).toMatchObject({ fault: { code: 'unknown_key' } });
    expect(valueOf(await authenticate(row.token)).keyAlias).toBe('rotating');
  });

  it('is known by its old value for the grace period, as the key it is now', async () => {
    const old = await under.aKey({ rpm_limit: 5 });
    const row = valueOf(await regenerate(old.token, { grace_period: '1h' }));
    const caller = valueOf(await authenticate(old.token));
    // One key, one limit: both values share it.
    expect(caller).toMatchObject({ keyHash: row.token, limits: { rpm: 5 } });
    const end = (caller.expiresAt ?? 0) - new Date(row.updated_at).getTime();
    expect(Math.round(end / 60_000)).toBe(60);
    expect(valueOf(await authenticate(row.token)).expiresAt).toBeNull();
  });

  it('is refused by its old value once the grace period or its own life is over', async () => {
    const old = await under.aKey();
    await regenerate(old.token, { grace_period: '0s' });
    expect(await authenticate(old.token)).toMatchObject({ fault: { code: 'expired_key' } });
    const dying = await under.aKey({ duration: '0s' });
    await regenerate(dying.token, { grace_period: '1h' });
    expect(await authenticate(dying.token)).toMatchObject({ fault: { code: 'expired_key' } });
  });

  it('is announced by every value it is known by, and its former ones follow it', async () => {
    const first = await under.aKey();
    const second = valueOf(await regenerate(first.token, { grace_period: '1h' }));
    const third = valueOf(await regenerate(second.token, { grace_period: '1h' }));
    await under.announced();
    await under.bus.call(keyBlock, { token: third.token, blocked: true });
    const all = [first.token, second.token, third.token].sort();
    expect(await announcedHashes()).toEqual(all);
    for (const token of all) {
      expect(await authenticate(token)).toMatchObject({ fault: { code: 'key_blocked' } });
    }
    await under.bus.call(keyDelete, { tokens: [third.token] });
    expect(await announcedHashes()).toEqual(all);
    for (const token of all) {
      expect(await authenticate(token)).toMatchObject({ fault: { code: 'unknown_key' } });
    }
  });

  it('without a grace period ends those of before too', async () => {
    const first = await under.aKey();
    const second = valueOf(await regenerate(first.token, { grace_period: '1h' }));
    await under.announced();
    const third = valueOf(await regenerate(second.token));
    expect(await announcedHashes()).toEqual([first.token, second.token, third.token].sort());
    expect(await authenticate(first.token)).toMatchObject({ fault: { code: 'unknown_key' } });
  });

  it('takes back a former value of its own', async () => {
    const first = await under.aKey();
    const second = valueOf(await regenerate(first.token, { grace_period: '1h' }));
    await regenerate(second.token, { new_token: first.token, grace_period: '1h' });
    expect(valueOf(await authenticate(first.token)).expiresAt).toBeNull();
    expect(valueOf(await authenticate(second.token)).keyHash).toBe(first.token);
  });

  it('does not take the value of another, or the one it has', async () => {
    const [one, other] = [await under.aKey(), await under.aKey()];
    for (const taken of [other.token, one.token]) {
      expect(await regenerate(one.token, { new_token: taken, grace_period: '1h' })).toMatchObject({
        fault: { code: 'already_exists', param: 'key' },
      });
    }
    expect(await regenerate(aKeyHash())).toMatchObject({ fault: { code: 'record_not_found' } });
    expect(await authenticate(one.token)).toMatchObject({ ok: true });
  });

  it('is counted as before, and nobody else is, not even a new key with its first value', async () => {
    const first = await under.aKey({ max_budget: 5 });
    const second = valueOf(await regenerate(first.token));
    const third = valueOf(await regenerate(second.token, { grace_period: '1h' }));
    for (const token of [third.token, second.token]) {
      const caller = valueOf(await authenticate(token));
      expect(caller).toMatchObject({ keyHash: third.token, ledgerId: first.token });
    }
    expect(third.ledger_id).toBe(first.token);
    const other = await under.aKey({ token: first.token, max_budget: 5 });
    const { keyHash, ledgerId } = valueOf(await authenticate(other.token));
    expect(keyHash).toBe(first.token);
    expect(ledgerId).toMatch(/^[0-9a-f-]{36}$/);
    expect(valueOf(await authenticate((await under.aKey()).token))).not.toHaveProperty('ledgerId');
  });

  it('has one new value when two ask at once', async () => {
    const old = await under.aKey();
    const replies = await Promise.all([1, 2, 3, 4].map(() => regenerate(old.token)));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe('a key by hash', () => {
  it('is imported with its end, its type and its routes', async () => {
    const { token } = await under.aKey({
      expires: '2099-01-01T00:00:00Z',
      key_type: 'llm_api',
      allowed_routes: ['/v1/*'],
    });
    expect(valueOf(await authenticate(token))).toMatchObject({
      expiresAt: Date.UTC(2099, 0, 1),
      keyType: 'llm_api',
      allowedRoutes: ['/v1/*'],
    });
    const cleared = { token, expires: null, key_type: null, allowed_routes: null };
    expect(valueOf(await under.bus.call(keyUpdate, cleared))).toMatchObject({
      expires: null,
      key_type: 'default',
      allowed_routes: [],
    });
    const caller = valueOf(await authenticate(token));
    expect(caller).not.toHaveProperty('keyType');
    expect(caller).not.toHaveProperty('allowedRoutes');
  });

  it('has one end, not two', async () => {
    const request = { token: aKeyHash(), key_name: 'x', duration: '1d', expires: '2099-01-01T00:00:00Z' };
    expect(await under.bus.call(keyCreate, request)).toMatchObject({
      fault: { code: 'validation_error', param: 'expires' },
    });
  });

  it('is read by its alias too', async () => {
    const row = await under.aKey({ key_alias: 'by name' });
    expect(valueOf(await under.bus.call(keyRead, { key_alias: 'by name' }))).toEqual(row);
    expect(await under.bus.call(keyRead, { key_alias: 'nobody' })).toMatchObject({
      fault: { code: 'record_not_found', param: 'key_alias' },
    });
  });
});

describe('key.list.v1', () => {
  it('pages through what matches, in the order asked for', async () => {
    const { team_id: teamId } = valueOf(await under.bus.call(teamCreate, {}));
    const aliases = ['list-c', 'list-a', 'list-b'];
    for (const alias of aliases) await under.aKey({ team_id: teamId, user_id: 'lister', key_alias: alias });
    await under.aKey({ user_id: 'lister' });
    const list = async (request: z.input<typeof keyList.request>) => {
      const { rows, total } = valueOf(await under.bus.call(keyList, request));
      return { names: rows.map((row) => row.key_alias), total };
    };
    const ofTeam = { team_id: teamId };
    expect(await list(ofTeam)).toEqual({ names: ['list-b', 'list-a', 'list-c'], total: 3 });
    expect(await list({ ...ofTeam, sort_by: 'key_alias', sort_order: 'asc', size: 2 })).toEqual({
      names: ['list-a', 'list-b'],
      total: 3,
    });
    expect(await list({ ...ofTeam, page: 2, size: 2 })).toEqual({ names: ['list-c'], total: 3 });
    expect(await list({ user_id: 'lister', sort_order: 'asc' })).toMatchObject({ total: 4 });
    expect(await list({ ...ofTeam, key_alias: 'list-a' })).toEqual({ names: ['list-a'], total: 1 });
    expect(await list({ token: aKeyHash() })).toEqual({ names: [], total: 0 });
  });
});
