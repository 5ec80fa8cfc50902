import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';
import { aboutItself, calls, explaining, forAnybody, models, questions } from './open-routes.js';

// Real: gateway, identity, router, NATS, Redis, Postgres. Fake: the provider. Every documented route is asked with a key of every
// kind; what is open to whom is written down here once more, by hand.

let upstream: FakeUpstream;
let system: Signalbox;
let call: ApiCaller;
/** Every documented route, as `POST /key/generate`. */
let routes: string[];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_base: "${upstream.siteUrl('eu')}/v1", api_key: sk-up } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  call = apiCaller(system.url);
  const { paths } = (await call('/docs-json')).body as { paths: Record<string, object> };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

async function made<Name extends string>(path: string, fields: object): Promise<Record<Name, string>> {
  const answer = await call(path, fields);
  expect([path, answer.status, answer.status === 200 || answer.body]).toEqual([path, 200, true]);
  return answer.body as Record<Name, string>;
}

async function aKey(fields: object = {}): Promise<string> {
  return (await made<'key'>('/key/generate', fields)).key;
}

async function aTeam(fields: object = {}): Promise<string> {
  return (await made<'team_id'>('/team/new', fields)).team_id;
}

function typeOf({ status, body }: ApiAnswer): unknown {
  return [status, (body as { error?: { type: string } }).error?.type];
}

const refused = [403, 'auth_error'];

/** Routes that do not refuse this key; what they say to an empty body is another matter. */
async function openTo(key: string): Promise<string[]> {
  const open: string[] = [];
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    const body = method === 'GET' ? undefined : {};
    const { status } = await call(path.replaceAll(/\{\w+\}/g, 'x'), body, { key, method });
    if (status !== 401 && status !== 403) open.push(route);
  }
  return open.toSorted();
}

function sorted(...lists: readonly (readonly string[])[]): string[] {
  return lists.flat().toSorted();
}

describe('what is open', () => {
  it('without a key, is nothing that tells of anybody', async () => {
    expect(await openTo('')).toEqual(sorted(forAnybody));
  });

  it('to a plain key, are calls, models and itself', async () => {
    const key = await aKey({ team_id: await aTeam(), user_id: 'somebody' });
    expect(await openTo(key)).toEqual(sorted(forAnybody, models, calls, aboutItself, explaining));
  });

  it('to a key for calls, a key that reads, and a key with a list, is so much of it', async () => {
    const ofCalls = await aKey({ key_type: 'llm_api' });
    expect(await openTo(ofCalls)).toEqual(sorted(forAnybody, models, calls, explaining));
    const reading = await aKey({ key_type: 'read_only', team_id: await aTeam(), user_id: 'somebody' });
    expect(await openTo(reading)).toEqual(sorted(forAnybody, models, aboutItself, explaining));
    const listed = await aKey({ allowed_routes: ['/v1/embeddings', '/key/*'] });
    const named = ['POST /v1/embeddings', 'GET /key/info', 'POST /key/health'];
    expect(await openTo(listed)).toEqual(sorted(forAnybody, named));
  });

  it('to a management key, is everything but calls and models', async () => {
    const key = await aKey({ key_type: 'management' });
    const closed = [...calls, ...models];
    expect(await openTo(key)).toEqual(sorted(routes.filter((route) => !closed.includes(route))));
  });

  it('to a management key of a team, is no more than to any key of that team', async () => {
    const key = await aKey({ key_type: 'management', team_id: await aTeam(), user_id: 'somebody' });
    expect(await openTo(key)).toEqual(sorted(forAnybody, aboutItself, explaining));
  });

  it('to a key of a user in charge of the house, is everything, and to one who only looks, what is no change', async () => {
    await made('/user/new', { user_id: 'boss', user_role: 'proxy_admin' });
    expect(await openTo(await aKey({ user_id: 'boss' }))).toEqual(sorted(routes));
    await made('/user/new', { user_id: 'guest', user_role: 'proxy_admin_viewer' });
    const open = await openTo(await aKey({ user_id: 'guest' }));
    const asking = open.filter((route) => !route.startsWith('GET '));
    expect(asking).toEqual(sorted(calls, questions));
    expect(open).toContain('GET /key/list');
  });

  it('to the master key, is everything', async () => {
    expect(await openTo(MASTER_KEY)).toEqual(sorted(routes));
  });
});

