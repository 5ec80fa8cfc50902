// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  keyBlock,
  keyCreate,
  keyDelete,
  keyRead,
  keyUpdate,
  teamCreate,
  teamDelete,
  teamList,
  teamRead,
  teamUpdate,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { aKeyHash } from '../spec-support/a-key-hash.js';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

type KeyInput = Partial<z.input<typeof keyCreate.request>>;

function createKey(input: KeyInput = {}) {
  return under.bus.call(keyCreate, { token: aKeyHash(), key_name: 'sk-...test', ...input });
}

async function aTeam(input: z.input<typeof teamCreate.request> = {}): Promise<string> {
  const { team_id: id } = valueOf(await under.bus.call(teamCreate, input));
  await under.announced();
  return id;
}

function authenticate(keyHash: string) {
  return under.bus.call(identityAuthenticate, { keyHash });
}

describe('identity.authenticate.v1', () => {
  it('says who calls, with the team and the tags of both', async () => {
    const teamId = await aTeam({
      team_alias: 'red',
      models: ['gpt-4'],
      model_aliases: { 'gpt-4': 'gpt-4-eu' },
      tags: ['paid'],
      metadata: { tags: ['team', 'paid'] },
    });
    const key = await under.aKey({
      key_alias: 'ci',
      user_id: 'u1',
      team_id: teamId,
      models: ['gpt-4'],
      aliases: { cheap: 'gpt-4' },
      tags: ['own'],
      metadata: { tags: ['free'], note: 'x' },
    });
    expect(valueOf(await authenticate(key.token))).toEqual({
      keyHash: key.token,
      keyAlias: 'ci',
      userId: 'u1',
      models: ['gpt-4'],
      aliases: { cheap: 'gpt-4' },
      tags: ['own', 'free'],
      expiresAt: null,
      team: {
        teamId,
        alias: 'red',
        models: ['gpt-4'],
        modelAliases: { 'gpt-4': 'gpt-4-eu' },
        tags: ['paid', 'team'],
      },
    });
  });

  it('says that a key wants no fallbacks', async () => {
    const key = await under.aKey({ metadata: { disable_fallbacks: true } });
    expect(valueOf(await authenticate(key.token)).disableFallbacks).toBe(true);
    const other = await under.aKey({ metadata: { disable_fallbacks: 'no' } });
    expect(valueOf(await authenticate(other.token))).not.toHaveProperty('disableFallbacks');
  });

  it('says what calls must send: what the key and its team want, in metadata too, as LiteLLM keeps it', async () => {
    const wanted = ['user', 'metadata.session'];
    const team = valueOf(await under.bus.call(teamCreate, { enforced_params: wanted }));
    const key = await under.aKey({
      team_id: team.team_id,
      enforced_params: ['user'],
      metadata: { enforced_params: ['seed'] },
    });
    expect(valueOf(await authenticate(key.token)).enforcedParams).toEqual([
      'user',
      'seed',
      'metadata.session',
    ]);
    await under.bus.call(keyUpdate, { token: key.token, enforced_params: null, metadata: null });
    expect(valueOf(await authenticate(key.token)).enforcedParams).toEqual(wanted);
    await under.bus.call(teamUpdate, { team_id: team.team_id, enforced_params: null });
    expect(valueOf(await authenticate(key.token))).not.toHaveProperty('enforcedParams');
  });

  it('refuses a key it does not know', async () => {
    expect(await authenticate('f'.repeat(64))).toMatchObject({ fault: { code: 'unknown_key' } });
  });

  it('refuses an expired key, and says when a living one ends', async () => {
    const { token: dead } = await under.aKey({ duration: '0s' });
    expect(await authenticate(dead)).toMatchObject({ fault: { code: 'expired_key' } });
    const living = await under.aKey({ duration: '30d' });
    const caller = valueOf(await authenticate(living.token));
    expect(new Date(caller.expiresAt ?? 0).toISOString()).toBe(living.expires);
  });

  it('refuses a blocked key until it is unblocked, and announces both', async () => {
    const { token } = await under.aKey();
    expect(valueOf(await under.bus.call(keyBlock, { token, blocked: true })).blocked).toBe(true);
    expect(await under.announced()).toMatchObject([{ keyHashes: [token] }]);
    expect(await authenticate(token)).toMatchObject({ fault: { code: 'key_blocked' } });
    await under.bus.call(keyBlock, { token, blocked: false });
    expect(await under.announced()).toMatchObject([{ keyHashes: [token] }]);
    expect(await authenticate(token)).toMatchObject({ ok: true });
  });

  it('refuses the keys of a blocked team, and announces team and keys', async () => {
    const teamId = await aTeam();
    const { token } = await under.aKey({ team_id: teamId });
    await under.bus.call(teamUpdate, { team_id: teamId, blocked: true });
    expect((await under.announced()).flatMap(({ teamIds, keyHashes }) => [...teamIds, ...keyHashes])).toEqual(
      [teamId, token],
    );
    expect(await authenticate(token)).toMatchObject({ fault: { code: 'team_blocked' } });
    await under.bus.call(teamUpdate, { team_id: teamId, blocked: false });
    expect(await authenticate(token)).toMatchObject({ ok: true });
  });
});

