import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with two gateways, three routers and two usage services. Fake: the provider.

const soon = { timeout: 10_000, interval: 50 };

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;
let redis: Redis;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up }`;
  system = await startSignalbox({
    replicas: { gateway: 2, router: 3, identity: 2, usage: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: ${params('one')}, model_info: { id: one } }
  - { model_name: gpt-4o, litellm_params: ${params('two')}, model_info: { id: two } }
  - { model_name: shaky, litellm_params: ${params('shaky')}, model_info: { id: shaky } }
  - { model_name: slow, litellm_params: ${params('slow')}, model_info: { id: slow } }
  - { model_name: spare, litellm_params: ${params('spare')}, model_info: { id: spare } }
router_settings: { num_retries: 2, default_fallbacks: [spare] }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  gateways = system.urls.map(apiCaller);
  admin = apiCaller(system.url);
  redis = new Redis(system.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await system.stop();
  await upstream.stop();
});
beforeEach(() => {
  upstream.reset();
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

/** All at once, through both gateways in turn. */
function call(count: number, key: string, body: object = chat('gpt-4o')): Promise<ApiAnswer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const gateway = gateways[index % gateways.length] ?? admin;
      return gateway('/v1/chat/completions', body, { key });
    }),
  );
}

async function statusOf(key: string, body?: object): Promise<number> {
  const [answer] = await call(1, key, body);
  return answer?.status ?? 0;
}

function servedOf(answers: readonly ApiAnswer[]): ApiAnswer[] {
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return answers.filter(({ status }) => status === 200);
}

function refusalsOf(answers: readonly ApiAnswer[]): { message: string; retryAfter: number }[] {
  return answers
    .filter(({ status }) => status === 429)
    .map(({ body, headers }) => {
      const { error } = body as { error: { message: string; type: string } };
      expect(error.type).toBe('rate_limit_error');
      return { message: error.message, retryAfter: Number(headers.get('retry-after')) };
    });
}

describe('a key with rpm_limit 3', () => {
  it('gets exactly 3 of 20 calls at once, and hears when to come again', async () => {
    const answers = await call(20, await aKey({ rpm_limit: 3 }));
    const served = servedOf(answers);
    expect(served).toHaveLength(3);
    expect(served.map(({ headers }) => headers.get('x-ratelimit-api_key-limit-requests'))).toEqual(
      Array.from({ length: 3 }, () => '3'),
    );
    expect(
      served.map(({ headers }) => headers.get('x-ratelimit-api_key-remaining-requests')).toSorted(),
    ).toEqual(['0', '1', '2']);
    const refusals = refusalsOf(answers);
    expect(refusals).toHaveLength(17);
    for (const { message, retryAfter } of refusals) {
      expect(message).toBe(
        'Rate limit exceeded for api_key. Limit type: requests. Current limit: 3, Remaining: 0.',
      );
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(61);
    }
    expect(upstream.requests('spare')).toHaveLength(0);
  });

  it('gets more as soon as the limit is raised, and all it wants when it is taken away', async () => {
    const key = await aKey({ rpm_limit: 1 });
    expect(servedOf(await call(4, key))).toHaveLength(1);
    await made('/key/update', { key, rpm_limit: 2 });
    await expect.poll(() => statusOf(key), soon).toBe(200);
    expect(await statusOf(key)).toBe(429);
    await made('/key/update', { key, rpm_limit: null });
    await expect.poll(async () => servedOf(await call(6, key)).length, soon).toBe(6);
    const { body } = await admin('/key/info', undefined, { key });
    expect(body).toMatchObject({ info: { rpm_limit: null, tpm_limit: null } });
  });
});

describe('a key with tpm_limit', () => {
  it('uses no more tokens, whatever the calls said they would use', async () => {
    for (const site of ['one', 'two']) upstream.always(site, { tokens: { prompt: 40, completion: 60 } });
    const key = await aKey({ tpm_limit: 250 });
    const answers = await call(20, key, chat('gpt-4o', { max_tokens: 100 }));
    expect(servedOf(answers)).toHaveLength(2);
    expect(refusalsOf(answers)[0]?.message).toContain('Limit type: tokens. Current limit: 250, Remaining: ');
  });

  it('is told of no time when the call can never fit', async () => {
    const key = await aKey({ tpm_limit: 50 });
    const [answer] = await call(1, key, chat('gpt-4o', { max_tokens: 500 }));
    expect([answer?.status, answer?.headers.get('retry-after')]).toEqual([429, null]);
  });
});

describe('a key with max_parallel_requests', () => {
  it('has no more calls under way, and may call again when one ends', async () => {
    upstream.always('slow', { latencyMs: 120_000 });
    const key = await aKey({ max_parallel_requests: 2 });
    const ending = new AbortController();
    const hanging = [0, 1].map((index) =>
      fetch(`${system.urls[index] ?? ''}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(chat('slow')),
        signal: ending.signal,
      }).catch(() => undefined),
    );
    await upstream.until('slow', (requests) => requests.length === 2);
    const [refused] = refusalsOf(await call(3, key));
    expect(refused).toEqual({
      message:
        'Rate limit exceeded for api_key. Limit type: max_parallel_requests. Current limit: 2, Remaining: 0.',
      retryAfter: 1,
    });
    ending.abort();
    await Promise.all(hanging);
    await expect.poll(() => statusOf(key), soon).toBe(200);
  });

  it('is never in its own way: the attempts of a call are one call', async () => {
    upstream.next('shaky', { status: 500 }, { status: 500 });
    const key = await aKey({ max_parallel_requests: 1, rpm_limit: 2 });
    const [answer] = await call(1, key, chat('shaky'));
    expect([answer?.status, answer?.headers.get('x-litellm-attempted-retries')]).toEqual([200, '2']);
    expect(answer?.headers.get('x-ratelimit-api_key-remaining-requests')).toBe('1');
    await expect.poll(() => statusOf(key), soon).toBe(200);
    expect(await statusOf(key)).toBe(429);
  });
});

