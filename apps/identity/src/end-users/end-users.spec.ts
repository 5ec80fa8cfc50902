// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  endUserBlock,
  endUserCreate,
  endUserDelete,
  endUserList,
  endUserRead,
  endUserUpdate,
  identityEndUser,
  valueOf,
} from '@signalbox/contracts';
import type { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();

async function policyOf(endUserId: string) {
  return valueOf(await under.bus.call(identityEndUser, { endUserId }));
}

describe('end-user.create.v1', () => {
  it("answers LiteLLM's row and announces the id", async () => {
    const created = await under.bus.call(endUserCreate, { user_id: 'ishaan', allowed_model_region: 'eu' });
    expect(valueOf(created)).toEqual({
      user_id: 'ishaan',
      alias: null,
      spend: 0,
      allowed_model_region: 'eu',
      default_model: null,
      budget_id: null,
      blocked: false,
      litellm_budget_table: null,
      object_permission: null,
      rpm_limit: null,
      tpm_limit: null,
      max_parallel_requests: null,
      max_budget: null,
      soft_budget: null,
      model_rpm_limit: null,
      model_tpm_limit: null,
      model_max_budget: {},
      budget_duration: null,
      budget_reset_at: null,
      budget_limits: null,
    });
    expect(await under.announced()).toMatchObject([
      { endUserIds: ['ishaan'], keyHashes: [], teamIds: [], userIds: [] },
    ]);
  });

  it("refuses an id that is taken, in LiteLLM's words", async () => {
    await under.bus.call(endUserCreate, { user_id: 'twice' });
    expect(await under.bus.call(endUserCreate, { user_id: 'twice', blocked: true })).toEqual({
      ok: false,
      fault: {
        code: 'already_exists',
        message: 'Customer already exists, passed user_id=twice. Please pass a new user_id.',
        param: 'user_id',
      },
    });
    expect(await policyOf('twice')).toMatchObject({ blocked: false });
  });

  it('keeps a list of regions as it was written, and judges calls by their canonical names', async () => {
    const allowed = ['Europe', 'Sweden Central', 'us-east-1', 'Germany'];
    const reply = await under.bus.call(endUserCreate, { user_id: 'list', allowed_model_region: allowed });
    expect(valueOf(reply).allowed_model_region).toEqual(allowed);
    const { allowedRegions } = await policyOf('list');
    expect(allowedRegions).toEqual(['eu', 'swedencentral', 'us-east-1', 'de']);
  });

  it.each([['Atlantis'], [['eu', 'Atlantis']]])('refuses %j, which is no region', async (allowed) => {
    const reply = await under.bus.call(endUserCreate, { user_id: 'lost', allowed_model_region: allowed });
    expect(reply).toMatchObject({ fault: { code: 'validation_error', param: 'allowed_model_region' } });
    expect(await under.bus.call(endUserRead, { user_id: 'lost' })).toMatchObject({ ok: false });
  });

  it('refuses text that Postgres cannot hold', async () => {
    const reply = await under.bus.call(endUserCreate, { user_id: 'a\u0000b' });
    expect(reply).toMatchObject({ fault: { code: 'validation_error' } });
  });
});

describe('end-user.update.v1', () => {
  it('leaves absent fields alone and clears with null', async () => {
    await under.bus.call(endUserCreate, { user_id: 'mia', alias: 'Mia', allowed_model_region: 'eu' });
    await under.announced();
    const renamed = valueOf(
      await under.bus.call(endUserUpdate, { user_id: 'mia', alias: null, blocked: true }),
    );
    expect(renamed).toMatchObject({ alias: null, allowed_model_region: 'eu', blocked: true });
    expect(await under.announced()).toMatchObject([{ endUserIds: ['mia'] }]);
    const free = valueOf(await under.bus.call(endUserUpdate, { user_id: 'mia', allowed_model_region: null }));
    expect(free).toMatchObject({ allowed_model_region: null, blocked: true });
    expect(await policyOf('mia')).toEqual({
      endUserId: 'mia',
      blocked: true,
      allowedRegions: [],
      defaultModel: null,
    });
  });

  it('refuses an id that does not exist and announces nothing', async () => {
    const reply = await under.bus.call(endUserUpdate, { user_id: 'nobody', alias: 'x' });
    expect(reply).toMatchObject({
      fault: { code: 'record_not_found', message: 'End User Id=nobody does not exist in db' },
    });
    expect(await under.announced()).toEqual([]);
  });
});

describe('end-user.delete.v1', () => {
  it('deletes all or none', async () => {
    for (const id of ['a', 'b']) await under.bus.call(endUserCreate, { user_id: id });
    await under.announced();
    const refused = await under.bus.call(endUserDelete, { user_ids: ['a', 'nobody', 'b'] });
    expect(refused).toMatchObject({ fault: { code: 'record_not_found', param: 'user_ids' } });
    expect(await under.announced()).toEqual([]);
    expect(valueOf(await under.bus.call(endUserDelete, { user_ids: ['a', 'b', 'a'] }))).toEqual({
      deleted_customers: 2,
      message: "Successfully deleted customers with ids: ['a', 'b']",
    });
    expect(await under.announced()).toMatchObject([{ endUserIds: ['a', 'b'] }]);
    expect(await under.bus.call(endUserRead, { user_id: 'a' })).toMatchObject({ ok: false });
  });
});

describe('end-user.block.v1', () => {
  it('makes a record for an id never seen, and unblocks it again', async () => {
    await under.bus.call(endUserCreate, { user_id: 'known', allowed_model_region: 'us' });
    await under.announced();
    const ids = ['never-seen', 'known'];
    const { blocked_users: rows } = valueOf(
      await under.bus.call(endUserBlock, { user_ids: ids, blocked: true }),
    );
    expect(rows).toMatchObject([
      { user_id: 'never-seen', blocked: true },
      { user_id: 'known', blocked: true, allowed_model_region: 'us' },
    ]);
    expect(await under.announced()).toMatchObject([{ endUserIds: ids }]);
    expect(await policyOf('never-seen')).toMatchObject({ blocked: true });
    await under.bus.call(endUserBlock, { user_ids: ['never-seen'], blocked: false });
    expect(await policyOf('never-seen')).toMatchObject({ blocked: false });
  });

  it('takes many overlapping calls at once', async () => {
    const calls = Array.from({ length: 20 }, (_, index) => {
      const ids = ['p', 'q', 'r'];
      return under.bus.call(endUserBlock, {
        user_ids: index % 2 === 0 ? ids : ids.reverse(),
        blocked: true,
      });
    });
    expect((await Promise.all(calls)).map(({ ok }) => ok)).toEqual(Array(20).fill(true));
  });
});

describe('identity.end-user.v1', () => {
  it('makes a record for an id never seen, once, and restricts nothing', async () => {
    const policies = await Promise.all(Array.from({ length: 20 }, () => policyOf('new')));
    for (const policy of policies) {
      expect(policy).toEqual({ endUserId: 'new', blocked: false, allowedRegions: [], defaultModel: null });
    }
    expect(valueOf(await under.bus.call(endUserRead, { user_id: 'new' }))).toMatchObject({ user_id: 'new' });
  });
});

describe('end-user.list.v1', () => {
  it('pages through all records by id', async () => {
    const all = valueOf(await under.bus.call(endUserList, {}));
    expect(all.rows).toHaveLength(all.total);
    expect(all.rows.map((row) => row.user_id)).toEqual(all.rows.map((row) => row.user_id).sort());
    const second = valueOf(await under.bus.call(endUserList, { page: 2, size: 2 }));
    expect(second).toEqual({ rows: all.rows.slice(2, 4), total: all.total });
  });

  it('narrows by part of the id and of the alias, by block and by region, together', async () => {
    await under.bus.call(endUserCreate, { user_id: 'find-1', alias: 'Ann', allowed_model_region: 'eu' });
    await under.bus.call(endUserCreate, {
      user_id: 'find-2',
      alias: 'anna',
      allowed_model_region: ['us', 'eu'],
    });
    await under.bus.call(endUserCreate, { user_id: 'find-3', blocked: true });
    const idsOf = async (query: z.input<typeof endUserList.request>) =>
      valueOf(await under.bus.call(endUserList, { user_id: 'find-', ...query })).rows.map(
        (row) => row.user_id,
      );
    expect(await idsOf({})).toEqual(['find-1', 'find-2', 'find-3']);
    expect(await idsOf({ alias: 'ANN' })).toEqual(['find-1', 'find-2']);
    expect(await idsOf({ allowed_model_region: 'us' })).toEqual(['find-2']);
    expect(await idsOf({ allowed_model_region: 'eu', alias: 'anna' })).toEqual(['find-2']);
    expect(await idsOf({ blocked: true })).toEqual(['find-3']);
    expect(await idsOf({ blocked: false, size: 1, page: 2 })).toEqual(['find-2']);
  });
});
