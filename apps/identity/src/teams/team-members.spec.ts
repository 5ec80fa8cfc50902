// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  teamAddMembers,
  teamAddModels,
  teamCreate,
  teamDeleteMember,
  teamDeleteModels,
  teamList,
  teamRead,
  teamUpdate,
  teamUpdateMember,
  userCreate,
  userRead,
  valueOf,
  type TeamRow,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

async function aTeam(input: z.input<typeof teamCreate.request> = {}): Promise<TeamRow> {
  const row = valueOf(await under.bus.call(teamCreate, input));
  await under.announced();
  return row;
}

async function callerOf(keyHash: string) {
  return valueOf(await under.bus.call(identityAuthenticate, { keyHash }));
}

const membersOf = ({ members_with_roles: members }: TeamRow) =>
  members.map(({ role, user_id: id }) => `${id}:${role}`);

describe('members of a team', () => {
  it('are users from then on, in the order they came', async () => {
    const row = await aTeam({
      members_with_roles: [
        { role: 'user', user_id: 'zoe' },
        { role: 'admin', user_id: 'adam' },
        { role: 'user', user_id: 'zoe' },
      ],
    });
    expect(membersOf(row)).toEqual(['zoe:user', 'adam:admin']);
    const zoe = valueOf(await under.bus.call(userRead, { user_id: 'zoe' }));
    expect(zoe).toMatchObject({ teams: [row.team_id], user_role: null });
  });

  it('are replaced by a list, and who stays keeps its limits', async () => {
    const { team_id: id } = await aTeam({ members_with_roles: [{ user_id: 'stays' }, { user_id: 'goes' }] });
    await under.bus.call(teamUpdateMember, { team_id: id, user_id: 'stays', rpm_limit: 3 });
    await under.announced();
    const members = [{ user_id: 'stays', role: 'admin' as const }, { user_id: 'comes' }];
    const row = valueOf(await under.bus.call(teamUpdate, { team_id: id, members_with_roles: members }));
    expect(membersOf(row)).toEqual(['stays:admin', 'comes:user']);
    const { memberships } = valueOf(await under.bus.call(teamRead, { team_id: id }));
    expect(memberships.map(({ rpm_limit: rpm }) => rpm)).toEqual([3, null]);
    const touched = (await under.announced()).flatMap(({ userIds }) => userIds);
    expect(touched.sort()).toEqual(['comes', 'goes', 'stays']);
  });
});

describe('team.add-members.v1', () => {
  it('takes in people by id and by address, new ones and known ones', async () => {
    const { team_id: id } = await aTeam();
    await under.bus.call(userCreate, { user_id: 'known', user_email: 'known@example.com' });
    await under.announced();
    const members = [
      { user_email: 'KNOWN@example.com', role: 'admin' as const },
      { user_email: 'new@example.com' },
      { user_id: 'by-id', user_email: 'by-id@example.com' },
    ];
    const joined = valueOf(await under.bus.call(teamAddMembers, { team_id: id, members, rpm_limit: 7 }));
    expect(joined.team.members_with_roles).toMatchObject([
      { user_id: 'known', user_email: 'known@example.com', role: 'admin' },
      { user_email: 'new@example.com', role: 'user' },
      { user_id: 'by-id', user_email: 'by-id@example.com', role: 'user' },
    ]);
    expect(joined.memberships.map(({ rpm_limit: rpm }) => rpm)).toEqual([7, 7, 7]);
    expect(joined.users).toHaveLength(3);
    const [{ userIds } = { userIds: [] }] = await under.announced();
    expect(userIds).toHaveLength(3);
  });

  it('is all or none: nobody joins twice, and no team means no user', async () => {
    const { team_id: id } = await aTeam({ members_with_roles: [{ user_id: 'in' }] });
    const members = [{ user_id: 'outsider' }, { user_id: 'in' }];
    expect(await under.bus.call(teamAddMembers, { team_id: id, members })).toMatchObject({
      fault: { code: 'already_exists', param: 'member' },
    });
    expect(await under.bus.call(teamAddMembers, { team_id: 'nowhere', members })).toMatchObject({
      fault: { code: 'record_not_found', param: 'team_id' },
    });
    expect(await under.bus.call(userRead, { user_id: 'outsider' })).toMatchObject({ ok: false });
    expect(await under.announced()).toEqual([]);
  });

  it('loses nobody when many come at once', async () => {
    const { team_id: id } = await aTeam();
    const ids = Array.from({ length: 12 }, (_, index) => `many-${index}`);
    await Promise.all(
      ids.map((userId) => under.bus.call(teamAddMembers, { team_id: id, members: [{ user_id: userId }] })),
    );
    const { team } = valueOf(await under.bus.call(teamRead, { team_id: id }));
    expect(team.members_with_roles.map(({ user_id: userId }) => userId).sort()).toEqual(ids.sort());
  });
});

