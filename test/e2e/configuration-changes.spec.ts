import { rename, writeFile } from 'node:fs/promises';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: two gateways, two routers, identity, NATS, Redis, Postgres, and the file they all read. Fake: the provider.

const soon = { timeout: 10_000, interval: 20 };
const saltKey = 'words-to-seal-with-4f2e';
const upstreamKey = 'sk-planted-upstream-91c7';

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];

const params = (site: string, more = ''): string =>
  `{ model: openai/gpt-4o, api_base: "${upstream.siteUrl(site)}/v1", api_key: ${upstreamKey}, region_name: ${site} ${more}}`;
const configOf = (...entries: string[]): string => `
model_list:
${entries.map((entry) => `  - ${entry}`).join('\n')}
general_settings: { master_key: ${MASTER_KEY} }
`;
const steady = (): string =>
  `{ model_name: steady, litellm_params: ${params('eu')}, model_info: { id: steady } }`;
const mover = (site: string): string =>
  `{ model_name: mover, litellm_params: ${params(site)}, model_info: { id: mover } }`;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    replicas: { gateway: 2, router: 2 },
    config: configOf(steady(), mover('eu')),
    environment: { SIGNALBOX_SALT_KEY: saltKey, LOG_LEVEL: 'debug' },
  });
  gateways = system.urls.map(apiCaller);
  await gateway(0)('/end_user/new', { user_id: 'from-eu', allowed_model_region: 'eu' });
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});
beforeEach(async () => {
  await change(configOf(steady(), mover('eu')));
  await expect.poll(() => statuses('mover', { user: 'from-eu' }), soon).toEqual([200, 200]);
  upstream.reset();
});

function gateway(place: number): ApiCaller {
  const found = gateways[place];
  if (found === undefined) throw new Error('no such gateway');
  return found;
}

/** As an editor does it: another file takes the place of the one before. */
async function change(text: string): Promise<void> {
  await writeFile(`${system.configFile}.new`, text);
  await rename(`${system.configFile}.new`, system.configFile);
}

async function statuses(model: string, more: object = {}): Promise<number[]> {
  const answers = await Promise.all(gateways.map((call) => call('/v1/chat/completions', chat(model, more))));
  return answers.map(({ status }) => status);
}

/** Calls both gateways without a pause until told to stop; resolves with every status, each once with its count. */
function load(model: string, more: object = {}): () => Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  let isOver = false;
  const caller = async (call: ApiCaller): Promise<void> => {
    while (!isOver) {
      const { status } = await call('/v1/chat/completions', chat(model, more));
      seen[status] = (seen[status] ?? 0) + 1;
    }
  };
  const callers = [...gateways, ...gateways, ...gateways].map(caller);
  return async () => {
    isOver = true;
    await Promise.all(callers);
    return seen;
  };
}

async function metricsOf(service: 'gateway' | 'router'): Promise<string[]> {
  return Promise.all(system.opsUrlsOf(service).map(async (url) => (await fetch(`${url}/metrics`)).text()));
}

describe('the file', () => {
  it('changes under load, and no call fails', async () => {
    const stop = load('steady');
    for (const name of ['first', 'second', 'third']) {
      const entry = `{ model_name: ${name}, litellm_params: ${params('eu')} }`;
      await change(configOf(steady(), mover('eu'), entry));
      await expect.poll(() => statuses(name), soon).toEqual([200, 200]);
    }
    const seen = await stop();
    expect(Object.keys(seen)).toEqual(['200']);
    expect(seen['200']).toBeGreaterThan(50);
  });

  it('moves a deployment to another region, and nobody restricted is served there', async () => {
    const stop = load('mover', { user: 'from-eu' });
    await change(configOf(steady(), mover('us')));
    await expect.poll(() => statuses('mover', { user: 'from-eu' }), soon).toEqual([403, 403]);
    expect(Object.keys(await stop()).sort()).toEqual(['200', '403']);
    expect(upstream.requests('us')).toEqual([]);
    expect(await statuses('mover')).toEqual([200, 200]);
    expect(upstream.requests('us')).toHaveLength(2);
  });

  it('is no good: the one before stays in force, which the log and a metric say', async () => {
    const stop = load('steady');
    await change(configOf(steady(), '{ model_name: broken }'));
    const failed = async (): Promise<boolean[]> =>
      [...(await metricsOf('gateway')), ...(await metricsOf('router'))].map((text) =>
        /signalbox_config_reload_total\{[^}]*result="failure"[^}]*\} [1-9]/.test(text),
      );
    await expect.poll(failed, soon).toEqual([true, true, true, true]);
    expect(Object.keys(await stop())).toEqual(['200']);
    for (const log of ['gateway-1', 'gateway-2', 'router-1', 'router-2']) {
      expect(system.logs()[log]).toContain('model_list[1].litellm_params: is missing');
    }
  });
});

