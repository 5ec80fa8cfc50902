// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  budgetCreate,
  budgetUpdate,
  endUserBlock,
  endUserCreate,
  identityEndUser,
  valueOf,
  type EndUserDefaults,
} from '@signalbox/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

beforeAll(async () => {
  await under.bus.call(budgetCreate, {
    budget_id: 'plan',
    max_budget: 1,
    budget_duration: '1d',
    rpm_limit: 6,
  });
  await under.bus.call(budgetCreate, { budget_id: 'no-amount', rpm_limit: 6 });
}, 120_000);

async function policyOf(endUserId: string, defaults: EndUserDefaults) {
  return valueOf(await under.bus.call(identityEndUser, { endUserId, defaults }));
}

describe('an end user without a budget', () => {
  const oneDollar = { maxNanoDollars: 1_000_000_000 };

  it('has the default one, never seen before or known for long', async () => {
    await under.bus.call(endUserBlock, { user_ids: ['known'], blocked: false });
    for (const id of ['newcomer', 'newcomer', 'known']) {
      expect(await policyOf(id, { budgetId: 'plan' })).toMatchObject({
        limits: { rpm: 6, budgets: [{ ...oneDollar, duration: '1d' }] },
        budgetIds: ['plan'],
      });
      expect((await policyOf(id, oneDollar)).limits).toEqual({ budgets: [oneDollar] });
      expect(await policyOf(id, {})).not.toHaveProperty('limits');
    }
  });

  it('has both, where the default budget says no amount', async () => {
    const policy = await policyOf('both', { budgetId: 'no-amount', ...oneDollar });
    expect(policy.limits).toEqual({ rpm: 6, budgets: [oneDollar] });
    await under.bus.call(budgetUpdate, { budget_id: 'no-amount', max_budget: 3 });
    const changed = await policyOf('both', { budgetId: 'no-amount', ...oneDollar });
    expect(changed.limits?.budgets).toEqual([{ maxNanoDollars: 3_000_000_000 }]);
  });

  it('is refused when the default budget does not exist, as none would be no limit', async () => {
    const request = { endUserId: 'lost', defaults: { budgetId: 'nowhere', ...oneDollar } };
    expect(await under.bus.call(identityEndUser, request)).toMatchObject({
      fault: { code: 'internal_error', message: expect.stringContaining('nowhere') as string },
    });
  });
});

it('an end user with a budget, its own or a shared one, keeps it', async () => {
  await under.bus.call(endUserCreate, { user_id: 'own', max_budget: 5 });
  await under.bus.call(endUserCreate, { user_id: 'shared', budget_id: 'plan' });
  const defaults = { budgetId: 'nowhere', maxNanoDollars: 1 };
  expect((await policyOf('own', defaults)).limits).toEqual({ budgets: [{ maxNanoDollars: 5_000_000_000 }] });
  expect(await policyOf('shared', defaults)).toMatchObject({ budgetIds: ['plan'], limits: { rpm: 6 } });
});