describe('a member', () => {
  it('has limits of its own, or those the team gives each member, on the path of a call', async () => {
    const { team_id: id } = await aTeam({ team_member_rpm_limit: 5, team_member_tpm_limit: 1_000 });
    await under.bus.call(teamAddMembers, { team_id: id, members: [{ user_id: 'one' }], rpm_limit: 2 });
    const { token: own } = await under.aKey({ team_id: id, user_id: 'one' });
    expect((await callerOf(own)).team?.memberLimits).toEqual({ rpm: 2, tpm: 1_000 });
    // No member, and bound all the same: to be left out of the list must be no way around the limit.
    const { token: stranger } = await under.aKey({ team_id: id, user_id: 'stranger' });
    expect((await callerOf(stranger)).team?.memberLimits).toEqual({ rpm: 5, tpm: 1_000 });
    const change = { team_id: id, user_id: 'one', rpm_limit: null, role: 'admin' } as const;
    expect(valueOf(await under.bus.call(teamUpdateMember, change))).toMatchObject({
      role: 'admin',
      rpm_limit: null,
    });
    expect(await under.announced()).toMatchObject([{ userIds: ['one'] }]);
    expect(await callerOf(own)).toMatchObject({
      user: { adminOf: [id] },
      team: { memberLimits: { rpm: 5 } },
    });
    const row = valueOf(
      await under.bus.call(teamUpdate, {
        team_id: id,
        team_member_rpm_limit: null,
        team_member_tpm_limit: null,
      }),
    );
    expect(row).toMatchObject({ team_member_rpm_limit: null, team_member_tpm_limit: null });
    expect((await callerOf(own)).team).not.toHaveProperty('memberLimits');
  });

  it('goes with the keys it has in this team and no others', async () => {
    const { team_id: id } = await aTeam({ members_with_roles: [{ user_id: 'leaver' }] });
    const { team_id: other } = await aTeam({ members_with_roles: [{ user_id: 'leaver' }] });
    const { token: here } = await under.aKey({ team_id: id, user_id: 'leaver' });
    const { token: there } = await under.aKey({ team_id: other, user_id: 'leaver' });
    const name = { team_id: id, user_id: 'leaver' };
    expect(membersOf(valueOf(await under.bus.call(teamDeleteMember, name)))).toEqual([]);
    expect(await under.announced()).toMatchObject([{ keyHashes: [here] }, { userIds: ['leaver'] }]);
    expect(await under.bus.call(identityAuthenticate, { keyHash: here })).toMatchObject({ ok: false });
    expect(await callerOf(there)).toMatchObject({ userId: 'leaver' });
    expect(await under.bus.call(teamDeleteMember, name)).toMatchObject({
      fault: { code: 'record_not_found' },
    });
    expect(await under.bus.call(teamUpdateMember, { ...name, role: 'admin' })).toMatchObject({
      fault: { code: 'record_not_found', param: 'user_id' },
    });
  });
});

describe('models of a team', () => {
  it('are added and taken out, and the last one taken leaves none, not all', async () => {
    const { team_id: id } = await aTeam({ models: ['a'] });
    const add = (models: string[]) => under.bus.call(teamAddModels, { team_id: id, models });
    const take = (models: string[]) => under.bus.call(teamDeleteModels, { team_id: id, models });
    await Promise.all([add(['a', 'b']), add(['c'])]);
    expect(valueOf(await add(['b'])).models.sort()).toEqual(['a', 'b', 'c']);
    expect(valueOf(await take(['a', 'c'])).models).toEqual(['b']);
    expect(valueOf(await take(['b'])).models).toEqual(['no-default-models']);
    expect((await under.announced()).every(({ teamIds }) => teamIds[0] === id)).toBe(true);
  });

  it('cannot be taken out of a team that may use all', async () => {
    const { team_id: id } = await aTeam();
    expect(await under.bus.call(teamDeleteModels, { team_id: id, models: ['a'] })).toMatchObject({
      fault: { code: 'validation_error', param: 'models' },
    });
    expect(await under.bus.call(teamAddModels, { team_id: 'nowhere', models: ['a'] })).toMatchObject({
      fault: { code: 'record_not_found' },
    });
  });
});

describe('team.list.v1', () => {
  it('narrows by id, part of the alias and member, and sorts', async () => {
    const one = await aTeam({ team_alias: 'List Alpha', members_with_roles: [{ user_id: 'lister' }] });
    const two = await aTeam({ team_alias: 'list beta' });
    const idsOf = async (query: z.input<typeof teamList.request>) =>
      valueOf(await under.bus.call(teamList, query)).rows.map(({ team_id: id }) => id);
    expect(await idsOf({ team_alias: 'LIST' })).toEqual([one.team_id, two.team_id]);
    expect(await idsOf({ team_alias: 'list', sort_by: 'created_at', sort_order: 'desc' })).toEqual([
      two.team_id,
      one.team_id,
    ]);
    expect(await idsOf({ user_id: 'lister' })).toEqual([one.team_id]);
    expect(await idsOf({ user_id: 'lister', team_id: two.team_id })).toEqual([]);
  });

  it("may be budgets, each part a member lacks being the team's", async () => {
    const given = { team_member_budget: 5, team_member_budget_duration: '30d' };
    const team = await aTeam(given);
    expect(team).toMatchObject(given);
    const team_id = team.team_id;
    const members = [{ user_id: 'thrifty' }];
    const joined = await under.bus.call(teamAddMembers, { team_id, members, max_budget_in_team: 1 });
    expect(valueOf(joined).memberships).toMatchObject([{ max_budget_in_team: 1, budget_duration: null }]);
    const budgetsOf = async (user_id: string) =>
      (await callerOf((await under.aKey({ team_id, user_id })).token)).team?.memberLimits?.budgets;
    expect(await budgetsOf('thrifty')).toEqual([{ maxNanoDollars: 1_000_000_000, duration: '30d' }]);
    expect(await budgetsOf('a-stranger')).toEqual([{ maxNanoDollars: 5_000_000_000, duration: '30d' }]);
    const change = { team_id, user_id: 'thrifty', max_budget_in_team: null, budget_duration: '1d' };
    const changed = valueOf(await under.bus.call(teamUpdateMember, change));
    expect(changed.budget_reset_at).toMatch(/T00:00:00.000Z$/);
    expect(await budgetsOf('thrifty')).toEqual([{ maxNanoDollars: 5_000_000_000, duration: '1d' }]);
  });
});
