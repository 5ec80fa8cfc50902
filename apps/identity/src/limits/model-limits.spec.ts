// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  endUserCreate,
  endUserUpdate,
  identityAuthenticate,
  identityEndUser,
  keyCreate,
  keyRead,
  keyUpdate,
  ModelLimitFieldsSchema,
  teamCreate,
  userCreate,
} from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

const token = 'a'.repeat(64);
const written = {
  model_rpm_limit: { 'gpt-4o': 3 },
  model_tpm_limit: { 'gpt-4o': 100, 'o1/*': 50 },
  model_max_budget: { 'gpt-4o': { budget_limit: '0.01', time_period: '1d' }, o1: { max_budget: 2 } },
};
const held = {
  'gpt-4o': { rpm: 3, tpm: 100, budgets: [{ maxNanoDollars: 10_000_000, duration: '1d' }] },
  'o1/*': { tpm: 50 },
  o1: { budgets: [{ maxNanoDollars: 2_000_000_000 }] },
};

describe('limits of single models', () => {
  it('are read back as they were written, and reach the path of a call', async () => {
    await under.ask(userCreate, { user_id: 'ann', model_rpm_limit: { o1: 9 } });
    await under.ask(teamCreate, { team_id: 'red', model_tpm_limit: { o1: 7 } });
    const fields = { user_id: 'ann', team_id: 'red', rpm_limit: 60, ...written };
    expect(await under.ask(keyCreate, { token, key_name: 'sk-...', ...fields })).toMatchObject(written);
    expect(await under.ask(keyRead, { token })).toMatchObject(written);
    expect(await under.ask(identityAuthenticate, { keyHash: token })).toMatchObject({
      limits: { rpm: 60, models: held },
      user: { limits: { models: { o1: { rpm: 9 } } } },
      team: { limits: { models: { o1: { tpm: 7 } } } },
    });
  });

  it('stay when an update does not name them, and go when it clears them', async () => {
    const kept = await under.ask(keyUpdate, { token, rpm_limit: null, model_tpm_limit: null });
    expect(kept).toMatchObject({ ...written, model_tpm_limit: null });
    await under.ask(keyUpdate, { token, model_rpm_limit: null, model_max_budget: null });
    expect(await under.ask(identityAuthenticate, { keyHash: token })).not.toHaveProperty('limits');
    expect(await under.ask(keyRead, { token })).toMatchObject({
      model_rpm_limit: null,
      model_max_budget: {},
    });
  });

  it('are had by end users too', async () => {
    const { model_max_budget } = written;
    expect(await under.ask(endUserCreate, { user_id: 'eve', model_max_budget })).toMatchObject({
      model_max_budget,
    });
    const { limits } = await under.ask(identityEndUser, { endUserId: 'eve' });
    expect(limits?.models?.['gpt-4o']).toEqual({ budgets: held['gpt-4o'].budgets });
    await under.ask(endUserUpdate, { user_id: 'eve', model_max_budget: null });
    expect(await under.ask(identityEndUser, { endUserId: 'eve' })).not.toHaveProperty('limits');
  });

  it.each([
    { model_rpm_limit: { 'gpt-4o': 0 } },
    { model_tpm_limit: { '': 5 } },
    { model_max_budget: { 'gpt-4o': {} } },
    { model_max_budget: { 'gpt-4o': { budget_limit: 'much' } } },
    { model_max_budget: { 'gpt-4o': { budget_limit: '9999999' } } },
    { model_max_budget: { 'gpt-4o': { budget_limit: 1, time_period: 'daily' } } },
    { model_rpm_limit: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`m${index}`, 1])) },
  ])('must make sense: %j does not', (fields) => {
    expect(ModelLimitFieldsSchema.safeParse(fields).success).toBe(false);
  });
});
