import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';

// Real: the whole system with two routers. Fake: the providers, one of which says where it is.

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const at = (site: string, more: string): string =>
    `{ model: openai/m, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up, ${more} }`;
  const azure = `{ model: azure/m, api_base: ${upstream.siteUrl('sweden')}, api_key: sk-up, region_name: us }`;
  system = await startSignalbox({
    replicas: { router: 2 },
    config: `
model_list:
  - { model_name: any, litellm_params: ${at('one', 'region_name: swedencentral, order: 1')}, model_info: { id: se } }
  - { model_name: any, litellm_params: ${at('two', 'region_name: us, order: 2')}, model_info: { id: us } }
  - { model_name: any, litellm_params: ${at('three', 'region_name: fr, order: 3, rpm: 1')}, model_info: { id: fr } }
  - { model_name: us-only, litellm_params: ${at('two', 'region_name: us')}, model_info: { id: us-only } }
  - { model_name: said-us, litellm_params: ${azure}, model_info: { id: said-us } }
router_settings: { num_retries: 0, fallbacks: [{ any: [us-only] }], disable_cooldowns: true }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

interface Explanation {
  readonly candidates: readonly { readonly model_id: string; readonly verdict: string }[];
  readonly pick: { readonly model_id: string } | null;
  readonly error: { readonly status: number; readonly body: unknown } | null;
}

async function explain(body: object, key?: string): Promise<Explanation> {
  const { status, body: answer } = await api('/router/explain', body, { key });
  expect([status, answer]).toMatchObject([200, {}]);
  return answer as Explanation;
}

const verdicts = ({ candidates }: Explanation): string[][] =>
  candidates.map(({ model_id: id, verdict }) => [id, verdict]);

async function keyWith(fields: object): Promise<string> {
  return ((await api('/key/generate', fields)).body as { key: string }).key;
}

/** Where a call went, or how it was refused: the same of the explanation made just before. */
async function foreseenAndReal(body: object, key?: string): Promise<[unknown, ApiAnswer]> {
  const { pick, error } = await explain(body, key);
  const real = await api('/v1/chat/completions', body, { key });
  const happened = real.status === 200 ? real.headers.get('x-litellm-model-id') : [real.status, real.body];
  expect(error === null ? pick?.model_id : [error.status, error.body]).toEqual(happened);
  return [happened, real];
}

describe('the regions of a key, its team and its end user', () => {
  it('must all hold, from the moment they are changed', async () => {
    await api('/team/new', { team_id: 'europeans', allowed_model_region: ['eu', 'us'] });
    await api('/end_user/new', { user_id: 'anna', allowed_model_region: 'eu' });
    const key = await keyWith({ team_id: 'europeans' });
    expect(await foreseenAndReal(chat('any', { user: 'anna' }), key)).toMatchObject(['se', {}]);
    await api('/key/update', { key, allowed_model_region: 'FR' });
    expect(verdicts(await explain(chat('any', { user: 'anna' }), key))).toEqual([
      ['se', 'region_outside'],
      ['us', 'region_outside'],
      ['fr', 'chosen'],
    ]);
    await api('/team/update', { team_id: 'europeans', allowed_model_region: 'us' });
    const [refused] = await foreseenAndReal(chat('any'), key);
    expect(refused).toMatchObject([403, { error: { type: 'region_restricted' } }]);
    expect(JSON.stringify(refused)).toContain('us (demanded by the team) and fr (demanded by the key)');
    await api('/key/update', { key, allowed_model_region: null });
    expect(await foreseenAndReal(chat('any'), key)).toMatchObject(['us', {}]);
    expect((await api(`/key/info`, undefined, { key })).body).toMatchObject({
      info: { allowed_model_region: null },
    });
  });

  it('hold whatever else a client sends', async () => {
    const elsewhere = `${upstream.siteUrl('two')}/v1`;
    const before = upstream.requests('two').length;
    await api('/end_user/new', { user_id: 'berta', allowed_model_region: 'SE' });
    const fields = {
      api_base: elsewhere,
      base_url: elsewhere,
      api_key: 'sk-own',
      custom_llm_provider: 'azure',
      region_name: 'us',
      inference_geo: 'global',
      aws_region_name: 'us-east-1',
      aws_bedrock_runtime_endpoint: elsewhere,
      vertex_location: 'us-central1',
      extra_body: { inference_geo: 'us', api_base: elsewhere },
      extra_headers: { host: 'two.example', 'x-litellm-model-id': 'us' },
      user_config: { model_list: [{ model_name: 'any', litellm_params: { api_base: elsewhere } }] },
      specific_deployment: true,
      allowed_model_region: null,
    };
    const headers = {
      'x-litellm-api-base': elsewhere,
      'x-litellm-model-region': 'us',
      'x-forwarded-host': 'two',
    };
    const bodies = [...Object.entries(fields).map(([name, value]) => ({ [name]: value })), fields];
    for (const more of bodies) {
      const { status, headers: told } = await api(
        '/v1/chat/completions',
        chat('any', { user: 'berta', ...more }),
        { headers },
      );
      expect([status, told.get('x-litellm-model-id')]).toEqual([200, 'se']);
      const { body, headers: sent } = upstream.requests('one').at(-1) ?? {};
      expect(Object.keys(body as object).sort()).toEqual(['messages', 'model', 'user']);
      expect(JSON.stringify([body, sent])).not.toContain('two');
    }
    for (const more of [{ inference_geo: 'us' }, { fallbacks: ['us'] }, { model: 'us' }]) {
      const { status } = await api('/v1/chat/completions', chat('any', { user: 'berta', ...more }));
      expect([more, status]).toEqual([more, 'fallbacks' in more ? 200 : 403]);
    }
    expect(upstream.requests('two')).toHaveLength(before);
  });

  it('are refused where they name no place', async () => {
    for (const [path, body] of [
      ['/key/generate', {}],
      ['/team/new', {}],
      ['/end_user/new', { user_id: 'lost' }],
    ] as const) {
      expect((await api(path, { ...body, allowed_model_region: 'Atlantis' })).status).toBe(422);
    }
  });
});

describe('an explanation', () => {
  it('is what then happens: served, limited, restricted, unknown, or wrong', async () => {
    const french = chat('any', { allowed_model_region: 'FR' });
    expect(await foreseenAndReal(french)).toMatchObject(['fr', {}]);
    const full = await explain(french);
    expect(full).toMatchObject({ candidates: [{}, {}, { verdict: 'rpm', used: { requests: 1 } }] });
    const real = await api('/v1/chat/completions', french);
    expect([full.error?.status, real.status]).toEqual([429, 429]);
    for (const body of [
      chat('us-only', { allowed_model_region: 'eu' }),
      chat('nobody'),
      { model: 'any' },
      chat('us-only'),
    ]) {
      await foreseenAndReal(body);
    }
  });

  it('leaves no trace: neither requests nor usage nor reservations', async () => {
    const before = upstream.requests('two').length;
    const used = async (): Promise<unknown> => {
      const { candidates } = (await explain(chat('us-only'))) as {
        candidates: readonly { used?: unknown }[];
      };
      return candidates[0]?.used;
    };
    const at = await used();
    for (let times = 0; times < 5; times += 1) await explain(chat('us-only'));
    expect(await used()).toEqual(at);
    expect(upstream.requests('two')).toHaveLength(before);
  });

  it('shows others to admins only', async () => {
    const key = await keyWith({});
    const asked = { ...chat('any'), as_user: 'anna' };
    expect((await api('/router/explain', asked, { key })).status).toBe(403);
    expect((await explain({ ...asked, as_key: key })).pick?.model_id).toBe('se');
    expect((await api('/residency/coverage', undefined, { key })).status).toBe(403);
  });
});

it('a provider that answers from elsewhere serves no restricted caller any more', async () => {
  const american = chat('said-us', { allowed_model_region: 'us' });
  expect((await api('/v1/chat/completions', american)).status).toBe(200);
  const refused = expect.objectContaining({ status: 403 }) as unknown;
  await expect.poll(() => api('/v1/chat/completions', american), { timeout: 15_000 }).toEqual(refused);
  expect((await explain(american)).candidates).toMatchObject([
    { model_id: 'said-us', verdict: 'region_unknown', region: null },
  ]);
  expect((await api('/v1/chat/completions', chat('said-us'))).status).toBe(200);
  expect((await api('/residency/coverage')).body).toMatchObject({
    zones: ['eu', 'us'],
    models: [
      {
        model_group: 'any',
        zones: ['eu', 'us'],
        refused_in: [],
        fallbacks: [{ kind: 'general', model: 'us-only', zones: ['us'], never_for: ['eu'] }],
      },
      { model_group: 'us-only', zones: ['us'], refused_in: ['eu'] },
      {
        model_group: 'said-us',
        zones: [],
        refused_in: ['eu', 'us'],
        deployments: [{ model_id: 'said-us', region: null, contradicted_by: 'swedencentral' }],
      },
    ],
  });
});

it('coverage names the customers who are refused, by the rules they are under', async () => {
  const ids = Array.from({ length: 12 }, (_, at) => `swiss-${String(at).padStart(2, '0')}`);
  for (const user_id of ids) await api('/end_user/new', { user_id, allowed_model_region: 'ch' });
  const residency = async (query: string): Promise<unknown> => (await api(`/residency/${query}`)).body;
  const { policies, refused_customers: refused } = (await residency('coverage')) as {
    readonly policies: number;
    readonly refused_customers: readonly {
      readonly policy: string;
      readonly refused_models: readonly string[];
    }[];
  };
  expect(policies).toBeGreaterThan(2);
  const [swiss] = refused;
  expect(swiss).toMatchObject({
    kind: 'end_user',
    regions: [{ from: 'end_user', allowed: ['ch'] }],
    refused_models: ['any', 'us-only', 'said-us'],
    customers: 12,
    first: ids.slice(0, 10),
  });
  for (const model of swiss?.refused_models ?? []) {
    const { status } = await api('/v1/chat/completions', chat(model, { user: 'swiss-11' }));
    expect([model, status]).toEqual([model, 403]);
  }
  const page = (more: string): Promise<unknown> =>
    residency(`customers?policy=${swiss?.policy ?? ''}&size=8${more}`);
  expect(await page('')).toEqual({ customers: ids.slice(0, 8), next: 'swiss-07' });
  expect(await page('&after=swiss-07')).toEqual({ customers: ids.slice(8), next: null });
});
