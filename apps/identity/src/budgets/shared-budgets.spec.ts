// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  budgetCreate,
  budgetDelete,
  budgetList,
  budgetRead,
  budgetUpdate,
  endUserCreate,
  endUserUpdate,
  identityAuthenticate,
  identityEndUser,
  identityTagLimits,
  keyCreate,
  keyRead,
  keyUpdate,
  tagCreate,
  teamCreate,
  teamUpdate,
  userCreate,
  userUpdate,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

const fields = { max_budget: 2, budget_duration: '30d', rpm_limit: 60, tpm_limit: 1_000 };
const limits = { rpm: 60, tpm: 1_000, budgets: [{ maxNanoDollars: 2_000_000_000, duration: '30d' }] };
const notBoth = {
  fault: { code: 'invalid_request', message: "Set either 'max_budget' or 'budget_id', not both." },
};

async function aBudget(id: string, more: Partial<z.input<typeof budgetCreate.request>> = {}): Promise<void> {
  valueOf(await under.bus.call(budgetCreate, { budget_id: id, ...fields, ...more }));
  await under.announced();
}

async function callerOf(keyHash: string) {
  return valueOf(await under.bus.call(identityAuthenticate, { keyHash }));
}

async function policyOf(endUserId: string) {
  return valueOf(await under.bus.call(identityEndUser, { endUserId }));
}

describe('a shared budget', () => {
  it('is made, read, listed and deleted', async () => {
    const row = valueOf(await under.bus.call(budgetCreate, fields));
    expect(row).toMatchObject({ ...fields, max_parallel_requests: null });
    expect(row.budget_reset_at).toMatch(/-01T00:00:00.000Z$/);
    expect(await under.announced()).toMatchObject([{ budgetIds: [row.budget_id] }]);
    const read = { budget_ids: [row.budget_id] };
    expect(valueOf(await under.bus.call(budgetRead, read)).rows).toEqual([row]);
    expect(valueOf(await under.bus.call(budgetList, { size: 1 }))).toEqual({ rows: [row], total: 1 });
    expect(valueOf(await under.bus.call(budgetDelete, { budget_id: row.budget_id }))).toEqual(row);
    expect(await under.bus.call(budgetRead, read)).toMatchObject({ fault: { code: 'record_not_found' } });
    for (const contract of [budgetUpdate, budgetDelete]) {
      expect(await under.bus.call(contract, { budget_id: 'nobody' })).toMatchObject({
        fault: { code: 'record_not_found', param: 'budget_id' },
      });
    }
  });

  it('has an id of its own', async () => {
    await aBudget('taken');
    expect(await under.bus.call(budgetCreate, { budget_id: 'taken' })).toMatchObject({
      fault: { code: 'already_exists', param: 'budget_id' },
    });
  });

  it('is what its holders obey, and shown with them', async () => {
    await aBudget('plan');
    const held = { budget_id: 'plan' };
    const { team_id: team } = valueOf(await under.bus.call(teamCreate, held));
    const key = await under.aKey({ ...held, team_id: team });
    const endUser = valueOf(await under.bus.call(endUserCreate, { user_id: 'on-the-plan', ...held }));
    for (const row of [key, endUser]) {
      expect(row).toMatchObject({ ...held, max_budget: null, litellm_budget_table: { ...held, ...fields } });
    }
    const caller = await callerOf(key.token);
    expect(caller).toMatchObject({ limits, team: { limits }, budgetIds: ['plan'] });
    const user = valueOf(await under.bus.call(userCreate, held));
    const tag = valueOf(await under.bus.call(tagCreate, { name: 'on-the-plan', ...held }));
    for (const row of [user, tag]) {
      expect(row).toMatchObject({ ...held, max_budget: null, litellm_budget_table: { ...held, ...fields } });
    }
    const ofUser = await under.aKey({ user_id: user.user_id });
    expect(await callerOf(ofUser.token)).toMatchObject({ user: { limits }, budgetIds: ['plan'] });
    const { tags } = valueOf(await under.bus.call(identityTagLimits, { after: 'on-the-pla' }));
    expect(tags).toEqual([{ name: 'on-the-plan', limits }]);
    expect(await policyOf('on-the-plan')).toMatchObject({ limits, budgetIds: ['plan'] });
  });

  it('changes for all holders at once, who are told of by its id', async () => {
    await aBudget('growing');
    const { token } = await under.aKey({ budget_id: 'growing' });
    await under.announced();
    valueOf(await under.bus.call(budgetUpdate, { budget_id: 'growing', max_budget: 5, rpm_limit: null }));
    expect(await under.announced()).toMatchObject([{ budgetIds: ['growing'], keyHashes: [] }]);
    expect((await callerOf(token)).limits).toEqual({
      tpm: 1_000,
      budgets: [{ maxNanoDollars: 5_000_000_000, duration: '30d' }],
    });
  });

  it('leaves to its holder the limits the holder has', async () => {
    await aBudget('base');
    const further = [{ budget_duration: '1d', max_budget: 1 }];
    const { token } = await under.aKey({ budget_id: 'base', rpm_limit: 5, budget_limits: further });
    expect((await callerOf(token)).limits).toEqual({
      ...limits,
      rpm: 5,
      budgets: [...limits.budgets, { maxNanoDollars: 1_000_000_000, duration: '1d' }],
    });
    await under.bus.call(keyUpdate, { token, budget_id: null });
    const caller = await callerOf(token);
    expect(caller).not.toHaveProperty('budgetIds');
    expect(caller.limits).toMatchObject({ rpm: 5, budgets: [{ duration: '1d' }] });
  });

  it('is not deleted while somebody holds it: nobody is to lose limits that way', async () => {
    await aBudget('held');
    const { token } = await under.aKey({ budget_id: 'held' });
    const gone = () => under.bus.call(budgetDelete, { budget_id: 'held' });
    expect(await gone()).toMatchObject({ fault: { code: 'invalid_request' } });
    await under.bus.call(keyUpdate, { token, budget_id: null });
    expect(await gone()).toMatchObject({ ok: true });
  });
});