describe('a model', () => {
  const added = (site: string, more: object = {}): object => ({
    model: 'openai/gpt-4o',
    api_base: `${upstream.siteUrl(site)}/v1`,
    api_key: upstreamKey,
    region_name: site,
    ...more,
  });

  it('is added, used, changed and deleted everywhere, without a restart', async () => {
    const stop = load('steady');
    const model = { model_name: 'added', litellm_params: added('us'), model_info: { id: 'one' } };
    const answer = await gateway(0)('/model/new', model);
    expect(answer).toMatchObject({ status: 200, body: { model_id: 'one', model_name: 'added' } });
    await expect.poll(() => statuses('added'), soon).toEqual([200, 200]);
    expect(await statuses('added', { user: 'from-eu' })).toEqual([403, 403]);

    const change = { litellm_params: added('eu') };
    expect(await gateway(1)('/model/one/update', change, { method: 'PATCH' })).toMatchObject({ status: 200 });
    await expect.poll(() => statuses('added', { user: 'from-eu' }), soon).toEqual([200, 200]);
    expect(upstream.requests('us').length).toBeGreaterThan(0);

    await gateway(1)('/model/delete', { id: 'one' });
    await expect.poll(() => statuses('added'), soon).toEqual([404, 404]);
    expect(Object.keys(await stop())).toEqual(['200']);
  });

  it('moves to another region, and nobody restricted is served there', async () => {
    const model = { model_name: 'wanderer', litellm_params: added('eu'), model_info: { id: 'wanderer' } };
    await gateway(0)('/model/new', model);
    await expect.poll(() => statuses('wanderer', { user: 'from-eu' }), soon).toEqual([200, 200]);
    upstream.reset();
    const stop = load('wanderer', { user: 'from-eu' });
    await gateway(1)('/model/update', { model_info: { id: 'wanderer' }, litellm_params: added('us') });
    await expect.poll(() => statuses('wanderer', { user: 'from-eu' }), soon).toEqual([403, 403]);
    expect(Object.keys(await stop()).sort()).toEqual(['200', '403']);
    expect(upstream.requests('us')).toEqual([]);
    await gateway(0)('/model/delete', { id: 'wanderer' });
  });

  it('is there again after gateway and router were killed, beside a changed file', async () => {
    const model = { model_name: 'lasting', litellm_params: added('eu'), model_info: { id: 'lasting' } };
    await gateway(0)('/model/new', model);
    await Promise.all([system.kill('gateway', 2), system.kill('router', 2)]);
    await Promise.all([system.revive('gateway', 2), system.revive('router', 2)]);
    expect(await statuses('lasting')).toEqual([200, 200]);
    await change(configOf(steady(), mover('us')));
    await expect.poll(() => statuses('mover', { user: 'from-eu' }), soon).toEqual([403, 403]);
    expect(await statuses('lasting')).toEqual([200, 200]);
  });

  it('tells its secret nowhere', async () => {
    const answers = await Promise.all([
      gateway(0)('/v1/model/info'),
      gateway(1)('/v2/model/info'),
      gateway(0)('/audit?table_name=models'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const told = JSON.stringify(answers.map(({ body }) => body)) + JSON.stringify(system.logs());
    expect(told).toContain('lasting');
    expect(told).not.toContain(upstreamKey);
    expect(told).not.toContain(saltKey);
  });
});