describe('an admin of a team', () => {
  let red: string;
  let blue: string;
  let admin: string;
  let asAdmin: ApiCaller;

  beforeAll(async () => {
    const members_with_roles = [
      { role: 'admin', user_id: 'lead' },
      { role: 'user', user_id: 'worker' },
    ];
    red = await aTeam({ team_alias: 'red', members_with_roles });
    blue = await aTeam({ team_alias: 'blue', members_with_roles: [{ role: 'admin', user_id: 'other' }] });
    admin = await aKey({ user_id: 'lead' });
    asAdmin = (path, body, words) => call(path, body, { key: admin, ...words });
  });

  it('makes, changes, blocks, regenerates, lists and deletes keys of the team', async () => {
    const { status, body } = await asAdmin('/key/generate', {
      team_id: red,
      key_alias: 'made',
      user_id: 'worker',
    });
    const { key, token } = body as { key: string; token: string };
    expect(status).toBe(200);
    expect((await call('/v1/chat/completions', chat('gpt-4o'), { key })).status).toBe(200);
    expect(await asAdmin('/key/update', { key_alias: 'made', rpm_limit: 7 })).toMatchObject({
      body: { rpm_limit: 7 },
    });
    expect(await asAdmin('/key/block', { key })).toMatchObject({ body: { blocked: true } });
    expect(await asAdmin('/key/unblock', { key })).toMatchObject({ body: { blocked: false } });
    expect(await asAdmin(`/key/info?key=${token}`)).toMatchObject({ body: { info: { key_alias: 'made' } } });
    expect(await asAdmin('/key/list')).toMatchObject({ body: { keys: [token], total_count: 1 } });
    expect(await asAdmin('/key/aliases?search=MAD')).toMatchObject({ body: { aliases: ['made'] } });
    expect((await asAdmin(`/key/${token}/regenerate`, {})).status).toBe(200);
    expect((await asAdmin('/key/delete', { key_aliases: ['made'] })).status).toBe(200);
  });

  it('reaches no key outside the team, by any route', async () => {
    const key = await aKey({ team_id: blue, key_alias: 'foreign' });
    const own = await aKey({ team_id: red });
    const attempts: [string, object?][] = [
      ['/key/update', { key, models: [] }],
      ['/key/update', { key_alias: 'foreign', models: [] }],
      ['/key/update', { key: own, team_id: blue }],
      ['/key/update', { key: own, team_id: null }],
      ['/key/update', { key: own, user_id: 'other' }],
      ['/key/block', { key }],
      ['/key/delete', { keys: [own, key] }],
      ['/key/delete', { key_aliases: ['foreign'] }],
      ['/key/regenerate', { key }],
      ['/key/regenerate', { key: own, team_id: blue }],
      [`/key/${key}/regenerate`, {}],
      [`/key/info?key=${key}`],
      [`/key/list?team_id=${blue}`],
      [`/key/aliases?team_id=${blue}`],
      [`/team/permissions_list?team_id=${blue}`],
      ['/v2/key/info', { keys: [own, key] }],
      ['/key/service-account/generate', { team_id: blue }],
      ['/team/bulk_member_add', { team_id: blue, members: [{ user_id: 'lead' }] }],
      ['/key/generate', { team_id: blue }],
      ['/key/generate', {}],
      ['/key/generate', { user_id: 'lead' }],
      ['/key/generate', { team_id: red, user_id: 'other' }],
      ['/team/update', { team_id: red, models: [] }],
    ];
    for (const [path, body] of attempts) {
      expect([path, body, typeOf(await asAdmin(path, body))]).toEqual([path, body, refused]);
    }
    for (const still of [key, own]) {
      expect((await call('/v1/chat/completions', chat('gpt-4o'), { key: still })).status).toBe(200);
    }
  });

  it('of two teams does not manage one with a key of the other', async () => {
    await made('/team/new', {
      team_alias: 'green',
      members_with_roles: [{ role: 'admin', user_id: 'twice' }],
    });
    const green = await aTeam({ members_with_roles: [{ role: 'admin', user_id: 'twice' }] });
    const purple = await aTeam({ members_with_roles: [{ role: 'admin', user_id: 'twice' }] });
    const key = await aKey({ user_id: 'twice', team_id: green });
    expect((await call('/key/generate', { team_id: green }, { key })).status).toBe(200);
    expect(typeOf(await call('/key/generate', { team_id: purple }, { key }))).toEqual(refused);
  });

  it('cannot make a key that is an admin, whatever it says of it', async () => {
    await made('/user/new', { user_id: 'chief', user_role: 'proxy_admin' });
    await made('/team/update', {
      team_id: red,
      members_with_roles: [
        { role: 'admin', user_id: 'lead' },
        { role: 'user', user_id: 'worker' },
        { role: 'user', user_id: 'chief' },
      ],
    });
    for (const fields of [{ user_id: 'chief' }, { key_type: 'management' }]) {
      const { status, body } = await asAdmin('/key/generate', { team_id: red, ...fields });
      expect(status).toBe(200);
      const { key } = body as { key: string };
      expect(typeOf(await call('/team/list', undefined, { key }))).toEqual(refused);
      expect(typeOf(await call('/key/generate', {}, { key }))).toEqual(refused);
    }
  });

  it('is one no more as soon as it is told', async () => {
    const team = await aTeam({ members_with_roles: [{ role: 'admin', user_id: 'leaving' }] });
    const key = await aKey({ user_id: 'leaving' });
    const generate = () => call('/key/generate', { team_id: team }, { key });
    expect((await generate()).status).toBe(200);
    await made('/team/update', { team_id: team, members_with_roles: [{ role: 'user', user_id: 'leaving' }] });
    await expect.poll(async () => (await generate()).status, { timeout: 5_000, interval: 20 }).toBe(403);
  });
});

