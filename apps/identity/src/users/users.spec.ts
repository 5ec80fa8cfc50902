// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  teamAddMembers,
  teamCreate,
  userCreate,
  userDelete,
  userList,
  userRead,
  userUpdate,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

async function aUser(input: z.input<typeof userCreate.request> = {}) {
  return valueOf(await under.bus.call(userCreate, input));
}

async function aKeyOf(userId: string, teamId?: string): Promise<string> {
  const { token } = await under.aKey({ user_id: userId, team_id: teamId });
  return token;
}

async function userOfCaller(keyHash: string) {
  return valueOf(await under.bus.call(identityAuthenticate, { keyHash })).user;
}

async function change(input: z.input<typeof userUpdate.request>) {
  return valueOf(await under.bus.call(userUpdate, input));
}

describe('user.create.v1', () => {
  it("answers LiteLLM's row and announces the id", async () => {
    const row = await aUser({
      user_id: 'ann',
      user_email: ' Ann@Example.com',
      user_alias: 'Ann',
      user_role: 'internal_user',
      models: ['gpt-4o'],
      metadata: { desk: 7 },
      rpm_limit: 60,
    });
    expect(row).toEqual({
      user_id: 'ann',
      user_email: 'ann@example.com',
      user_alias: 'Ann',
      user_role: 'internal_user',
      models: ['gpt-4o'],
      metadata: { desk: 7 },
      teams: [],
      spend: 0,
      rpm_limit: 60,
      tpm_limit: null,
      max_parallel_requests: null,
      max_budget: null,
      soft_budget: null,
      model_rpm_limit: null,
      model_tpm_limit: null,
      model_max_budget: {},
      budget_duration: null,
      budget_reset_at: null,
      budget_id: null,
      litellm_budget_table: null,
      budget_limits: null,
      created_at: row.created_at,
      updated_at: row.updated_at,
    });
    expect(await under.announced()).toMatchObject([{ userIds: ['ann'] }]);
  });

  it('gives an id to who brings none, and no role to who is given none', async () => {
    const row = await aUser();
    expect(row.user_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(row.user_role).toBeNull();
  });

  it('refuses an id and an address that are taken, in any case, and a team that is not there', async () => {
    await aUser({ user_id: 'once', user_email: 'once@example.com' });
    const refused = [
      { user_id: 'once' },
      { user_email: 'ONCE@example.com' },
      { user_id: 'x', teams: ['nowhere'] },
    ];
    const replies = await Promise.all(refused.map((input) => under.bus.call(userCreate, input)));
    expect(replies).toMatchObject([
      { fault: { code: 'already_exists', param: 'user_id' } },
      { fault: { code: 'already_exists', param: 'user_email' } },
      { fault: { code: 'record_not_found', param: 'teams' } },
    ]);
    const read = await under.bus.call(userRead, { user_id: 'x' });
    expect(read).toMatchObject({ fault: { code: 'record_not_found', param: 'user_id' } });
  });

  it('makes the user a member of teams', async () => {
    const { team_id: id } = valueOf(await under.bus.call(teamCreate, {}));
    expect((await aUser({ teams: [id, id] })).teams).toEqual([id]);
  });
});

describe('user.update.v1', () => {
  it('leaves absent fields alone, clears with null and is announced', async () => {
    await aUser({
      user_id: 'bob',
      user_email: 'bob@example.com',
      user_role: 'proxy_admin',
      tpm_limit: 9,
      models: ['m'],
    });
    await under.announced();
    const row = await change({ user_id: 'bob', user_role: null, tpm_limit: null, models: null });
    expect(row).toMatchObject({
      user_email: 'bob@example.com',
      user_role: null,
      tpm_limit: null,
      models: [],
    });
    expect(await under.announced()).toMatchObject([{ userIds: ['bob'] }]);
  });

  it('refuses who is not there, an address of somebody else and a role nobody has', async () => {
    await aUser({ user_email: 'first@example.com' });
    await aUser({ user_id: 'second' });
    const update = (input: object) => under.bus.call(userUpdate, input as z.input<typeof userUpdate.request>);
    expect(await update({ user_id: 'nobody' })).toMatchObject({ fault: { code: 'record_not_found' } });
    expect(await update({ user_id: 'second', user_email: 'first@example.com' })).toMatchObject({
      fault: { code: 'already_exists', param: 'user_email' },
    });
    expect(await update({ user_id: 'second', user_role: 'king' })).toMatchObject({ ok: false });
  });
});

describe('the user of a key', () => {
  it('comes with the caller: role, limits and the teams it is an admin of', async () => {
    const token = await aKeyOf('carol');
    expect(await userOfCaller(token)).toBeUndefined();
    await aUser({ user_id: 'carol', user_role: 'internal_user', rpm_limit: 5 });
    const { team_id: led } = valueOf(await under.bus.call(teamCreate, {}));
    const { team_id: joined } = valueOf(await under.bus.call(teamCreate, {}));
    const join = (teamId: string, role: 'admin' | 'user') =>
      under.bus.call(teamAddMembers, { team_id: teamId, members: [{ user_id: 'carol', role }] });
    await join(led, 'admin');
    await join(joined, 'user');
    expect(await userOfCaller(token)).toEqual({ role: 'internal_user', adminOf: [led], limits: { rpm: 5 } });
  });

  it("comes with its models, unless the key is a team's", async () => {
    await aUser({ user_id: 'dave', models: ['gpt-4o'] });
    const { team_id: teamId } = valueOf(await under.bus.call(teamCreate, {}));
    expect(await userOfCaller(await aKeyOf('dave'))).toMatchObject({ models: ['gpt-4o'] });
    expect(await userOfCaller(await aKeyOf('dave', teamId))).not.toHaveProperty('models');
  });
});

describe('user.delete.v1', () => {
  it('takes keys and memberships along, all or none', async () => {
    const { user_id: id } = await aUser();
    const { team_id: teamId } = valueOf(
      await under.bus.call(teamCreate, { members_with_roles: [{ role: 'admin', user_id: id }] }),
    );
    const token = await aKeyOf(id);
    await under.announced();
    expect(await under.bus.call(userDelete, { user_ids: [id, 'nobody'] })).toMatchObject({
      fault: { code: 'record_not_found', param: 'user_ids' },
    });
    expect(await under.announced()).toEqual([]);
    expect(valueOf(await under.bus.call(userDelete, { user_ids: [id, id] }))).toEqual({
      deleted_users: [id],
      deleted_keys: 1,
    });
    expect(await under.announced()).toMatchObject([{ keyHashes: [token] }, { userIds: [id] }]);
    expect(await under.bus.call(identityAuthenticate, { keyHash: token })).toMatchObject({
      fault: { code: 'unknown_key' },
    });
    const listed = valueOf(await under.bus.call(userList, { team_id: teamId }));
    expect(listed).toEqual({ rows: [], total: 0 });
  });
});

describe('user.list.v1', () => {
  const idsOf = async (query: z.input<typeof userList.request>) => {
    const { rows, total } = valueOf(await under.bus.call(userList, query));
    return { ids: rows.map(({ user_id: id }) => id), total };
  };

  it('is paged, sorted, and says how many keys each has', async () => {
    for (const name of ['p1', 'p2', 'p3']) await aUser({ user_id: name, user_email: `${name}@paged.test` });
    await aKeyOf('p2');
    const query = { email: '@PAGED', sort_by: 'user_email', sort_order: 'desc', size: 2 } as const;
    expect(await idsOf(query)).toEqual({ ids: ['p3', 'p2'], total: 3 });
    expect(await idsOf({ ...query, page: 2 })).toEqual({ ids: ['p1'], total: 3 });
    const { rows } = valueOf(await under.bus.call(userList, query));
    expect(rows.map(({ key_count: count }) => count)).toEqual([0, 1]);
  });

  it('narrows by ids, role and team together', async () => {
    const { team_id: teamId } = valueOf(await under.bus.call(teamCreate, {}));
    await aUser({ user_id: 'f1', user_role: 'internal_user', teams: [teamId] });
    await aUser({ user_id: 'f2', user_role: 'proxy_admin', teams: [teamId] });
    await aUser({ user_id: 'f3', user_role: 'proxy_admin' });
    expect((await idsOf({ role: 'proxy_admin', team_id: teamId })).ids).toEqual(['f2']);
    expect((await idsOf({ user_ids: ['f3', 'f1', 'nobody'] })).ids).toEqual(['f1', 'f3']);
  });
});