describe('a team with rpm_limit 5', () => {
  it('shares it among its keys, and names itself, not its id', async () => {
    const { team_id: id = '' } = await made('/team/new', { rpm_limit: 5 });
    const keys = await Promise.all([aKey({ team_id: id }), aKey({ team_id: id, rpm_limit: 4 })]);
    const answers = (await Promise.all(keys.map((key) => call(20, key)))).flat();
    expect(servedOf(answers)).toHaveLength(5);
    const messages = refusalsOf(answers).map(({ message }) => message);
    expect(messages.some((message) => message.includes('for team.'))).toBe(true);
    expect(messages.filter((message) => message.includes(id))).toEqual([]);
    await made('/team/update', { team_id: id, rpm_limit: 1_000 });
    await expect.poll(() => statusOf(keys[0]), soon).toBe(200);
  });
});

describe('an end user with rpm_limit 2', () => {
  it('gets exactly 2, whichever key names it, and others get theirs', async () => {
    await made('/customer/new', { user_id: 'limited', rpm_limit: 2 });
    const keys = [MASTER_KEY, await aKey({})];
    const body = chat('gpt-4o', { user: 'limited' });
    const answers = (await Promise.all(keys.map((key) => call(10, key, body)))).flat();
    expect(servedOf(answers)).toHaveLength(2);
    expect(refusalsOf(answers)[0]?.message).toContain('Rate limit exceeded for end_user.');
    expect(await statusOf(MASTER_KEY, chat('gpt-4o', { user: 'another' }))).toBe(200);
    await made('/end_user/update', { user_id: 'limited', rpm_limit: null });
    await expect.poll(() => statusOf(MASTER_KEY, body), soon).toBe(200);
  });
});

describe('callers without limits', () => {
  it('are in no ledger', async () => {
    const { team_id: id } = await made('/team/new', {});
    const key = await aKey({ team_id: id });
    await redis.flushall();
    expect(servedOf(await call(10, key, chat('gpt-4o', { user: 'nobody' })))).toHaveLength(10);
    const keys = await redis.keys('sb:*');
    expect(keys.filter((name) => /\{(api_key|team|end_user):/.test(name))).toEqual([]);
  });
});

it.each([{ rpm_limit: 0 }, { tpm_limit: -1 }, { max_parallel_requests: 'many' }])(
  'a limit that makes no sense is refused, with its name: %j',
  async (fields) => {
    for (const path of ['/key/generate', '/team/new', '/customer/new']) {
      const { status, body } = await admin(path, { user_id: 'nonsense', ...fields });
      expect(status).toBe(422);
      expect(body).toMatchObject({ error: { param: Object.keys(fields)[0] } });
    }
  },
);
