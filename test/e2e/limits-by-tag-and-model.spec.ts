import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with two gateways and two routers. Fake: the provider.

const soon = { timeout: 15_000, interval: 50 };
/** What `chat` with so many tokens costs in all, at a thousandth of a dollar per token. */
const tokens = { prompt: 40, completion: 60 };
const dollarsPerCall = 0.1;
/** Room for five calls and not for what a sixth may cost. */
const fiveCalls = 5.5 * dollarsPerCall;

/** What was reserved for the last call may not be settled yet. */
const spentOf = (whose: string): RegExp =>
  new RegExp(`^Budget has been exceeded! ${whose} Current cost: 0\\.5\\d*, Max budget: 0\\.55 `);

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const model = (name: string): string =>
    `  - { model_name: ${name}, litellm_params: { model: openai/of-nobody, api_base: ${upstream.siteUrl(name)}/v1, ` +
    `api_key: sk-up, input_cost_per_token: 0.001, output_cost_per_token: 0.001 }, model_info: { id: of-${name} } }`;
  system = await startSignalbox({
    replicas: { gateway: 2, router: 2 },
    config: `
model_list:
${model('large')}
${model('small')}
router_settings: { num_retries: 0, model_group_alias: { big: large } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  gateways = system.urls.map(apiCaller);
  admin = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});
beforeEach(() => {
  upstream.reset();
  for (const site of ['large', 'small']) upstream.always(site, { tokens });
});

async function done(path: string, fields?: object): Promise<Record<string, unknown>> {
  const { status, body } = await admin(path, fields);
  expect([path, status]).toEqual([path, 200]);
  return body as Record<string, unknown>;
}

async function aKey(fields: object = {}): Promise<string> {
  const { key } = await done('/key/generate', fields);
  return String(key);
}

/** All at once, through both gateways in turn. The answer takes all that was estimated of it. */
function call(count: number, key: string, model: string, more: object = {}): Promise<ApiAnswer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const gateway = gateways[index % gateways.length] ?? admin;
      return gateway('/v1/chat/completions', chat(model, { max_tokens: 100, ...more }), { key });
    }),
  );
}

async function one(key: string, model: string, more?: object): Promise<ApiAnswer> {
  const [answer] = await call(1, key, model, more);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

const countOf = (answers: readonly ApiAnswer[], wanted: number): number =>
  answers.filter(({ status }) => status === wanted).length;

describe('a tag with a budget for five calls', () => {
  it('is never overspent by calls at the same time, whoever makes them and wherever they have it from', async () => {
    await done('/tag/new', { name: 'engineering', max_budget: fiveCalls, budget_duration: '30d' });
    await done('/team/new', { team_id: 'builders', tags: ['engineering'] });
    const [ofTeam, ofKey, plain] = [
      await aKey({ team_id: 'builders' }),
      await aKey({ metadata: { tags: ['engineering'] } }),
      await aKey(),
    ];
    const inBody = { metadata: { tags: ['job-1', 'engineering'] } };
    const [first, second] = await Promise.all([call(6, ofTeam, 'small'), call(6, plain, 'small', inBody)]);
    let served = countOf([...first, ...second], 200);
    // What is under way still holds what it may cost: only what is settled tells how much is left.
    await expect.poll(async () => (served += countOf(await call(3, ofKey, 'small'), 200)), soon).toBe(5);
    expect(countOf(await call(3, ofKey, 'small'), 200)).toBe(0);
    const { status, body } = await one(plain, 'small', inBody);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      error: {
        type: 'budget_exceeded',
        message: expect.stringMatching(spentOf('Tag=engineering')) as string,
      },
    });
    expect((await one(plain, 'small', { tags: ['job-1', '!engineering'] })).status).toBe(200);
    await expect
      .poll(() => done('/tag/info', { names: ['engineering'] }), soon)
      .toMatchObject({ engineering: { spend: 0.5, litellm_budget_table: { max_budget: fiveCalls } } });
  });

  it('goes on when it is raised, at every gateway, and binds nobody when it is deleted', async () => {
    await done('/tag/new', { name: 'closed', max_budget: 0 });
    const key = await aKey({ tags: ['closed'] });
    const answers = async () => (await call(2, key, 'small')).map(({ status }) => status);
    await expect.poll(answers, soon).toEqual([422, 422]);
    await done('/tag/update', { name: 'closed', max_budget: 100 });
    await expect.poll(answers, soon).toEqual([200, 200]);
    await done('/tag/update', { name: 'closed', max_budget: null, rpm_limit: 1 });
    await expect.poll(answers, soon).toEqual([429, 429]);
    expect(await done('/tag/delete', { name: 'closed' })).toEqual({
      message: 'Tag closed deleted successfully',
    });
    await expect.poll(answers, soon).toEqual([200, 200]);
    expect((await admin('/tag/info', { names: ['closed'] })).status).toBe(404);
    expect(await done('/tag/list')).toMatchObject([{ name: 'engineering', models: [] }]);
  });
});

describe('limits of single models', () => {
  it('hold for the model behind every name, and for no other model', async () => {
    const key = await aKey({ model_rpm_limit: { large: 3 }, aliases: { mine: 'large' } });
    const names = ['large', 'big', 'mine'];
    const answers = (await Promise.all(names.map((name) => call(4, key, name)))).flat();
    expect([countOf(answers, 200), countOf(answers, 429)]).toEqual([3, 9]);
    const refused = await one(key, 'mine');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-model_per_key-limit-requests')).toBe('3');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body).toMatchObject({
      error: {
        message:
          'Rate limit exceeded for model_per_key: mine. Limit type: requests. Current limit: 3, Remaining: 0.',
      },
    });
    expect((await one(key, 'small')).status).toBe(200);
    await done('/key/update', { key, model_rpm_limit: null });
    await expect.poll(async () => (await one(key, 'large')).status, soon).toBe(200);
  });

  it('of a team hold for all its keys together', async () => {
    await done('/team/new', { team_id: 'modest', model_tpm_limit: { large: 250 } });
    const keys = [await aKey({ team_id: 'modest' }), await aKey({ team_id: 'modest' })];
    const answers = (await Promise.all(keys.map((key) => call(3, key, 'large')))).flat();
    expect(countOf(answers, 200)).toBe(2);
    expect(await done('/team/info?team_id=modest')).toMatchObject({
      team_info: { model_tpm_limit: { large: 250 }, model_rpm_limit: null, model_max_budget: {} },
    });
  });

  it('count a call at the model that a fallback leads to, and at none that it was not tried at', async () => {
    upstream.always('large', { status: 500, body: { error: { message: 'broken' } } });
    const key = await aKey({ model_rpm_limit: { large: 50, small: 1 } });
    const fallbacks = { fallbacks: ['small'] };
    const served = await one(key, 'large', fallbacks);
    expect([served.status, served.headers.get('x-litellm-model-id')]).toEqual([200, 'of-small']);
    expect((await one(key, 'large', fallbacks)).status).toBe(500);
    const refused = await one(key, 'small');
    expect([refused.status, refused.headers.get('x-ratelimit-model_per_key-remaining-requests')]).toEqual([
      429,
      '0',
    ]);
  });

  it('are never overspent where they are budgets, of a key as of an end user', async () => {
    const model_max_budget = { large: { budget_limit: String(fiveCalls), time_period: '1d' } };
    await done('/end_user/new', { user_id: 'frugal', model_max_budget });
    const [limited, free] = [await aKey({ model_max_budget }), await aKey()];
    for (const [key, more] of [
      [limited, {}],
      [free, { user: 'frugal' }],
    ] as const) {
      let served = countOf(await call(12, key, 'large', more), 200);
      await expect
        .poll(async () => (served += countOf(await call(2, key, 'large', more), 200)), soon)
        .toBe(5);
      const { status, body } = await one(key, 'large', more);
      expect(status).toBe(422);
      expect(body).toMatchObject({
        error: {
          message: expect.stringMatching(spentOf('Model=large')) as string,
        },
      });
      expect((await one(key, 'small', more)).status).toBe(200);
    }
  });
});
