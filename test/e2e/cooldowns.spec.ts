import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: the whole system, with three routers where they share something. Fake: the provider.

const patience = { timeout: 20_000, interval: 50 };

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterEach(() => {
  upstream.reset();
});
afterAll(() => upstream.stop());

/** A deployment with the id of its site. */
function deployment(model: string, site: string, more = ''): string {
  const params = `model: openai/${model}, api_base: "${upstream.siteUrl(site)}/v1", api_key: sk-up${more}`;
  return `- { model_name: ${model}, litellm_params: { ${params} }, model_info: { id: ${site} } }`;
}

/** Two deployments of which the first is taken as long as it may be. */
function pair(model: string, first = '', spare = ''): string {
  return [
    deployment(model, `${model}-first`, `, order: 1${first}`),
    deployment(model, `${model}-spare`, `, order: 2${spare}`),
  ].join('\n  ');
}

async function start(models: readonly string[], settings: string, routers = 1): Promise<void> {
  system = await startSignalbox({
    replicas: { router: routers },
    config: `
model_list:
  ${models.join('\n  ')}
router_settings: { num_retries: 0, ${settings} }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
}

const ask = (model: string, more: object = {}): Promise<ApiAnswer> =>
  api('/v1/chat/completions', chat(model, more));

async function servedBy(model: string): Promise<string | number> {
  const { status, headers } = await ask(model);
  return headers.get('x-litellm-model-id') ?? status;
}

/** Who serves so many calls, one after the other: the bus spreads them over the routers. */
async function servers(model: string, count = 12): Promise<(string | number)[]> {
  const served = new Set<string | number>();
  for (let call = 0; call < count; call += 1) served.add(await servedBy(model));
  return [...served];
}

async function metricsOf(name: string): Promise<string[]> {
  const pages = await Promise.all(
    system.opsUrlsOf('router').map(async (url) => (await fetch(`${url}/metrics`)).text()),
  );
  return pages.flatMap((page) => page.split('\n').filter((line) => line.startsWith(name)));
}

const routerLines = (text: string): string[] =>
  Object.entries(system.logs())
    .filter(([name]) => name.startsWith('router'))
    .flatMap(([, log]) => log.split('\n').filter((line) => line.includes(text)));

describe('as LiteLLM does by default, with three routers', () => {
  beforeAll(async () => {
    await start(
      [
        ...['throttled', 'locked', 'gone', 'shaky', 'steady', 'all', 'probed'].map((model) => pair(model)),
        pair('european', ', region_name: eu', ', region_name: us'),
        deployment('alone', 'alone'),
        pair('tireless', ', cooldown_time: 0'),
      ],
      'cooldown_time: 300',
      3,
    );
    await api('/end_user/new', { user_id: 'eu-customer', allowed_model_region: 'eu' });
  });
  afterAll(() => system.stop());

  it('a 429 with retry-after leads to the other deployment, for all routers', async () => {
    upstream.next('throttled-first', { status: 429, headers: { 'retry-after': '30' } });
    const first = await ask('throttled', { num_retries: 1 });
    expect([first.status, first.headers.get('x-litellm-model-id')]).toEqual([200, 'throttled-spare']);
    await expect.poll(() => servers('throttled'), patience).toEqual(['throttled-spare']);
    const line = JSON.parse(
      routerLines('is left alone').find((one) => one.includes('throttled')) ?? '{}',
    ) as object;
    expect(line).toMatchObject({ deploymentId: 'throttled-first', reason: 'rate_limited', forMs: 30_000 });
  });

  it.each<[string, string, number]>([
    ['a key that is refused', 'locked', 401],
    ['a model that is not there', 'gone', 404],
  ])('%s cools at once', async (_case, model, status) => {
    upstream.next(`${model}-first`, { status });
    expect((await ask(model)).status).toBe(status);
    await expect.poll(() => servers(model), patience).toEqual([`${model}-spare`]);
  });

  it('more than half of five calls that fail cool, a wrong request never', async () => {
    await ask('shaky');
    for (const status of [500, 503, 500, 502]) upstream.next('shaky-first', { status });
    for (const status of [400, 422, 400, 400, 400, 400]) upstream.next('steady-first', { status });
    for (let call = 0; call < 4; call += 1) await ask('shaky');
    for (let call = 0; call < 6; call += 1) await ask('steady');
    await expect.poll(() => servers('shaky'), patience).toEqual(['shaky-spare']);
    expect(await servers('steady')).toEqual(['steady-first']);
  });

  it('when all cool, the answer is 429, says why and when to come again', async () => {
    upstream.next('all-first', { status: 429, headers: { 'retry-after': '50' } });
    upstream.next('all-spare', { status: 429, headers: { 'retry-after': '40' } });
    await ask('all', { num_retries: 1 });
    await expect.poll(async () => (await ask('all')).status, patience).toBe(429);
    const asked = upstream.requests('all-first').length;
    const answer = await ask('all');
    expectError(
      answer,
      429,
      'rate_limit_error',
      /No deployments available for all: after failures they are left/,
    );
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(20);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(40);
    expect(upstream.requests('all-first')).toHaveLength(asked);
  });

  it('a cooldown does not lead out of the region', async () => {
    upstream.next('european-first', { status: 429 });
    await ask('european', { user: 'eu-customer' });
    await expect
      .poll(async () => JSON.stringify((await ask('european', { user: 'eu-customer' })).body), patience)
      .toContain('No deployments available');
    expect(upstream.requests('european-spare')).toEqual([]);
  });

  it('one alone goes on being asked, and so does one with a cooldown_time of 0', async () => {
    for (const site of ['alone', 'tireless-first']) upstream.always(site, { status: 429 });
    for (let call = 0; call < 20; call += 1) await Promise.all([ask('alone'), ask('tireless')]);
    expect([upstream.requests('alone').length, upstream.requests('tireless-first').length]).toEqual([20, 20]);
  });

  it('a probe returns the deployment to service when its cooldown is over', async () => {
    upstream.next('probed-first', { status: 429, headers: { 'retry-after': '2' } });
    await ask('probed');
    await expect.poll(() => servers('probed', 6), patience).toEqual(['probed-spare']);
    await expect.poll(() => servers('probed', 6), patience).toEqual(['probed-first']);
    expect(routerLines('is back in service').filter((line) => line.includes('probed-first'))).toHaveLength(1);
  });

  it('the metrics say which, why and how often', async () => {
    await ask('throttled');
    expect(await metricsOf('signalbox_cooldowns_total')).toContain(
      'signalbox_cooldowns_total{deployment="throttled-first",reason="rate_limited"} 1',
    );
    const cooling = await metricsOf('signalbox_deployments_cooling{deployment="locked-first"}');
    expect(cooling).toEqual(Array(3).fill('signalbox_deployments_cooling{deployment="locked-first"} 1'));
    expect(await metricsOf('signalbox_deployments_cooling{deployment="alone"}')).toHaveLength(3);
  });
});

describe('with allowed_fails: 2', () => {
  beforeAll(() =>
    start(
      [deployment('alone', 'alone'), deployment('patient', 'patient')],
      'allowed_fails: 2, cooldown_time: 3, allowed_fails_policy: { RateLimitErrorAllowedFails: 100 }',
    ),
  );
  afterAll(() => system.stop());

  it('the third failure cools, also one alone; a probe that fails cools again, one that is answered does not', async () => {
    upstream.always('alone', { status: 500 });
    for (let call = 0; call < 3; call += 1) expect((await ask('alone')).status).toBe(500);
    await expect.poll(async () => (await ask('alone')).status, patience).toBe(429);
    const asked = upstream.requests('alone').length;
    expect((await ask('alone')).headers.get('retry-after')).toMatch(/^[123]$/);
    expect(upstream.requests('alone')).toHaveLength(asked);

    // The probe: let through, and it fails.
    await expect.poll(async () => (await ask('alone')).status, patience).toBe(500);
    await expect.poll(async () => (await ask('alone')).status, patience).toBe(429);
    upstream.always('alone', {});
    await expect.poll(async () => (await ask('alone')).status, patience).toBe(200);
    await expect
      .poll(async () => {
        const answers = await Promise.all(Array.from({ length: 5 }, () => ask('alone')));
        return answers.map(({ status }) => status);
      }, patience)
      .toEqual([200, 200, 200, 200, 200]);
  });

  it('a kind of failure may be allowed more often', async () => {
    upstream.always('patient', { status: 429 });
    for (let call = 0; call < 8; call += 1) await ask('patient');
    expect(upstream.requests('patient')).toHaveLength(8);
  });
});

describe('with disable_cooldowns', () => {
  beforeAll(() => start([pair('stubborn')], 'disable_cooldowns: true, allowed_fails: 0'));
  afterAll(() => system.stop());

  it('nobody is left alone', async () => {
    upstream.always('stubborn-first', { status: 429 });
    for (let call = 0; call < 8; call += 1) expect((await ask('stubborn')).status).toBe(429);
    upstream.always('stubborn-first', {});
    expect(await servers('stubborn')).toEqual(['stubborn-first']);
    expect(await metricsOf('signalbox_deployments_cooling')).toEqual([]);
  });
});
