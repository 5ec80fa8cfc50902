import { createHash } from 'node:crypto';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: two gateways, two identity services, router, NATS, Redis, Postgres. Fake: the provider.

const soon = { timeout: 5_000, interval: 20 };

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let call: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = `{ model: openai/gpt-4o, api_base: "${upstream.siteUrl('eu')}/v1", api_key: sk-up }`;
  system = await startSignalbox({
    replicas: { gateway: 2, identity: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: ${params} }
  - { model_name: other, litellm_params: ${params} }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  gateways = system.urls.map(apiCaller);
  call = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

interface MadeKey {
  readonly key: string;
  readonly token: string;
  readonly expires: string | null;
}

async function made(path: string, fields: object): Promise<MadeKey> {
  const answer = await call(path, fields);
  expect([answer.status, answer.status === 200 || answer.body]).toEqual([200, true]);
  return answer.body as MadeKey;
}

async function statuses(key: string, model = 'gpt-4o'): Promise<number[]> {
  const answers = await Promise.all(gateways.map((ask) => ask('/v1/chat/completions', chat(model), { key })));
  return answers.map(({ status }) => status);
}

describe('a key', () => {
  it('of a LiteLLM database goes on working once its hash is imported', async () => {
    const key = 'sk-from-litellm-RV-l2BJEZ';
    expect(await statuses(key)).toEqual([401, 401]);
    const token = createHash('sha256').update(key).digest('hex');
    const answer = await made('/key/generate', {
      token,
      key_name: 'sk-...BJEZ',
      expires: '2099-01-01T00:00:00Z',
    });
    expect(answer).toMatchObject({
      key: null,
      token,
      key_name: 'sk-...BJEZ',
      expires: '2099-01-01T00:00:00.000Z',
    });
    await expect.poll(() => statuses(key), soon).toEqual([200, 200]);
  });

  it('is regenerated: the old value works for the grace period, and then not', async () => {
    const { key: old } = await made('/key/generate', { key_alias: 'rotating', models: ['gpt-4o'] });
    expect(await statuses(old)).toEqual([200, 200]);
    const { key: next } = await made('/key/regenerate', { key: old, grace_period: '1h' });
    expect(next).not.toBe(old);
    await expect.poll(() => statuses(next), soon).toEqual([200, 200]);
    expect(await statuses(old)).toEqual([200, 200]);
    expect(await statuses(old, 'other')).toEqual([403, 403]);
    await made('/key/block', { key: next });
    await expect.poll(() => statuses(old), soon).toEqual([403, 403]);
    await made('/key/unblock', { key: next });
    const { key: last } = await made('/key/regenerate', {
      key_alias: 'rotating',
      new_key: 'sk-my-own-value-1234',
    });
    expect(last).toBe('sk-my-own-value-1234');
    await expect.poll(() => statuses(old), soon).toEqual([401, 401]);
    await expect.poll(() => statuses(next), soon).toEqual([401, 401]);
    expect(await statuses(last)).toEqual([200, 200]);
  });

  it('ends with its life, also where it is cached', async () => {
    const { key } = await made('/key/generate', {});
    expect(await statuses(key)).toEqual([200, 200]);
    await made('/key/update', { key, expires: '2020-01-01T00:00:00Z' });
    await expect.poll(() => statuses(key), soon).toEqual([401, 401]);
    await made('/key/update', { key, duration: null });
    await expect.poll(() => statuses(key), soon).toEqual([200, 200]);
  });

  it('uses the routes it is allowed, and all again when the list is cleared', async () => {
    const { key } = await made('/key/generate', { allowed_routes: ['/v1/models'] });
    expect(await statuses(key)).toEqual([403, 403]);
    expect((await call('/v1/models', undefined, { key })).status).toBe(200);
    expect(await call('/v1/chat/completions', chat('gpt-4o'), { key })).toMatchObject({
      body: {
        error: {
          code: '403',
          message:
            "Virtual key is not allowed to call this route. Only allowed to call routes: ['/v1/models']. " +
            'Tried to call route: /v1/chat/completions',
        },
      },
    });
    await made('/key/update', { key, allowed_routes: null });
    await expect.poll(() => statuses(key), soon).toEqual([200, 200]);
  });

  it('must send what it is asked for, however the call is made', async () => {
    const enforced = ['user', 'metadata.generation_name'];
    const { key } = await made('/key/generate', { enforced_params: enforced });
    const refusal = (param: string, shown = param) => ({
      status: 400,
      body: {
        error: {
          param,
          message: `BadRequest please pass param=${shown} in request body. This is a required param`,
        },
      },
    });
    const say = (more: object) => call('/v1/chat/completions', chat('gpt-4o', more), { key });
    expect(await say({ metadata: { generation_name: 'one' } })).toMatchObject(refusal('user'));
    const nested = refusal('metadata.generation_name', '[metadata][generation_name]');
    expect(await say({ user: 'u1', metadata: {} })).toMatchObject(nested);
    expect(await call('/v1/embeddings', { model: 'gpt-4o', input: 'a' }, { key })).toMatchObject(
      refusal('user'),
    );
    expect((await say({ user: 'u1', metadata: { generation_name: 'one' } })).status).toBe(200);
    await made('/key/update', { key, enforced_params: null });
    await expect.poll(() => statuses(key), soon).toEqual([200, 200]);
  });

  it('with all-team-models follows its team', async () => {
    const { body } = await call('/team/new', { models: ['gpt-4o'] });
    const { team_id: team } = body as { team_id: string };
    const { key } = await made('/key/generate', { team_id: team, models: ['all-team-models'] });
    expect([await statuses(key), await statuses(key, 'other')]).toEqual([
      [200, 200],
      [403, 403],
    ]);
    await call('/team/update', { team_id: team, models: ['other'] });
    await expect.poll(() => statuses(key, 'other'), soon).toEqual([200, 200]);
    expect(await statuses(key)).toEqual([403, 403]);
  });

  it('is changed by its alias, which no other key may have', async () => {
    const { token } = await made('/key/generate', {
      key_alias: 'unique',
      metadata: { a: 1 },
      models: ['gpt-4o'],
    });
    expect(await call('/key/generate', { key_alias: 'unique' })).toMatchObject({
      status: 400,
      body: { error: { param: 'key_alias' } },
    });
    const changed = await made('/key/update', { key_alias: 'unique', metadata: null, models: null });
    expect(changed).toMatchObject({ token, key_alias: 'unique', metadata: {}, models: [] });
    expect(await made('/key/update', { key: token, key_alias: null })).toMatchObject({ key_alias: null });
    expect((await call('/key/update', { key_alias: 'unique', models: [] })).status).toBe(404);
  });
});

describe('many keys', () => {
  it('are changed each for itself; the answer tells which were not, and names none by its value', async () => {
    const [one, other] = [
      await made('/key/generate', { key_alias: 'first-of-many' }),
      await made('/key/generate', {}),
    ];
    const missing = 'f'.repeat(64);
    const { status, body } = await call('/key/bulk_update', {
      keys: [
        { key: one.key, rpm_limit: 7, tags: ['production'] },
        { key: missing, rpm_limit: 7 },
        { key: other.token, key_alias: 'first-of-many' },
        { key_alias: 'first-of-many', tpm_limit: 70 },
      ],
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        total_requested: 4,
        successful_updates: [
          { key: one.token, key_info: { rpm_limit: 7, tags: ['production'], tpm_limit: null } },
          { key: one.token, key_info: { rpm_limit: 7, tpm_limit: 70 } },
        ],
        failed_updates: [
          { key: missing, failed_reason: expect.stringContaining('Key not found in db') as string },
          { key: other.token, failed_reason: expect.stringContaining('already exists') as string },
        ],
      },
    });
    expect(JSON.stringify(body)).not.toContain(one.key);
  });

  it('are looked up at once, and by what they are called', async () => {
    const one = await made('/key/generate', { key_alias: 'Lookup one', rpm_limit: 7 });
    const two = await made('/key/generate', { key_alias: 'lookup two' });
    const aliases = { total_count: 2, current_page: 1, size: 50, total_pages: 1 };
    expect((await call('/key/aliases?search=LOOKUP')).body).toMatchObject({
      ...aliases,
      aliases: expect.arrayContaining(['Lookup one', 'lookup two']) as unknown,
    });
    expect((await call('/key/aliases?search=lookup&size=1&page=3')).body).toMatchObject({ aliases: [] });
    expect((await call('/key/aliases?size=0')).status).toBe(422);
    const { body } = await call('/v2/key/info', { keys: [one.key, two.token] });
    expect(body).toMatchObject({
      key: [one.token, two.token],
      info: [{ rpm_limit: 7, spend: 0 }, { token: two.token }],
    });
    expect((await call('/v2/key/info', { keys: [one.key, 'f'.repeat(64)] })).status).toBe(404);
    const itself = await call('/v2/key/info', { keys: [one.key] }, { key: one.key });
    expect(itself).toMatchObject({ status: 200, body: { key: [one.token] } });
    expect((await call('/v2/key/info', { keys: [one.key, two.key] }, { key: one.key })).status).toBe(403);
  });

  it('are refused together when one of them is no change of a key', async () => {
    const { token } = await made('/key/generate', {});
    const keys = [{ key: token, rpm_limit: 7 }, { rpm_limit: 7 }];
    expect((await call('/key/bulk_update', { keys })).status).toBe(422);
    expect(await made('/key/update', { key: token })).toMatchObject({ rpm_limit: null });
  });
});

it('a key that is good is healthy, and any other hears why not', async () => {
  const { key } = await made('/key/generate', {});
  expect(await call('/key/health', {}, { key })).toMatchObject({ status: 200, body: { key: 'healthy' } });
  await made('/key/block', { key });
  await expect.poll(async () => (await call('/key/health', {}, { key })).status, soon).toBe(403);
});

describe('the list of keys', () => {
  it("has LiteLLM's shape, is paged, filtered and sorted", async () => {
    for (const name of ['b', 'a', 'c'])
      await made('/key/generate', { key_alias: `listed-${name}`, user_id: 'lister' });
    const { body } = await call(
      '/key/list?user_id=lister&size=2&sort_by=key_alias&sort_order=asc&return_full_object=true',
    );
    expect(body).toMatchObject({
      keys: [{ key_alias: 'listed-a' }, { key_alias: 'listed-b' }],
      total_count: 3,
      current_page: 1,
      total_pages: 2,
    });
    const second = (await call('/key/list?user_id=lister&size=2&page=2')).body as { keys: string[] };
    expect(second.keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect((await call('/key/list?size=1000')).status).toBe(422);
    expect(JSON.stringify(body)).not.toMatch(/"sk-(?!\.\.\.)/);
  });
});
