// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  endUserBlock,
  endUserCreate,
  keyBlock,
  residencyCustomers,
  residencyPolicies,
  teamCreate,
  userCreate,
} from '@signalbox/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();
const everything = { team_ids: ['owner'], page: 1, size: 200 };
let strict: string;

/** Without the names they are told apart by. */
async function policies(): Promise<object[]> {
  const { policies: found } = await under.ask(residencyPolicies, everything);
  return found.map((rules) => Object.fromEntries(Object.entries(rules).filter(([key]) => key !== 'policy')));
}

beforeAll(async () => {
  for (const user_id of ['anna', 'berta', 'clara', 'blocked']) {
    await under.ask(endUserCreate, { user_id, allowed_model_region: 'Europe' });
  }
  await under.ask(endUserCreate, { user_id: 'dora', allowed_model_region: ['eu', 'ch'] });
  await under.ask(endUserCreate, { user_id: 'free' });
  await under.ask(endUserBlock, { user_ids: ['blocked'], blocked: true });
  for (const team_id of ['red', 'blue', 'owner']) {
    await under.ask(teamCreate, { team_id, allowed_model_region: 'eu', models: ['gpt-4o'] });
  }
  await under.ask(teamCreate, { team_id: 'free' });
  await under.ask(userCreate, { user_id: 'ursula', models: ['gpt-4o-mini'] });
  const { token } = await under.aKey({ team_id: 'red', allowed_model_region: 'SE', aliases: { a: 'b' } });
  strict = token;
  await under.aKey({ team_id: 'blue' });
  await under.aKey({ user_id: 'ursula', allowed_model_region: 'us', models: ['gpt-4o'] });
  await under.aKey({ team_id: 'free' });
  await under.aKey({ allowed_model_region: 'us', expires: '2020-01-01T00:00:00Z' });
  const blocked = await under.aKey({ allowed_model_region: 'jp' });
  await under.ask(keyBlock, { token: blocked.token, blocked: true });
}, 120_000);

describe('the rules of restricted customers', () => {
  it('are told with how many are under each, of all kinds, without those who cannot call', async () => {
    const found = await policies();
    const rest = { models: [], aliases: {}, userModels: [], team: null };
    const eu = { allowed: ['eu'], from: 'team' };
    const team = { models: ['gpt-4o'], modelAliases: {} };
    expect(found[0]).toEqual({
      ...rest,
      kind: 'end_user',
      residency: [{ allowed: ['eu'], from: 'end_user' }],
      customers: 3,
      firstIds: ['anna', 'berta', 'clara'],
    });
    expect(found[1]).toMatchObject({
      kind: 'team',
      customers: 2,
      firstIds: ['blue', 'red'],
      residency: [eu],
    });
    expect(found).toHaveLength(7);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          firstIds: ['dora'],
          residency: [{ allowed: ['eu', 'ch'], from: 'end_user' }],
        }),
        expect.objectContaining({ kind: 'team', team: { teamId: 'owner', ...team }, firstIds: ['owner'] }),
        {
          ...rest,
          kind: 'key',
          residency: [{ allowed: ['se'], from: 'key' }, eu],
          aliases: { a: 'b' },
          team: { teamId: 'red', ...team },
          customers: 1,
          firstIds: [strict],
        },
        expect.objectContaining({ kind: 'key', residency: [eu], team: { teamId: 'blue', ...team } }),
        expect.objectContaining({ kind: 'key', models: ['gpt-4o'], userModels: ['gpt-4o-mini'], team: null }),
      ]),
    );
  });

  it('come page by page, and so do those who are under them', async () => {
    const first = await under.ask(residencyPolicies, { ...everything, size: 1 });
    const second = await under.ask(residencyPolicies, { ...everything, size: 1, page: 2 });
    expect([first.total, second.total]).toEqual([7, 7]);
    expect(second.policies[0]?.kind).toBe('team');
    const policy = first.policies[0]?.policy ?? '';
    const asked = { team_ids: ['owner'], policy, size: 2 };
    expect(await under.ask(residencyCustomers, asked)).toEqual({ ids: ['anna', 'berta'] });
    expect(await under.ask(residencyCustomers, { ...asked, after: 'berta' })).toEqual({ ids: ['clara'] });
    expect(await under.ask(residencyCustomers, { ...asked, policy: 'none' })).toEqual({ ids: [] });
  });
});
