// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  identityAuthenticate,
  keyCreate,
  teamAddMembers,
  teamCreate,
  teamDeleteMember,
  teamRead,
  teamUpdate,
  teamUpdateMember,
  userCreate,
  userRead,
  valueOf,
} from '@signalbox/contracts';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

const users = ['ann', 'bob', 'eve'] as const;
const teams = ['red', 'blue'] as const;
const roles = ['admin', 'user'] as const;
type Role = (typeof roles)[number];
type Members = Map<string, Role>;

beforeAll(async () => {
  for (const id of users) {
    await under.bus.call(userCreate, { user_id: id });
    // Keys outside the teams, which no change of members takes away.
    await under.bus.call(keyCreate, { token: hashOf(id), key_name: 'sk-...test', user_id: id });
  }
  for (const id of teams) await under.bus.call(teamCreate, { team_id: id });
}, 120_000);

const change = fc.record({
  kind: fc.constantFrom('add', 'update', 'delete', 'replace'),
  team: fc.constantFrom(...teams),
  people: fc.uniqueArray(fc.record({ user_id: fc.constantFrom(...users), role: fc.constantFrom(...roles) }), {
    selector: ({ user_id: id }) => id,
    minLength: 1,
  }),
});
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function hashOf(userId: string): string {
  return Buffer.from(userId).toString('hex').padStart(64, '0');
}

async function order({ kind, team, people }: Change): Promise<boolean> {
  const [person] = people;
  const place = { team_id: team, user_id: person?.user_id };
  switch (kind) {
    case 'add':
      return (await under.bus.call(teamAddMembers, { team_id: team, members: people })).ok;
    case 'update':
      return (await under.bus.call(teamUpdateMember, { ...place, role: person?.role })).ok;
    case 'delete':
      return (await under.bus.call(teamDeleteMember, place)).ok;
    case 'replace':
      return (await under.bus.call(teamUpdate, { team_id: team, members_with_roles: people })).ok;
  }
}

/** What a change makes of the members of a team; undefined: it is refused. */
function expected(members: Members, { kind, people }: Change): Members | undefined {
  const [person] = people;
  if (person === undefined) return undefined;
  const isMember = members.has(person.user_id);
  const after = new Map(kind === 'replace' ? [] : members);
  if (kind === 'add' && people.some(({ user_id: id }) => members.has(id))) return undefined;
  if ((kind === 'update' || kind === 'delete') && !isMember) return undefined;
  if (kind === 'delete') after.delete(person.user_id);
  else for (const { user_id: id, role } of kind === 'update' ? [person] : people) after.set(id, role);
  return after;
}

it('whatever happens to members, teams, users and the callers of their keys say the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
      const model = new Map<string, Members>(teams.map((team) => [team, new Map()]));
      for (const team of teams) await under.bus.call(teamUpdate, { team_id: team, members_with_roles: null });
      for (const each of changes) {
        const after = expected(model.get(each.team) ?? new Map<string, Role>(), each);
        expect(await order(each)).toBe(after !== undefined);
        if (after !== undefined) model.set(each.team, after);
      }
      for (const team of teams) {
        const { team: row } = valueOf(await under.bus.call(teamRead, { team_id: team }));
        expect(new Map(row.members_with_roles.map(({ user_id: id, role }) => [id, role]))).toEqual(
          model.get(team),
        );
      }
      for (const id of users) {
        const joined = teams.filter((team) => model.get(team)?.has(id));
        const led = teams.filter((team) => model.get(team)?.get(id) === 'admin');
        const row = valueOf(await under.bus.call(userRead, { user_id: id }));
        const caller = valueOf(await under.bus.call(identityAuthenticate, { keyHash: hashOf(id) }));
        expect(row.teams.toSorted()).toEqual(joined.toSorted());
        expect(caller.user?.adminOf.toSorted()).toEqual(led.toSorted());
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);
