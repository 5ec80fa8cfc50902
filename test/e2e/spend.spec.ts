import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: the whole system with two usage services, one of which is killed while it writes. The provider is fake.

const today = new Date().toISOString().slice(0, 10);
const days = `start_date=${today}&end_date=2100-01-01`;
const calls = 40;

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;
/** What the answers to the priced calls said they cost, US dollars. */
let spent = 0;
/** Key of a team's member, and key of a user alone. */
const teamKey = 'sk-of-the-team-and-ann';
const userKey = 'sk-of-bob-alone-and-none';

/** On a machine that is overloaded a service may not answer in time: then it is asked again. */
function patientCaller(url: string): ApiCaller {
  const call = apiCaller(url);
  return (...wanted) =>
    vi.waitFor(
      async () => {
        const answer = await call(...wanted);
        expect(answer.status, JSON.stringify(answer.body)).not.toBe(503);
        return answer;
      },
      { timeout: 30_000, interval: 200 },
    );
}

interface Answer {
  readonly total_spend: number;
  readonly unpriced_attempts: number;
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = `model: openai/gpt-4o, api_base: ${upstream.siteUrl('one')}/v1, api_key: sk-up`;
  system = await startSignalbox({
    replicas: { usage: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { ${params}, input_cost_per_token: 0.000002, output_cost_per_token: 0.00001 } }
  - model_name: kinds
    litellm_params:
      { ${params}, input_cost_per_token: 2.0e-6, cache_read_input_token_cost: 1.0e-7, cache_creation_input_token_cost: 3.0e-6,
        input_cost_per_audio_token: 4.0e-5, output_cost_per_token: 1.0e-5, output_cost_per_reasoning_token: 7.0e-6 }
  - { model_name: homemade, litellm_params: { model: openai/of-our-own, api_base: ${upstream.siteUrl('one')}/v1, api_key: k } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = patientCaller(system.url);
  for (const [path, body] of [
    ['/team/new', { team_id: 'red', team_alias: 'Prod Team' }],
    ['/user/new', { user_id: 'ann', user_email: 'ann@example.com', auto_create_key: false }],
    ['/user/new', { user_id: 'bob', auto_create_key: false }],
    ['/team/member_add', { team_id: 'red', member: { role: 'user', user_id: 'ann' } }],
    ['/key/generate', { key: teamKey, key_alias: 'ci', team_id: 'red', user_id: 'ann' }],
    ['/key/generate', { key: userKey, user_id: 'bob' }],
  ] as const) {
    // What timed out and was made all the same exists already.
    expect([200, 400]).toContain((await api(path, body)).status);
  }
  const call = async (index: number): Promise<void> => {
    const key = index % 2 === 0 ? teamKey : userKey;
    const tags = index % 4 === 0 ? { tags: ['free', 'eu'] } : {};
    const { status, headers } = await api(
      '/v1/chat/completions',
      chat('gpt-4o', { user: `customer-${index % 2}`, metadata: tags }),
      { key },
    );
    expect(status).toBe(200);
    spent += Number(headers.get('x-litellm-response-cost'));
  };
  for (let index = 0; index < calls; index += 1) {
    await call(index);
    if (index === calls / 2) await system.kill('usage', 1);
  }
  await api('/v1/chat/completions', chat('homemade'), { key: userKey });
  const isComplete = async () => {
    const { body } = await api('/spend/logs/v2?page_size=1');
    expect(body).toMatchObject({ total: calls + 1 });
  };
  // What the killed replica had taken and not acknowledged comes again after half a minute.
  await vi.waitFor(isComplete, { timeout: 60_000, interval: 100 });
}, 180_000);
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

const read = async <Body = Answer[]>(path: string, key = MASTER_KEY): Promise<Body> => {
  const { status, body } = await api(path, undefined, { key });
  expect([path, status, status === 200 ? 200 : body]).toEqual([path, 200, 200]);
  return body as Body;
};
const spendOf = (rows: readonly Answer[]): number => rows.reduce((sum, row) => sum + row.total_spend, 0);

describe('every attempt stands in the ledger once, also those that a killed replica had taken', () => {
  it('one by one', async () => {
    type Log = Record<string, unknown> & { request_id: string; spend: number };
    const logs = await read<Log[]>('/spend/logs');
    expect(logs).toHaveLength(calls + 1);
    expect(new Set(logs.map(({ request_id: id }) => id)).size).toBe(calls + 1);
    expect(logs.reduce((sum, { spend }) => sum + spend, 0)).toBeCloseTo(spent, 9);
    expect(logs[0]).toMatchObject({ model_group: 'homemade', spend: 0, is_priced: false, status: 'success' });
    const [log] = await read<Log[]>(`/spend/logs?request_id=${logs[2]?.request_id ?? ''}`);
    expect(log).toMatchObject({
      model: 'gpt-4o',
      model_group: 'gpt-4o',
      custom_llm_provider: 'openai',
      call_type: 'acompletion',
      team_id: 'red',
      user: 'ann',
      end_user: 'customer-0',
      is_priced: true,
      metadata: { user_api_key_alias: 'ci', user_api_key_team_alias: 'Prod Team', upstream_status: 200 },
    });
    expect(await read(`/spend/logs?api_key=${userKey}`)).toHaveLength(calls / 2 + 1);
  });

  it('in pages and filtered', async () => {
    const page = await read<{ data: object[] }>(
      '/spend/logs/v2?team_id=red&page_size=15&page=2&sort_by=spend&status_filter=success',
    );
    expect(page).toMatchObject({ total: calls / 2, page: 2, page_size: 15, total_pages: 2 });
    expect(page.data).toHaveLength(5);
    expect(await read('/spend/logs/v2?tag=free')).toMatchObject({ total: calls / 4 });
    expect(await read('/spend/logs/v2?end_date=2020-01-01')).toMatchObject({ total: 0, data: [] });
  });

  it('and summed up by day', async () => {
    const [day] = await read<object[]>(`/spend/logs?${days}`);
    expect(day).toMatchObject({
      startTime: today,
      unpriced_attempts: 1,
      users: { bob: expect.any(Number) as number },
    });
  });
});

describe('reports come to what the answers said', () => {
  it('by team, customer, key and model', async () => {
    const total = async (group: string, list: string): Promise<number> => {
      const report = await read<Record<string, Answer[]>[]>(`/global/spend/report?${days}&group_by=${group}`);
      return report.reduce((sum, day) => sum + spendOf(day[list] ?? []), 0);
    };
    expect(await total('team', 'teams')).toBeCloseTo(spent, 9);
    expect(await total('customer', 'customers')).toBeCloseTo(spent, 9);
    expect(await total('model', 'models')).toBeCloseTo(spent, 9);
    const keys = await read<{ total_cost: number }[]>('/global/spend/report?group_by=api_key');
    expect(keys.reduce((sum, { total_cost: cost }) => sum + cost, 0)).toBeCloseTo(spent, 9);
    const [ofAnn] = await read<object[]>('/global/spend/report?internal_user_id=ann');
    expect(ofAnn).toMatchObject({ model_details: [{ model: 'gpt-4o' }] });
  });

  it('in every list', async () => {
    expect(spendOf(await read('/global/spend/keys'))).toBeCloseTo(spent, 9);
    expect(spendOf(await read('/global/spend/end_users'))).toBeCloseTo(spent, 9);
    const models = await read<(Answer & { model: string })[]>('/global/spend/models');
    expect(models.map((row) => [row.model, row.unpriced_attempts])).toEqual([
      ['gpt-4o', 0],
      ['homemade', 1],
    ]);
    expect(await read(`/global/spend/logs?api_key=${userKey}`)).toMatchObject([{ unpriced_attempts: 1 }]);
    const activity = { sum_api_requests: calls, sum_total_tokens: 9 * calls };
    expect(await read('/global/activity/model')).toMatchObject([{ model: 'gpt-4o', ...activity }, {}]);
    expect(await read('/global/activity')).toMatchObject({ sum_api_requests: calls + 1 });
    expect(await read('/global/spend/provider')).toMatchObject([
      { provider: 'openai', unpriced_attempts: 1 },
    ]);
    const teams = await read<{ total_spend_per_team: Answer[]; teams: string[] }>('/global/spend/teams');
    expect(spendOf(teams.total_spend_per_team)).toBeCloseTo(spent, 9);
    expect(teams.teams.toSorted()).toEqual(['Prod Team', 'no team']);
    const count = calls / 4;
    expect(await read('/global/spend/tags?tags=eu')).toMatchObject({
      spend_per_tag: [{ name: 'eu', log_count: count }],
    });
    expect(await read('/spend/tags')).toMatchObject([{ log_count: count }, { log_count: count }]);
    expect(await read('/spend/keys')).toContainEqual(expect.objectContaining({ key_alias: 'ci' }));
    expect(await read('/spend/users?user_id=ann')).toMatchObject([{ user_email: 'ann@example.com' }]);
  });

  it('and in the activity of users, teams, end users and tags', async () => {
    const activity = async (what: string, key?: string) =>
      read<{ results: { breakdown: Record<string, object> }[]; metadata: Record<string, number> }>(
        `/${what}/daily/activity`,
        key,
      );
    const all = await activity('user');
    expect(all.metadata).toMatchObject({ total_api_requests: calls + 1, total_unpriced_requests: 1 });
    expect(all.metadata['total_spend']).toBeCloseTo(spent, 9);
    expect(Object.keys(all.results[0]?.breakdown['entities'] ?? {}).sort()).toEqual(['ann', 'bob']);
    expect((await activity('end_user')).metadata).toMatchObject({ total_api_requests: calls });
    expect((await activity('tag')).metadata).toMatchObject({ total_api_requests: calls / 2 });
    // A key sees its own user and team alone.
    expect((await activity('user', userKey)).metadata).toMatchObject({ total_api_requests: calls / 2 + 1 });
    expect((await activity('team', teamKey)).metadata).toMatchObject({ total_api_requests: calls / 2 });
  });

  it('and in the records of whoever has no budget, a key under each of its values', async () => {
    const anew = 'sk-of-the-team-and-ann-anew';
    await api('/key/regenerate', { key: teamKey, new_key: anew, grace_period: '1h' });
    const half: unknown = expect.closeTo(spent / 2, 9);
    const quarter: unknown = expect.closeTo(spent / 4, 9);
    expect(await read(`/key/info?key=${anew}`)).toMatchObject({ info: { spend: half } });
    expect(await read('/key/list?return_full_object=true&team_id=red')).toMatchObject({
      keys: [{ spend: half }],
    });
    expect(await read('/team/info?team_id=red')).toMatchObject({
      team_info: { spend: half },
      keys: [{ spend: half }],
      team_memberships: [{ user_id: 'ann', spend: half }],
    });
    expect(await read('/v2/team/list')).toMatchObject({ teams: [{ spend: half }] });
    expect(await read('/user/list?user_ids=ann,bob')).toMatchObject({
      users: [{ spend: half }, { spend: half }],
    });
    expect(await read('/end_user/list?user_id=customer')).toMatchObject([{ spend: half }, { spend: half }]);
    expect((await api('/tag/new', { name: 'eu' })).body).toMatchObject({ tag: { spend: quarter } });
    expect(await read('/tag/list')).toMatchObject([{ name: 'eu', spend: quarter }]);
  });

  it('as a table', async () => {
    const { body, headers } = await api(`/global/spend/report?${days}&group_by=team&format=csv`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [names, ...lines] = String(body).trim().split('\r\n');
    expect(names).toBe(
      'day,team_id,team_name,api_key,key_alias,model,attempts,failed_attempts,prompt_tokens,completion_tokens,total_tokens,cached_tokens,cache_written_tokens,reasoning_tokens,spend,unpriced_attempts',
    );
    expect(lines).toHaveLength(3);
    const accepting = await api('/spend/logs', undefined, { headers: { accept: 'text/csv' } });
    expect(String(accepting.body).trim().split('\r\n')).toHaveLength(calls + 2);
  });
});

it('calculates what a prompt or an answer costs, and says when nobody knows', async () => {
  const calculate = (body: object, key?: string) => api('/spend/calculate', body, { key });
  const usage = { prompt_tokens: 1_000, completion_tokens: 100 };
  const answer = await calculate({ completion_response: { model: 'gpt-4o', usage } }, userKey);
  expect(answer).toMatchObject({ status: 200, body: { cost: 0.003 } });
  const messages = [{ role: 'user', content: 'Hey there' }];
  expect(await calculate({ model: 'gpt-4o', messages })).toMatchObject({ status: 200 });
  expect(await calculate({ model: 'homemade', messages })).toMatchObject({ status: 400 });
  expect(await calculate({ model: 'nobody', messages })).toMatchObject({ status: 404 });
  expect(await calculate({ model: 'gpt-4o' })).toMatchObject({ status: 422 });
});

it('shows others to nobody who may not see them', async () => {
  const statusOf = async (path: string, key: string) => (await api(path, undefined, { key })).status;
  for (const path of ['/spend/logs', '/spend/logs/v2', '/global/spend/report', '/end_user/daily/activity']) {
    expect([path, await statusOf(path, userKey)]).toEqual([path, 403]);
  }
  expect(await statusOf('/user/daily/activity?user_id=ann', userKey)).toBe(403);
  expect(await statusOf('/team/daily/activity?team_ids=red,blue', teamKey)).toBe(403);
  expect(await statusOf('/team/daily/activity', userKey)).toBe(403);
});

it('pays each kind of tokens at its own price, alike whole, streamed and tried again', async () => {
  const ofPrompt = { cached_tokens: 400, cache_creation_tokens: 100, audio_tokens: 50 };
  const tokens = { prompt: 1_000, completion: 300, ofPrompt, ofCompletion: { reasoning_tokens: 200 } };
  const dollars = (400 * 0.1 + 100 * 3 + 50 * 40 + 450 * 2 + 200 * 7 + 100 * 10) / 1e6;
  upstream.next('one', { tokens }, { tokens }, { status: 500 }, { tokens });
  const say = (more: object) => api('/v1/chat/completions', chat('kinds', { user: 'kinds', ...more }));
  const whole = await say({});
  await say({ stream: true });
  const again = await say({});
  for (const { headers } of [whole, again])
    expect(headers.get('x-litellm-response-cost')).toBe(String(dollars));

  const logged = () => read<{ spend: number; status: string }[]>('/spend/logs?end_user=kinds');
  await vi.waitFor(
    async () => {
      expect(await logged()).toHaveLength(4);
    },
    { timeout: 30_000, interval: 100 },
  );
  const costs = (await logged()).map(({ status, spend }) => `${status} ${spend}`);
  expect(costs.toSorted()).toEqual(['failure 0', ...Array.from({ length: 3 }, () => `success ${dollars}`)]);
  expect(await read(`/end_user/daily/activity?end_user_ids=kinds&${days}`)).toMatchObject({
    metadata: {
      ...{ total_spend: 3 * dollars, total_prompt_tokens: 3_000, total_failed_requests: 1 },
      ...{ total_cache_read_input_tokens: 1_200, total_cache_creation_input_tokens: 300 },
    },
  });
  const usage = {
    ...{ prompt_tokens: 1_000, completion_tokens: 300, prompt_tokens_details: ofPrompt },
    completion_tokens_details: { reasoning_tokens: 200 },
  };
  const calculated = await api('/spend/calculate', { completion_response: { model: 'kinds', usage } });
  expect(calculated.body).toEqual({ cost: dollars });
});