describe('a plain key', () => {
  it('is shown itself and no other', async () => {
    const [own, other] = [await aKey({ key_alias: 'mine' }), await aKey()];
    expect(await call('/key/info', undefined, { key: own })).toMatchObject({
      status: 200,
      body: { info: { key_alias: 'mine' } },
    });
    expect(typeOf(await call(`/key/info?key=${other}`, undefined, { key: own }))).toEqual(refused);
    expect(typeOf(await call(`/key/info?key=${'0'.repeat(64)}`, undefined, { key: own }))).toEqual(refused);
    expect((await call(`/key/info?key=${'0'.repeat(64)}`)).status).toBe(404);
  });

  it('is shown its team and its user, and no others', async () => {
    const [own, other] = [await aTeam(), await aTeam()];
    for (const user of ['reader', 'stranger']) await made('/user/new', { user_id: user });
    const key = await aKey({ team_id: own, user_id: 'reader' });
    const ask = (path: string) => call(path, undefined, { key });
    expect((await ask(`/team/info?team_id=${own}`)).status).toBe(200);
    expect(typeOf(await ask(`/team/info?team_id=${other}`))).toEqual(refused);
    expect((await ask('/user/info?user_id=reader')).status).toBe(200);
    expect(typeOf(await ask('/user/info?user_id=stranger'))).toEqual(refused);
  });

  it('is shown no secret of a provider', async () => {
    const answer = await call('/model/info', undefined, { key: await aKey() });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain('sk-up');
  });
});
