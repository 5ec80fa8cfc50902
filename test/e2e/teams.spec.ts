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

describe('/team', () => {
  it('answers in the shape of LiteLLM', async () => {
    const team = await house.made('/team/new', {
      team_alias: 'my-new-team_4',
      model_aliases: { 'gpt-3.5-turbo': 'gpt-4o-eu' },
      members_with_roles: [{ role: 'admin', user_id: 'shape' }],
      rpm_limit: 99,
    });
    expect(team).toMatchObject({
      team_alias: 'my-new-team_4',
      admins: [],
      members: [],
      members_with_roles: [{ role: 'admin', user_id: 'shape' }],
      metadata: {},
      tpm_limit: null,
      rpm_limit: 99,
      max_budget: null,
      models: [],
      spend: 0,
      max_parallel_requests: null,
      budget_duration: null,
      budget_reset_at: null,
      blocked: false,
      litellm_model_table: { model_aliases: '{"gpt-3.5-turbo":"gpt-4o-eu"}' },
    });
    const { team_id: id = '' } = team;
    const { token = '' } = await house.made('/key/generate', { team_id: id, key_alias: 'shape' });
    expect(await house.read(`/team/info?team_id=${id}`)).toMatchObject({
      team_id: id,
      team_info: { team_alias: 'my-new-team_4' },
      keys: [{ token, key_alias: 'shape', team_id: id }],
      team_memberships: [{ user_id: 'shape', role: 'admin', litellm_budget_table: null }],
    });
    const patched = await house.admin(`/team/${id}`, { rpm_limit: null }, { method: 'PATCH' });
    expect(patched.body).toMatchObject({
      team_id: id,
      data: { rpm_limit: null, team_alias: 'my-new-team_4' },
    });
  });

  it('redirects calls by aliases that can be read back and change at once; access is that of the resolved name', async () => {
    const { team_id: id = '' } = await house.made('/team/new', {
      models: ['gpt-4o'],
      model_aliases: { cheap: 'gpt-4o' },
    });
    const { key = '' } = await house.made('/key/generate', { team_id: id });
    const [answer] = await house.callBoth(key, 'cheap');
    expect([answer?.status, answer?.headers.get('x-litellm-model-group')]).toEqual([200, 'gpt-4o']);
    expect(answer?.body).toMatchObject({ model: 'cheap' });
    await house.made('/team/update', { team_id: id, models: ['gpt-4o-eu'] });
    await expect.poll(() => house.statuses(key, 'cheap'), soon).toEqual([403, 403]);
    await house.made('/team/update', { team_id: id, model_aliases: { cheap: 'gpt-4o-eu' } });
    await expect.poll(() => house.statuses(key, 'cheap'), soon).toEqual([200, 200]);
    expect(await house.read(`/team/info?team_id=${id}`)).toMatchObject({
      team_info: { model_aliases: { cheap: 'gpt-4o-eu' }, models: ['gpt-4o-eu'] },
    });
    await house.made('/team/update', { team_id: id, model_aliases: null });
    await expect.poll(() => house.statuses(key, 'cheap'), soon).not.toContain(200);
  });

  it('has models that are added and taken, down to none', async () => {
    const { team_id: id = '' } = await house.made('/team/new', { models: ['gpt-4o-eu'] });
    const { key = '' } = await house.made('/key/generate', { team_id: id });
    expect(await house.statuses(key)).toEqual([403, 403]);
    await house.made('/team/model/add', { team_id: id, models: ['gpt-4o'] });
    await expect.poll(() => house.statuses(key), soon).toEqual([200, 200]);
    await house.made('/team/model/delete', { team_id: id, models: ['gpt-4o', 'gpt-4o-eu'] });
    await expect.poll(() => house.statuses(key), soon).toEqual([403, 403]);
  });

  it('has members with limits of their own in the same admission', async () => {
    const { team_id: id = '' } = await house.made('/team/new', {
      rpm_limit: 1_000,
      team_member_rpm_limit: 100,
    });
    const joined = await house.made('/team/member_add', {
      team_id: id,
      member: [{ role: 'user', user_id: 'slow' }, { user_email: 'fast@example.com' }],
    });
    expect(joined).toMatchObject({ updated_users: [{}, {}], updated_team_memberships: [{}, {}] });
    await house.made('/team/member_update', { team_id: id, user_id: 'slow', rpm_limit: 1 });
    const { key = '' } = await house.made('/key/generate', { team_id: id, user_id: 'slow' });
    const answers = await house.callBoth(key);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect(answers[0]?.headers.get('x-ratelimit-team_member-limit-requests')).toBe('1');
    expect(answers[0]?.headers.get('x-ratelimit-team-limit-requests')).toBe('1000');
    await house.made('/team/member_delete', { team_id: id, user_id: 'slow' });
    await expect.poll(() => house.statuses(key), soon).toEqual([401, 401]);
  });

  it("takes in many, each for itself, and has keys that are nobody's", async () => {
    const { team_id: id = '' } = await house.made('/team/new', {});
    const members = [
      { user_id: 'many-one' },
      { user_id: 'many-one' },
      { role: 'admin', user_email: 'many@example.com' },
    ];
    expect(
      await house.made('/team/bulk_member_add', { team_id: id, members, max_budget_in_team: 5 }),
    ).toMatchObject({
      ...{ team_id: id, total_requested: 3, successful_additions: 2, failed_additions: 1 },
      results: [
        { user_id: 'many-one', success: true, updated_team_membership: { max_budget_in_team: 5, spend: 0 } },
        { user_id: 'many-one', success: false, updated_user: null, updated_team_membership: null },
        { user_email: 'many@example.com', success: true, updated_user: { user_email: 'many@example.com' } },
      ],
      updated_team: { members_with_roles: [{ user_id: 'many-one' }, { role: 'admin' }] },
    });
    expect(await house.statusOf('/team/bulk_member_add', { team_id: 'nowhere', members }, MASTER_KEY)).toBe(
      404,
    );
    const { key = '', ...made } = await house.made('/key/service-account/generate', { team_id: id });
    expect(made).toMatchObject({ team_id: id, user_id: null });
    expect(await house.statuses(key)).toEqual([200, 200]);
    for (const fields of [{}, { team_id: id, user_id: 'many-one' }]) {
      expect(await house.statusOf('/key/service-account/generate', fields, MASTER_KEY)).toBe(422);
    }
    const permissions = { team_id: id, team_member_permissions: ['/key/info', '/key/health'] };
    expect(await house.read(`/team/permissions_list?team_id=${id}`, key)).toMatchObject(permissions);
    const messages = [{ role: 'user', content: 'Hey there' }];
    expect(await house.made('/utils/token_counter', { model: 'gpt-4o', messages })).toMatchObject({
      ...{ request_model: 'gpt-4o', model_used: 'gpt-4o', total_tokens: 9 },
    });
    expect(await house.made('/utils/token_counter', { model: 'gpt-4o', prompt: 'Hey there' })).toMatchObject({
      total_tokens: 2,
    });
    expect(await house.statusOf('/utils/token_counter', { model: 'nobody', messages }, key)).toBe(404);
    expect(await house.statusOf('/utils/token_counter', { model: 'gpt-4o' }, key)).toBe(422);
  });

  it('is led by its admins: they change its members, see no other team, and lose it at once', async () => {
    const { team_id: own = '' } = await house.made('/team/new', {
      members_with_roles: [{ role: 'admin', user_id: 'lead' }],
    });
    const { team_id: other = '' } = await house.made('/team/new', {});
    const { key = '' } = await house.made('/key/generate', { user_id: 'lead' });
    const join = (teamId: string, userId: string) =>
      house.statusOf('/team/member_add', { team_id: teamId, member: { user_id: userId } }, key);
    expect([await join(own, 'recruit'), await join(other, 'recruit')]).toEqual([200, 403]);
    expect(await house.statusOf(`/team/info?team_id=${own}`, undefined, key)).toBe(200);
    expect(await house.statusOf(`/team/info?team_id=${other}`, undefined, key)).toBe(403);
    expect(await house.statusOf('/team/update', { team_id: own, rpm_limit: 1 }, key)).toBe(403);
    await house.made('/team/member_update', { team_id: own, user_id: 'lead', role: 'user' });
    await expect.poll(() => join(own, 'another'), soon).toBe(403);
  });

  it('can be read by its own keys', async () => {
    const { team_id: id = '' } = await house.made('/team/new', {});
    const { key = '' } = await house.made('/key/generate', { team_id: id });
    const { key: stranger = '' } = await house.made('/key/generate', {});
    expect(await house.statusOf(`/team/info?team_id=${id}`, undefined, key)).toBe(200);
    expect(await house.statusOf(`/team/info?team_id=${id}`, undefined, stranger)).toBe(403);
    await house.made('/team/delete', { team_ids: [id] });
    expect(await house.statusOf(`/team/info?team_id=${id}`, undefined, MASTER_KEY)).toBe(404);
  });

  it('is listed in pages, narrowed by alias and member', async () => {
    await house.made('/team/new', { team_alias: 'Paged one', members_with_roles: [{ user_id: 'pager' }] });
    await house.made('/team/new', { team_alias: 'paged two' });
    expect(
      await house.read('/v2/team/list?team_alias=PAGED&page_size=1&sort_by=team_alias&sort_order=desc'),
    ).toMatchObject({
      teams: [{}],
      total: 2,
      page: 1,
      page_size: 1,
      total_pages: 2,
    });
    expect(await house.read<unknown[]>('/team/list?user_id=pager')).toMatchObject([
      { team_alias: 'Paged one' },
    ]);
  });
});

describe('/customer', () => {
  it('refuses a default model that nobody serves, and lists in pages', async () => {
    const refused = await house.admin('/customer/new', { user_id: 'cust-1', default_model: 'nothing' });
    expect([refused.status, refused.body]).toMatchObject([422, { error: { param: 'default_model' } }]);
    await house.made('/customer/new', {
      user_id: 'cust-1',
      default_model: 'gpt-4o',
      alias: 'First',
      allowed_model_region: 'eu',
    });
    await house.made('/customer/new', { user_id: 'cust-2', blocked: true });
    expect(await house.read<unknown[]>('/customer/list?user_id=cust-&blocked=true')).toMatchObject([
      { user_id: 'cust-2' },
    ]);
    const second = await house.admin('/end_user/list?user_id=cust-&page=2&size=1');
    expect([second.headers.get('x-total-count'), second.body]).toMatchObject(['2', [{ user_id: 'cust-2' }]]);
    const fields = { alias: null, default_model: null, allowed_model_region: null, blocked: null };
    expect(await house.made('/end_user/update', { user_id: 'cust-1', ...fields })).toMatchObject({
      ...fields,
      blocked: false,
    });
  });
});
