import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: the whole system. Fake: the provider.

let upstream: FakeUpstream;
let system: Signalbox;
let api: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  system = await startSignalbox({
    replicas: { identity: 2 },
    environment: { SIGNALBOX_SALT_KEY: 'a-salt-key-of-some-length-for-a-test' },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_base: ${upstream.siteUrl('one')}/v1, api_key: sk-up } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  api = apiCaller(system.url);
});
afterAll(async () => {
  await system.stop();
  await upstream.stop();
});

interface Entry {
  readonly id: string;
  readonly action: string;
  readonly object_id: string;
}
interface Page {
  readonly audit_logs: readonly Entry[];
  readonly total: number;
}

async function page(query: string): Promise<Page> {
  const answer = await api(`/audit?${query}`);
  expect(answer.status).toBe(200);
  return answer.body as Page;
}

describe('the audit log', () => {
  it('shows who changed what, on whose behalf, before and after', async () => {
    const headers = { 'litellm-changed-by': 'krrish@example.com', 'x-litellm-call-id': 'request-7' };
    await api('/team/new', { team_id: 'red', metadata: { logging: { langfuse_secret_key: 'sk-lf-1' } } });
    await api('/team/update', { team_id: 'red', rpm_limit: 60 }, { headers });

    expect(await page('object_id=red&sort_order=asc')).toEqual({
      audit_logs: [
        expect.objectContaining({
          changed_by: 'master',
          changed_by_api_key: 'master',
          action: 'created',
          table_name: 'LiteLLM_TeamTable',
          before_value: null,
        }),
        expect.objectContaining({
          changed_by: 'krrish@example.com',
          changed_by_api_key: 'master',
          request_id: 'request-7',
          action: 'updated',
          before_value: expect.objectContaining({ rpm_limit: null }) as unknown,
          updated_values: expect.objectContaining({
            rpm_limit: 60,
            metadata: { logging: { langfuse_secret_key: '***' } },
          }) as unknown,
        }),
      ],
      total: 2,
      page: 1,
      page_size: 10,
      total_pages: 1,
    });
  });

  it('names keys by their hashes and never holds one', async () => {
    const { key, token } = (await api('/key/generate', { key_alias: 'ci' })).body as Record<string, string>;
    await api('/key/block', { key });
    const { audit_logs: entries } = await page(`object_id=${token ?? ''}`);
    expect(entries.map(({ action }) => action)).toEqual(['blocked', 'created']);
    expect(JSON.stringify(entries)).not.toContain(key);
  });

  it('holds no secret of a model, sealed or not', async () => {
    const made = await api('/model/new', {
      model_name: 'added',
      litellm_params: { model: 'openai/gpt-4o', api_key: 'sk-of-the-provider' },
      model_info: { id: 'added-1' },
    });
    expect(made.status).toBe(200);
    const { audit_logs: entries } = await page('table_name=LiteLLM_ProxyModelTable&object_id=added-1');
    expect(entries).toMatchObject([{ action: 'created', updated_values: { encrypted_params: '***' } }]);
  });

  it('says nothing of calls, not even of end users they name for the first time', async () => {
    expect((await api('/v1/chat/completions', chat('gpt-4o', { user: 'first-timer' }))).status).toBe(200);
    expect((await page('object_id=first-timer')).total).toBe(0);
  });

  it('is paged and filtered by its query', async () => {
    for (const id of ['p1', 'p2', 'p3']) await api('/end_user/new', { user_id: id });
    const query =
      'table_name=LiteLLM_EndUserTable&action=created&page_size=2&sort_by=object_id&sort_order=asc';
    const ids = async (more: string) =>
      (await page(`${query}${more}`)).audit_logs.map(({ object_id: id }) => id);
    expect(await ids('')).toEqual(['p1', 'p2']);
    expect(await ids('&page=2')).toEqual(['p3']);
    const today = new Date().toISOString().slice(0, 10);
    expect(await ids(`&start_date=${today}&end_date=${today}`)).toEqual(['p1', 'p2']);
    expect(await ids('&end_date=2020-01-01')).toEqual([]);
    expectError(await api('/audit?sort_by=before'), 422, 'validation_error', /sort_by/);
  });

  it('gives one entry by its id', async () => {
    const [entry] = (await page('page_size=1')).audit_logs;
    expect(await api(`/audit/${entry?.id ?? ''}`)).toMatchObject({ status: 200, body: entry });
    expectError(await api('/audit/nonsense'), 404, 'not_found');
  });

  it('is closed to keys that make calls', async () => {
    const { key } = (await api('/key/generate', {})).body as { key: string };
    expectError(await api('/audit', undefined, { key }), 403, 'auth_error');
  });
});
