// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  endUserCreate,
  endUserRead,
  endUserUpdate,
  identityAuthenticate,
  identityEndUser,
  keyRead,
  keyUpdate,
  teamCreate,
  teamRead,
  teamUpdate,
  userCreate,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

const all = { rpm_limit: 60, tpm_limit: 100_000, max_parallel_requests: 5 };
const none = { rpm_limit: null, tpm_limit: null, max_parallel_requests: null };
/** More than 32 bits hold. */
const manyTokens = 50_000_000_000;

function changeKey(token: string, fields: Omit<z.input<typeof keyUpdate.request>, 'token'>) {
  return under.bus.call(keyUpdate, { token, ...fields });
}

async function callerOf(keyHash: string) {
  return valueOf(await under.bus.call(identityAuthenticate, { keyHash }));
}

describe('limits of a key', () => {
  it('are kept, shown, and told to who asks on the path of a call', async () => {
    const { token } = await under.aKey(all);
    expect(valueOf(await under.bus.call(keyRead, { token }))).toMatchObject(all);
    expect((await callerOf(token)).limits).toEqual({ rpm: 60, tpm: 100_000, maxParallelRequests: 5 });
  });

  it('are absent on the path of a call where there are none', async () => {
    const { token, ...row } = await under.aKey();
    expect(row).toMatchObject(none);
    expect(await callerOf(token)).not.toHaveProperty('limits');
  });

  it('change one by one, go with null, and every change is announced', async () => {
    const { token } = await under.aKey(all);
    expect(valueOf(await changeKey(token, { rpm_limit: 120, tpm_limit: null }))).toMatchObject({
      rpm_limit: 120,
      tpm_limit: null,
      max_parallel_requests: 5,
    });
    expect(await under.announced()).toMatchObject([{ keyHashes: [token] }]);
    expect((await callerOf(token)).limits).toEqual({ rpm: 120, maxParallelRequests: 5 });
  });

  it('may be larger than 32 bits where tokens are counted', async () => {
    const { token } = await under.aKey({ tpm_limit: manyTokens });
    expect((await callerOf(token)).limits).toEqual({ tpm: manyTokens });
  });

  it.each([{ rpm_limit: 0 }, { tpm_limit: -1 }, { max_parallel_requests: 1.5 }, { rpm_limit: 2 ** 31 }])(
    'are whole numbers above zero that the column holds: %j is refused',
    async (fields) => {
      const { token } = await under.aKey(all);
      expect(await changeKey(token, fields)).toMatchObject({ ok: false });
      expect(await callerOf(token)).toHaveProperty('limits.rpm', 60);
    },
  );
});

describe('a budget', () => {
  const budget = { max_budget: 12.5, budget_duration: '30d' };
  const budgets = [{ maxNanoDollars: 12_500_000_000, duration: '30d' }];

  it('of a key is kept to the nano-dollar, shown with the end of its window, and told on the path of a call', async () => {
    const { token, ...row } = await under.aKey({ max_budget: 0.000_000_001, budget_duration: '1mo' });
    expect(row).toMatchObject({ max_budget: 0.000_000_001, budget_duration: '1mo' });
    expect(row.budget_reset_at).toMatch(/^\d{4}-\d{2}-01T00:00:00.000Z$/);
    expect((await callerOf(token)).limits).toEqual({ budgets: [{ maxNanoDollars: 1, duration: '1mo' }] });
  });

  it('changes and goes like a limit; without a duration its window never ends', async () => {
    const { token } = await under.aKey(budget);
    const endless = valueOf(await changeKey(token, { budget_duration: null, max_budget: 0 }));
    expect(endless).toMatchObject({ max_budget: 0, budget_duration: null, budget_reset_at: null });
    expect((await callerOf(token)).limits).toEqual({ budgets: [{ maxNanoDollars: 0 }] });
    await changeKey(token, { max_budget: null });
    expect(await callerOf(token)).not.toHaveProperty('limits');
  });

  it('may be one of a team, a user and an end user', async () => {
    const team = valueOf(await under.bus.call(teamCreate, { team_id: 'with-budget', ...budget }));
    const user = valueOf(await under.bus.call(userCreate, { user_id: 'with-budget', ...budget }));
    for (const row of [team, user]) expect(row).toMatchObject(budget);
    const { token } = await under.aKey({ team_id: 'with-budget', user_id: 'with-budget' });
    const caller = await callerOf(token);
    expect([caller.team?.limits, caller.user?.limits]).toEqual([{ budgets }, { budgets }]);
    await under.bus.call(endUserCreate, { user_id: 'with-budget', ...budget });
    const policy = valueOf(await under.bus.call(identityEndUser, { endUserId: 'with-budget' }));
    expect(policy.limits).toEqual({ budgets });
  });

  it('may be several at once, of which the smaller counts where two have the same windows', async () => {
    const limits = [
      { budget_duration: '1d', max_budget: 2 },
      { budget_duration: '1h', max_budget: 0.5 },
    ];
    const { token, ...row } = await under.aKey({ ...budget, budget_limits: limits });
    expect(row.budget_limits).toMatchObject(limits);
    expect(row.budget_limits?.[0]?.reset_at).toMatch(/T00:00:00.000Z$/);
    const further = [
      { maxNanoDollars: 2_000_000_000, duration: '1d' },
      { maxNanoDollars: 500_000_000, duration: '1h' },
    ];
    expect((await callerOf(token)).limits).toEqual({ budgets: [...budgets, ...further] });
    await changeKey(token, { budget_duration: '1h' });
    expect((await callerOf(token)).limits?.budgets).toEqual(further.toReversed());
    await changeKey(token, { budget_limits: null, max_budget: null });
    expect(await callerOf(token)).not.toHaveProperty('limits');
  });

  it('of a key may be larger for a time', async () => {
    const { token } = await under.aKey({ max_budget: 1 });
    const end = Date.now() + 3_600_000;
    const increase = { temp_budget_increase: 2, temp_budget_expiry: new Date(end).toISOString() };
    expect(valueOf(await changeKey(token, increase))).toMatchObject({ ...increase, max_budget: 1 });
    expect(await callerOf(token)).toMatchObject({
      limits: { budgets: [{ maxNanoDollars: 3_000_000_000 }] },
      changesAt: end,
    });
    await changeKey(token, { ...increase, temp_budget_expiry: '2026-01-01' });
    const caller = await callerOf(token);
    expect(caller.limits).toEqual({ budgets: [{ maxNanoDollars: 1_000_000_000 }] });
    expect(caller).not.toHaveProperty('changesAt');
  });

  it('may be soft, alone or beside a hard one', async () => {
    const { token, ...row } = await under.aKey({ soft_budget: 1, budget_duration: '1d' });
    expect(row).toMatchObject({ max_budget: null, soft_budget: 1 });
    const soft = { softNanoDollars: 1_000_000_000, duration: '1d' };
    expect((await callerOf(token)).limits).toEqual({ budgets: [soft] });
    await changeKey(token, { budget_limits: [{ budget_duration: '1d', max_budget: 2 }] });
    const both = { ...soft, maxNanoDollars: 2_000_000_000 };
    expect((await callerOf(token)).limits).toEqual({ budgets: [both] });
    await changeKey(token, { soft_budget: null, max_budget: 1, budget_duration: '30d' });
    expect((await callerOf(token)).limits?.budgets).toHaveLength(2);
  });

  it.each([
    { max_budget: -1 },
    { max_budget: 10_000_000 },
    { budget_duration: '1y' },
    { budget_duration: '0d' },
    { budget_limits: [{ budget_duration: 'ever', max_budget: 1 }] },
    { budget_limits: [1, 2].map((dollars) => ({ budget_duration: '1d', max_budget: dollars })) },
  ])('%j is refused', async (fields) => {
    const { token } = await under.aKey();
    expect(await changeKey(token, fields)).toMatchObject({ ok: false });
  });
});

