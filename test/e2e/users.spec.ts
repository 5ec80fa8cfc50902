import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MASTER_KEY } from './api-caller.js';
import { startTenantSystem, type TenantSystem } from './tenant-system.js';

// Real: two gateways, two identity services, router, NATS, Redis, Postgres. Fake: the provider.

const soon = { timeout: 5_000, interval: 20 };
let house: TenantSystem;

beforeAll(async () => {
  house = await startTenantSystem();
});
afterAll(async () => {
  await house.stop();
});

describe('/user', () => {
  it('makes a user with a key that serves, and shows both', async () => {
    const {
      key = '',
      user_id: id = '',
      ...rest
    } = await house.made('/user/new', {
      user_email: 'Ann@example.com',
      user_role: 'internal_user',
      key_alias: 'of-ann',
    });
    expect(rest).toMatchObject({ user_email: 'ann@example.com', key_alias: 'of-ann', max_budget: null });
    expect(await house.statuses(key)).toEqual([200, 200]);
    const info = {
      user_id: id,
      user_info: { user_role: 'internal_user' },
      keys: [{ key_alias: 'of-ann' }],
      teams: [],
    };
    expect(await house.read('/user/info?user_email=ANN@example.com')).toMatchObject(info);
    expect(await house.read('/user/info', key)).toMatchObject(info);
  });

  it('makes no user whose key cannot be made, and no key where none is wanted', async () => {
    expect(await house.statusOf('/user/new', { user_id: 'again', key_alias: 'of-ann' }, MASTER_KEY)).toBe(
      400,
    );
    expect(await house.made('/user/new', { user_id: 'again', auto_create_key: false })).toMatchObject({
      user_id: 'again',
      key: null,
      token: null,
    });
  });

  it('binds all keys of a user to its limits, until they are taken away', async () => {
    const { key: one = '' } = await house.made('/user/new', { user_id: 'limited', rpm_limit: 3 });
    const { key: two = '' } = await house.made('/key/generate', { user_id: 'limited' });
    const answers = [...(await house.callBoth(one)), ...(await house.callBoth(two))];
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('x-ratelimit-user-limit-requests')).toBe('3');
    expect(refused?.body).toMatchObject({
      error: {
        message: 'Rate limit exceeded for user. Limit type: requests. Current limit: 3, Remaining: 0.',
      },
    });
    await house.made('/user/update', { user_id: 'limited', rpm_limit: null });
    await expect.poll(() => house.statuses(two), soon).toEqual([200, 200]);
  });

  it('binds its keys outside teams to its models, and lists no others', async () => {
    const { key = '' } = await house.made('/user/new', { user_id: 'bound', models: ['gpt-4o-eu'] });
    const [refused] = await house.callBoth(key, 'gpt-4o');
    expect([refused?.status, refused?.body]).toMatchObject([
      403,
      { error: { type: 'user_model_access_denied' } },
    ]);
    expect(await house.read('/v1/models', key)).toMatchObject({ data: [{ id: 'gpt-4o-eu' }] });
    const { team_id: teamId = '' } = await house.made('/team/new', { models: ['gpt-4o'] });
    const { key: ofTeam = '' } = await house.made('/key/generate', { team_id: teamId, user_id: 'bound' });
    expect(await house.statuses(ofTeam, 'gpt-4o')).toEqual([200, 200]);
    await house.made('/user/update', { user_id: 'bound', models: null });
    await expect.poll(() => house.statuses(key, 'gpt-4o'), soon).toEqual([200, 200]);
  });

  it('takes the keys along when the user is deleted', async () => {
    const { key = '' } = await house.made('/user/new', { user_id: 'leaver' });
    expect(await house.statuses(key)).toEqual([200, 200]);
    expect(await house.made('/user/delete', { user_ids: ['leaver'] })).toEqual({
      deleted_users: ['leaver'],
      deleted_keys: 1,
    });
    await expect.poll(() => house.statuses(key), soon).toEqual([401, 401]);
  });

  it('lists users in pages', async () => {
    for (const name of ['l1', 'l2', 'l3']) {
      await house.made('/user/new', {
        user_id: name,
        user_email: `${name}@list.test`,
        auto_create_key: name === 'l2',
      });
    }
    const page = await house.read('/user/list?user_email=@list.test&page=1&page_size=2&sort_by=user_id');
    expect(page).toMatchObject({
      users: [
        { user_id: 'l1', key_count: 0 },
        { user_id: 'l2', key_count: 1 },
      ],
      total: 3,
      page: 1,
      page_size: 2,
      total_pages: 2,
    });
    expect(await house.read('/user/list?user_ids=l3,%20l1')).toMatchObject({ total: 2 });
    expect(await house.statusOf('/user/list?page_size=101', undefined, MASTER_KEY)).toBe(422);
  });

  it('changes many, each for itself', async () => {
    await house.made('/user/new', {
      user_id: 'bulk',
      user_email: 'bulk@example.com',
      auto_create_key: false,
    });
    const users = [
      { user_id: 'bulk', rpm_limit: 7 },
      { user_email: 'nobody@example.com', rpm_limit: 7 },
      { user_email: 'bulk@example.com', max_budget: 5 },
    ];
    expect(await house.made('/user/bulk_update', { users })).toMatchObject({
      ...{ total_requested: 3, successful_updates: 2, failed_updates: 1 },
      results: [
        { user_id: 'bulk', success: true, error: null, updated_user: { rpm_limit: 7 } },
        { user_id: null, user_email: 'nobody@example.com', success: false, updated_user: null },
        { user_id: 'bulk', success: true, updated_user: { rpm_limit: 7, max_budget: 5 } },
      ],
    });
    expect(await house.statusOf('/user/bulk_update', { users: [{ rpm_limit: 7 }] }, MASTER_KEY)).toBe(422);
  });

  it('gives and takes what a role may do, at once', async () => {
    const { key = '' } = await house.made('/user/new', { user_id: 'promoted' });
    const mayList = () => house.statusOf('/user/list', undefined, key);
    expect(await mayList()).toBe(403);
    await house.made('/user/update', { user_id: 'promoted', user_role: 'proxy_admin_viewer' });
    await expect.poll(mayList, soon).toBe(200);
    expect(await house.statusOf('/user/new', { user_id: 'x' }, key)).toBe(403);
    await house.made('/user/update', { user_id: 'promoted', user_role: null });
    await expect.poll(mayList, soon).toBe(403);
    expect(await house.statusOf('/user/info?user_id=limited', undefined, key)).toBe(403);
  });
});