describe('key.create.v1', () => {
  it('refuses a hash or an alias that is taken', async () => {
    const { token } = await under.aKey({ key_alias: 'only-one' });
    expect(await createKey({ token })).toMatchObject({ fault: { code: 'already_exists', param: 'key' } });
    expect(await createKey({ key_alias: 'only-one' })).toMatchObject({
      fault: { code: 'already_exists', param: 'key_alias' },
    });
    expect(await under.announced()).toEqual([]);
  });

  it('refuses a team that does not exist', async () => {
    expect(await createKey({ team_id: 'nowhere' })).toMatchObject({
      fault: {
        code: 'record_not_found',
        param: 'team_id',
        message: 'Team not found, passed team_id=nowhere',
      },
    });
  });

  it('refuses a life longer than dates reach', async () => {
    expect(await createKey({ duration: '999999999w' })).toMatchObject({
      fault: { code: 'validation_error', param: 'duration' },
    });
  });
});

describe('key.delete.v1', () => {
  it('deletes by hash and by alias, all or none', async () => {
    const { token: one } = await under.aKey();
    const { token: two } = await under.aKey({ key_alias: 'second' });
    const refused = await under.bus.call(keyDelete, { tokens: [one], key_aliases: ['second', 'third'] });
    expect(refused).toMatchObject({ fault: { code: 'record_not_found', param: 'key_aliases' } });
    expect(await under.announced()).toEqual([]);
    const reply = await under.bus.call(keyDelete, { tokens: [one], key_aliases: ['second'] });
    const inOrder = [one, two].toSorted();
    expect(valueOf(reply).deleted).toEqual(inOrder);
    expect(await under.announced()).toMatchObject([{ keyHashes: inOrder }]);
    expect(await authenticate(two)).toMatchObject({ fault: { code: 'unknown_key' } });
  });
});

describe('key.read.v1', () => {
  it('answers the row, or that there is none', async () => {
    const made = await under.aKey({ metadata: { deep: { list: [1, null] } } });
    expect(valueOf(await under.bus.call(keyRead, { token: made.token }))).toEqual(made);
    const other = await under.bus.call(keyRead, { token: 'e'.repeat(64) });
    expect(other).toMatchObject({ fault: { code: 'record_not_found' } });
  });
});

describe('teams', () => {
  it("answer LiteLLM's row, with the aliases also in their older place", async () => {
    const reply = await under.bus.call(teamCreate, {
      team_alias: 'blue',
      model_aliases: { a: 'b' },
      members_with_roles: [{ role: 'admin', user_id: 'u1' }],
    });
    const row = valueOf(reply);
    expect(row).toMatchObject({
      team_alias: 'blue',
      members_with_roles: [{ role: 'admin', user_id: 'u1' }],
      models: [],
      metadata: {},
      blocked: false,
      litellm_model_table: { model_aliases: '{"a":"b"}' },
    });
    expect(row.team_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await under.announced()).toMatchObject([{ teamIds: [row.team_id] }, { userIds: ['u1'] }]);
  });

  it('refuse an id that is taken', async () => {
    await aTeam({ team_id: 'taken' });
    expect(await under.bus.call(teamCreate, { team_id: 'taken' })).toMatchObject({
      fault: { code: 'already_exists', param: 'team_id' },
    });
  });

  it('leave absent fields alone and clear with null', async () => {
    const teamId = await aTeam({ team_alias: 'x', models: ['m'], metadata: { a: 1 }, tags: ['t'] });
    const row = valueOf(await under.bus.call(teamUpdate, { team_id: teamId, models: null, metadata: null }));
    expect(row).toMatchObject({ team_alias: 'x', models: [], metadata: {}, tags: ['t'] });
    const missing = await under.bus.call(teamUpdate, { team_id: 'nowhere', models: [] });
    expect(missing).toMatchObject({ fault: { code: 'record_not_found' } });
  });

  it('take their keys with them, all or none', async () => {
    const teamId = await aTeam();
    const { token } = await under.aKey({ team_id: teamId });
    const read = valueOf(await under.bus.call(teamRead, { team_id: teamId }));
    expect(read.key_hashes).toEqual([token]);
    const refused = await under.bus.call(teamDelete, { team_ids: [teamId, 'nowhere'] });
    expect(refused).toMatchObject({ fault: { code: 'record_not_found' } });
    expect(await authenticate(token)).toMatchObject({ ok: true });
    expect(await under.announced()).toEqual([]);
    expect(valueOf(await under.bus.call(teamDelete, { team_ids: [teamId] }))).toEqual({
      deleted_teams: [teamId],
      deleted_keys: 1,
    });
    const [ofTeam, ofKey] = await under.announced();
    expect(ofTeam).toMatchObject({ teamIds: [teamId] });
    expect(ofKey).toMatchObject({ keyHashes: [token] });
    expect(await authenticate(token)).toMatchObject({ fault: { code: 'unknown_key' } });
  });

  it('never leave a key behind that was made while its team was deleted', async () => {
    const teamId = await aTeam();
    const making = Array.from({ length: 10 }, () => createKey({ team_id: teamId }));
    const deleting = under.bus.call(teamDelete, { team_ids: [teamId] });
    const made = (await Promise.all(making)).flatMap((reply) => (reply.ok ? [reply.value.token] : []));
    expect(await deleting).toMatchObject({ ok: true });
    for (const token of made) {
      expect(await authenticate(token)).toMatchObject({ fault: { code: 'unknown_key' } });
    }
    const announced = (await under.announced()).flatMap(({ keyHashes }) => keyHashes);
    for (const token of made) expect(announced.filter((hash) => hash === token)).toHaveLength(2);
  });

  it('are listed oldest first', async () => {
    const all = valueOf(await under.bus.call(teamList, {}));
    expect(all.rows).toHaveLength(all.total);
    expect(all.rows.map((row) => row.created_at)).toEqual(all.rows.map((row) => row.created_at).sort());
    const page = valueOf(await under.bus.call(teamList, { page: 2, size: 1 }));
    expect(page.rows).toEqual(all.rows.slice(1, 2));
  });
});
