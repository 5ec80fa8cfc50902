import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with two gateways, three routers and two usage services. Fake: the provider.

const soon = { timeout: 10_000, interval: 50 };
/** What `chat` with so many tokens costs in all, at a thousandth of a dollar per token. */
const tokens = { prompt: 40, completion: 60 };
const dollarsPerCall = 0.1;

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string, prices: string): string =>
    `{ model: openai/of-nobody, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up${prices} }`;
  const prices = ', input_cost_per_token: 0.001, output_cost_per_token: 0.001';
  system = await startSignalbox({
    replicas: { gateway: 2, router: 3, identity: 2, usage: 2 },
    config: `
model_list:
  - { model_name: paid, litellm_params: ${params('one', prices)}, model_info: { id: one } }
  - { model_name: paid, litellm_params: ${params('two', prices)}, model_info: { id: two } }
  - { model_name: shaky, litellm_params: ${params('shaky', prices)}, model_info: { id: shaky } }
  - { model_name: unpriced, litellm_params: ${params('unpriced', '')}, model_info: { id: unpriced } }
router_settings: { num_retries: 2 }
general_settings: { master_key: ${MASTER_KEY} }
litellm_settings: { max_end_user_budget: 0.15 }
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
  for (const site of ['one', 'two', 'shaky', 'unpriced']) upstream.always(site, { tokens });
});

async function made(path: string, fields: object): Promise<Record<string, string>> {
  const { status, body } = await admin(path, fields);
  expect(status).toBe(200);
  return body as Record<string, string>;
}

async function aKey(fields: object): Promise<string> {
  const { key = '' } = await made('/key/generate', fields);
  return key;
}

/** All at once, through both gateways in turn. The answer takes all that was estimated of it. */
function call(count: number, key: string, model = 'paid', more: object = {}): Promise<ApiAnswer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const gateway = gateways[index % gateways.length] ?? admin;
      return gateway('/v1/chat/completions', chat(model, { max_tokens: 100, ...more }), { key });
    }),
  );
}

async function statusOf(key: string, model?: string, more?: object): Promise<number> {
  const [answer] = await call(1, key, model, more);
  return answer?.status ?? 0;
}

const countOf = (answers: readonly ApiAnswer[], wanted: number): number =>
  answers.filter(({ status }) => status === wanted).length;

/** Calls until nothing more goes, and says how many were served. */
async function servedInAll(key: string): Promise<number> {
  let served = 0;
  await expect
    .poll(async () => {
      const some = countOf(await call(3, key), 200);
      served += some;
      // What is under way still holds what it may cost: only what is settled tells how much is left.
      return some;
    }, soon)
    .toBe(0);
  return served;
}

describe('a key with a budget for five calls', () => {
  it('never gets more of twenty at the same time, whichever gateways and routers they go through', async () => {
    const key = await aKey({ max_budget: 5 * dollarsPerCall, budget_duration: '30d' });
    const answers = await call(20, key);
    const served = countOf(answers, 200);
    expect(served + countOf(answers, 422)).toBe(20);
    expect(served).toBeGreaterThan(0);
    expect(served + (await servedInAll(key))).toBeLessThanOrEqual(5);
    const refusal = answers.find(({ status }) => status === 422)?.body;
    expect(refusal).toMatchObject({ error: { type: 'budget_exceeded', param: null, code: '422' } });
    expect(JSON.stringify(refusal)).toMatch(
      /Budget has been exceeded! Current cost: 0\.\d+, Max budget: 0\.5 \(api_key, 30d\)\./,
    );
  });

  it('is told what it spent and what an answer cost, and may go on when the budget grows', async () => {
    const key = await aKey({ max_budget: 0.25 });
    const [answer] = await call(1, key);
    expect(answer?.headers.get('x-litellm-response-cost')).toBe('0.1');
    expect(answer?.headers.get('x-litellm-key-max-budget')).toBe('0.25');
    expect(Number(answer?.headers.get('x-litellm-key-spend'))).toBeGreaterThan(0.1);
    expect([await statusOf(key), await statusOf(key)]).toEqual([200, 422]);
    await made('/key/update', { key, max_budget: 5 });
    await expect.poll(() => statusOf(key), soon).toBe(200);
    const infoOf = async () => {
      const { body } = await admin('/key/info', undefined, { key });
      return (body as { info: { spend: number } }).info;
    };
    expect(await infoOf()).toMatchObject({ max_budget: 5, budget_duration: null, budget_reset_at: null });
    await expect.poll(async () => (await infoOf()).spend, soon).toBeCloseTo(3 * dollarsPerCall, 9);
  });

  it('pays for the attempt that served, not for those that failed', async () => {
    upstream.next('shaky', { status: 500 }, { status: 500 });
    const key = await aKey({ max_budget: 0.15 });
    const [answer] = await call(1, key, 'shaky');
    expect([answer?.status, answer?.headers.get('x-litellm-attempted-retries')]).toEqual([200, '2']);
  });

  it('may not call a model of unknown price, others may', async () => {
    const [refused] = await call(1, await aKey({ max_budget: 5 }), 'unpriced');
    expect(refused?.status).toBe(400);
    expect(refused?.body).toMatchObject({
      error: { message: expect.stringContaining('input_cost_per_token') as string },
    });
    expect(await statusOf(await aKey({}), 'unpriced')).toBe(200);
  });
});

describe('what a key has spent', () => {
  const infoOf = async (key: string) => {
    const { body } = await admin('/key/info', undefined, { key });
    return (body as { info: { spend: number } }).info;
  };

  it('stays spent when the key is regenerated, until somebody resets it', async () => {
    const old = await aKey({ max_budget: 0.15, budget_duration: '30d' });
    expect(await statusOf(old)).toBe(200);
    const { key = '' } = await made('/key/regenerate', { key: old });
    expect(await statusOf(key)).toBe(422);
    await expect.poll(async () => (await infoOf(key)).spend, soon).toBeCloseTo(dollarsPerCall, 9);
    const tooMuch = await admin(`/key/${key}/reset_spend`, { reset_to: 5 });
    expect(tooMuch.status).toBe(400);
    const reset = await made(`/key/${key}/reset_spend`, { reset_to: 0 });
    expect(reset).toMatchObject({ spend: 0, max_budget: 0.15 });
    expect(Number(reset['previous_spend'])).toBeCloseTo(dollarsPerCall, 9);
    expect(await statusOf(key)).toBe(200);
  });

  it('may be more for a time', async () => {
    const key = await aKey({ max_budget: 0.15 });
    expect([await statusOf(key), await statusOf(key)]).toEqual([200, 422]);
    const increase = { temp_budget_increase: 0.1, temp_budget_expiry: '2099-01-01' };
    await made('/key/update', { key, ...increase });
    await expect.poll(() => statusOf(key), soon).toBe(200);
  });
});

describe('a shared budget', () => {
  it('holds for each of its holders by itself, and changes for all of them at once', async () => {
    const { budget_id: id = '' } = await made('/budget/new', { max_budget: 0, budget_duration: '1d' });
    const keys = await Promise.all([aKey({ budget_id: id }), aKey({ budget_id: id })]);
    const statuses = () => Promise.all(keys.map((key) => statusOf(key)));
    expect(await statuses()).toEqual([422, 422]);
    await made('/budget/update', { budget_id: id, max_budget: 1 });
    for (const gateway of gateways) {
      for (const key of keys) {
        const answer = () => gateway('/v1/chat/completions', chat('paid', { max_tokens: 100 }), { key });
        await expect.poll(async () => (await answer()).status, soon).toBe(200);
      }
    }
    const { body } = await admin('/key/info', undefined, { key: keys[0] });
    const table = { budget_id: id, max_budget: 1, budget_duration: '1d' };
    expect(body).toMatchObject({ info: { max_budget: null, budget_id: id, litellm_budget_table: table } });
    const refused = await admin('/key/update', { key: keys[0], max_budget: 1 });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain("Set either 'max_budget' or 'budget_id', not both.");
    expect((await admin('/budget/delete', { id })).status).toBe(400);
    expect((await admin(`/budget/settings?budget_id=${id}`)).body).toContainEqual(
      expect.objectContaining({ field_name: 'max_budget', field_type: 'Float', field_value: 1 }),
    );
  });
});

describe('a budget', () => {
  it('may be one of several at once: the one with the least left holds', async () => {
    const limits = [
      { budget_duration: '1h', max_budget: 9 },
      { budget_duration: '1d', max_budget: 0.15 },
    ];
    const key = await aKey({ max_budget: 9, budget_limits: limits });
    expect([await statusOf(key), await statusOf(key)]).toEqual([200, 422]);
    const infoOf = async () => {
      const { body } = await admin('/key/info', undefined, { key });
      return (body as { info: { budget_limits_usage: object } }).info.budget_limits_usage;
    };
    const spent = { current_spend: expect.closeTo(dollarsPerCall, 9) as number };
    await expect.poll(infoOf, soon).toEqual({ '1h': spent, '1d': spent });
  });

  it('of a team is shared by its keys, and no other hears of its id', async () => {
    const { team_id: id = '' } = await made('/team/new', { max_budget: 0.2, budget_duration: '1d' });
    const keys = await Promise.all([aKey({ team_id: id }), aKey({ team_id: id, max_budget: 9 })]);
    const answers = (await Promise.all(keys.map((key) => call(10, key)))).flat();
    expect(countOf(answers, 200)).toBeLessThanOrEqual(2);
    const refused = JSON.stringify(answers.filter(({ status }) => status === 422).map(({ body }) => body));
    expect(refused).toContain('(team, 1d)');
    expect(refused).not.toContain(id);
  });

  it('is given to end users who have none, whoever they are', async () => {
    const newcomer = { user: 'never-seen' };
    expect(await statusOf(MASTER_KEY, 'paid', newcomer)).toBe(200);
    expect(await statusOf(MASTER_KEY, 'paid', newcomer)).toBe(422);
    await made('/end_user/update', { user_id: 'never-seen', max_budget: 9 });
    await expect.poll(() => statusOf(MASTER_KEY, 'paid', newcomer), soon).toBe(200);
  });

  it('of an end user holds for every key that names it, the master key too', async () => {
    await made('/customer/new', { user_id: 'frugal', max_budget: 0 });
    const more = { user: 'frugal' };
    expect(await statusOf(MASTER_KEY, 'paid', more)).toBe(422);
    expect(await statusOf(await aKey({}), 'paid', more)).toBe(422);
    expect(await statusOf(MASTER_KEY)).toBe(200);
    await made('/end_user/update', { user_id: 'frugal', max_budget: 9 });
    await expect.poll(() => statusOf(MASTER_KEY, 'paid', more), soon).toBe(200);
  });
});