describe('a holder', () => {
  it('has a budget of its own or a shared one, whichever way it comes to both', async () => {
    await aBudget('one');
    const both = { budget_id: 'one', max_budget: 1 };
    const named = { token: 'f'.repeat(64), key_name: 'sk-...test' };
    expect(await under.bus.call(keyCreate, { ...named, ...both })).toMatchObject(notBoth);
    expect(await under.bus.call(teamCreate, both)).toMatchObject(notBoth);
    expect(await under.bus.call(endUserCreate, { user_id: 'both', ...both })).toMatchObject(notBoth);
    expect(await under.bus.call(userCreate, both)).toMatchObject(notBoth);
    expect(await under.bus.call(tagCreate, { name: 'both', ...both })).toMatchObject(notBoth);
    const { token } = await under.aKey({ max_budget: 1 });
    const change = (more: Partial<z.input<typeof keyUpdate.request>>) =>
      under.bus.call(keyUpdate, { token, ...more });
    expect(await change({ budget_id: 'one' })).toMatchObject(notBoth);
    expect(await change({ budget_id: 'one', max_budget: null })).toMatchObject({ ok: true });
    expect(await change({ max_budget: 1 })).toMatchObject(notBoth);
    expect(valueOf(await under.bus.call(keyRead, { token }))).toMatchObject({ budget_id: 'one' });
  });

  it('holds no budget that does not exist', async () => {
    const unknown = { fault: { code: 'record_not_found', param: 'budget_id' } };
    const { token } = await under.aKey();
    const held = { budget_id: 'nowhere' };
    expect(await under.bus.call(keyUpdate, { token, ...held })).toMatchObject(unknown);
    expect(await under.bus.call(teamCreate, held)).toMatchObject(unknown);
    expect(await under.bus.call(userCreate, held)).toMatchObject(unknown);
    const { user_id } = valueOf(await under.bus.call(userCreate, {}));
    expect(await under.bus.call(userUpdate, { user_id, ...held })).toMatchObject(unknown);
    expect(await under.bus.call(tagCreate, { name: 'poor', ...held })).toMatchObject(unknown);
    const { team_id } = valueOf(await under.bus.call(teamCreate, {}));
    expect(await under.bus.call(teamUpdate, { team_id, ...held })).toMatchObject(unknown);
    valueOf(await under.bus.call(endUserCreate, { user_id: 'poor' }));
    expect(await under.bus.call(endUserUpdate, { user_id: 'poor', ...held })).toMatchObject(unknown);
    expect(await under.bus.call(endUserCreate, { user_id: 'poorer', ...held })).toMatchObject(unknown);
  });
});
