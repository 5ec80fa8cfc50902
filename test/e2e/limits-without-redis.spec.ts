import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with three routers; Redis is taken away and brought back. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;

const limit = 31;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string, more = ''): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up${more} }`;
  system = await startSignalbox({
    replicas: { router: 3, usage: 2 },
    config: `
model_list:
  - { model_name: open, litellm_params: ${params('open')}, model_info: { id: open } }
  - { model_name: european, litellm_params: ${params('eu', ', region_name: eu')}, model_info: { id: european } }
  - { model_name: limited, litellm_params: ${params('limited', `, rpm: ${limit}`)}, model_info: { id: limited } }
router_settings: { num_retries: 0 }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

function call(count: number, model: string, more: object = {}): Promise<ApiAnswer[]> {
  return Promise.all(Array.from({ length: count }, () => api('/v1/chat/completions', chat(model, more))));
}

/** One after the other: each asks for a decision of its own, and the bus spreads them over the routers. */
async function callOneByOne(count: number, model: string): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for (let index = 0; index < count; index += 1) answers.push(...(await call(1, model)));
  return answers;
}

const statuses = (answers: readonly ApiAnswer[]): Set<number> => new Set(answers.map(({ status }) => status));
const accuracies = (answers: readonly ApiAnswer[]): Set<string | null> =>
  new Set(answers.map(({ headers }) => headers.get('x-signalbox-limits')));

async function routersDegraded(): Promise<number> {
  const pages = await Promise.all(
    system.opsUrlsOf('router').map(async (url) => (await fetch(`${url}/metrics`)).text()),
  );
  return pages.filter((page) => /^signalbox_limits_degraded 1$/m.test(page)).length;
}

async function countedOf(model: string): Promise<number> {
  const { body } = await api('/usage');
  const { day } = body as { day?: { by_model_group: Record<string, { requests: number }> } };
  return day?.by_model_group[model]?.requests ?? 0;
}

const patience = { timeout: 60_000, interval: 100 };

describe('a gateway whose Redis is taken away under load', () => {
  it('says on every answer that limits are exact while they are', async () => {
    const answers = [...(await call(5, 'open')), ...(await call(5, 'open', { stream: true }))];
    expect(statuses(answers)).toEqual(new Set([200]));
    expect(accuracies(answers)).toEqual(new Set(['exact']));
    expect(await routersDegraded()).toBe(0);
  });

  it('goes on, and says so', async () => {
    const before = call(100, 'open');
    await system.servers.stopServer('redis');
    const answers = [...(await before), ...(await callOneByOne(20, 'open'))];
    expect(statuses(answers)).toEqual(new Set([200]));
    expect([...accuracies(answers)].every((accuracy) => accuracy !== null)).toBe(true);
    await expect.poll(routersDegraded, patience).toBe(3);
    expect(accuracies(await callOneByOne(10, 'open'))).toEqual(new Set(['degraded']));
  });

  it('admits what the limit allows, no more, and refuses the rest with the right reason', async () => {
    const answers = await callOneByOne(6 * limit, 'limited');
    expect(statuses(answers)).toEqual(new Set([200, 429]));
    expect(accuracies(answers)).toEqual(new Set(['degraded']));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    expect(upstream.requests('limited')).toHaveLength(limit);
  });

  it('keeps a region what it is', async () => {
    await api('/customer/new', { user_id: 'american', allowed_model_region: 'us' });
    expect(statuses(await call(5, 'european', { user: 'american' }))).toEqual(new Set([403]));
    expect(upstream.requests('eu')).toHaveLength(0);
  });

  it('keeps its routers ready', async () => {
    const answers = await Promise.all(
      system.opsUrlsOf('router').map((url) => fetch(`${url}/health/readiness`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await answers[0]?.text()).toContain('limits are degraded');
  });
});

describe('the same gateway when Redis is back', () => {
  it('is exact again by itself, and remembers what was admitted meanwhile', async () => {
    await system.servers.startServer('redis');
    await expect.poll(routersDegraded, patience).toBe(0);
    expect(accuracies(await callOneByOne(10, 'open'))).toEqual(new Set(['exact']));
    const refused = await callOneByOne(5, 'limited');
    expect(statuses(refused)).toEqual(new Set([429]));
    expect(accuracies(refused)).toEqual(new Set(['exact']));
  });

  it('has counted every attempt once', async () => {
    await expect.poll(() => countedOf('limited'), patience).toBe(limit);
    await expect.poll(() => countedOf('open'), patience).toBe(upstream.requests('open').length);
  });

  it('said it in one line of each router when it began, and one when it ended', async () => {
    await system.stop();
    const logs = Object.entries(system.logs()).filter(([name]) => name.startsWith('router-'));
    const linesWith = (text: string): number[] =>
      logs.map(([, log]) => log.split('\n').filter((line) => line.includes(text)).length);
    expect(linesWith('takes its share')).toEqual([1, 1, 1]);
    expect(linesWith('exact again')).toEqual([1, 1, 1]);
    expect(linesWith('"routers":3')).toEqual([2, 2, 2]);
  });
});