describe('key.update.v1', () => {
  it('changes what is named and nothing else', async () => {
    const row = await under.aKey({ key_alias: 'before', models: ['gpt-4'], tags: ['paid'], duration: '30d' });
    const changed = valueOf(await changeKey(row.token, { key_alias: 'after', models: null }));
    expect(changed).toEqual({ ...row, key_alias: 'after', models: [], updated_at: changed.updated_at });
    expect(valueOf(await changeKey(row.token, { duration: null })).expires).toBeNull();
  });

  it('refuses a key, an alias and a team that cannot be', async () => {
    const { token } = await under.aKey({ key_alias: 'taken' });
    const { token: other } = await under.aKey();
    expect(await changeKey('f'.repeat(64), all)).toMatchObject({
      fault: { code: 'record_not_found', param: 'key' },
    });
    expect(await changeKey(other, { key_alias: 'taken' })).toMatchObject({
      fault: { code: 'already_exists', param: 'key_alias' },
    });
    expect(await changeKey(token, { team_id: 'nobody' })).toMatchObject({
      fault: { code: 'record_not_found', param: 'team_id' },
    });
    expect(await under.announced()).toEqual([]);
  });
});

describe('limits of a team', () => {
  it('reach the callers of its keys and change with the team', async () => {
    const team = valueOf(await under.bus.call(teamCreate, { rpm_limit: 600 }));
    expect(team).toMatchObject({ ...none, rpm_limit: 600 });
    const { token } = await under.aKey({ team_id: team.team_id, rpm_limit: 60 });
    expect(await callerOf(token)).toMatchObject({ limits: { rpm: 60 }, team: { limits: { rpm: 600 } } });
    await under.bus.call(teamUpdate, { team_id: team.team_id, rpm_limit: null });
    expect(await under.announced()).toMatchObject([{ teamIds: [team.team_id] }, { keyHashes: [token] }]);
    expect((await callerOf(token)).team).not.toHaveProperty('limits');
    const read = valueOf(await under.bus.call(teamRead, { team_id: team.team_id }));
    expect(read.team).toMatchObject(none);
  });
});

describe('limits of an end user', () => {
  it('are part of its policy and change with it', async () => {
    const made = valueOf(await under.bus.call(endUserCreate, { user_id: 'limited', ...all }));
    expect(made).toMatchObject(all);
    const policyOf = async () => valueOf(await under.bus.call(identityEndUser, { endUserId: 'limited' }));
    expect((await policyOf()).limits).toEqual({ rpm: 60, tpm: 100_000, maxParallelRequests: 5 });
    await under.announced();
    await under.bus.call(endUserUpdate, { user_id: 'limited', ...none, tpm_limit: manyTokens });
    expect(await under.announced()).toMatchObject([{ endUserIds: ['limited'] }]);
    expect((await policyOf()).limits).toEqual({ tpm: manyTokens });
    const row = valueOf(await under.bus.call(endUserRead, { user_id: 'limited' }));
    expect(row).toMatchObject({ ...none, tpm_limit: manyTokens });
  });

  it('are none for an end user never seen before', async () => {
    const policy = valueOf(await under.bus.call(identityEndUser, { endUserId: 'newcomer' }));
    expect(policy).not.toHaveProperty('limits');
  });
});
