import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCall, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: the whole system, once with each way of matching. Fake: the provider.

let upstream: FakeUpstream;
const systems: Signalbox[] = [];

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterAll(async () => {
  await Promise.all(systems.map((system) => system.stop()));
  await upstream.stop();
});

async function startWith(settings: string, general = ''): Promise<ApiCaller> {
  const at = (tags: string): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl('one')}/v1, api_key: sk-up, tags: [${tags}] }`;
  const system = await startSignalbox({
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: ${at('free')}, model_info: { id: free } }
  - { model_name: gpt-4o, litellm_params: ${at('paid')}, model_info: { id: paid } }
  - { model_name: gpt-4o, litellm_params: ${at('paid, audited')}, model_info: { id: paid-audited } }
  - { model_name: with-default, litellm_params: ${at('free')}, model_info: { id: free-too } }
  - { model_name: with-default, litellm_params: ${at('default')}, model_info: { id: default } }
router_settings: { enable_tag_filtering: true, ${settings} }
general_settings: { master_key: ${MASTER_KEY}${general} }
`,
  });
  systems.push(system);
  return apiCaller(system.url);
}

/** The deployments that serve a call made ten times. */
async function servedBy(api: ApiCaller, body: object, call: ApiCall = {}): Promise<unknown[]> {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => api('/v1/chat/completions', body, call)),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  return [...new Set(answers.map(({ headers }) => headers.get('x-litellm-model-id')))].toSorted();
}

async function keyWith(api: ApiCaller, fields: object): Promise<string> {
  return ((await api('/key/generate', fields)).body as { key: string }).key;
}

describe('tags', () => {
  let api: ApiCaller;
  beforeAll(async () => {
    api = await startWith('tag_filtering_match_any: true');
  });

  it('come from the body, its metadata and the header', async () => {
    expect(await servedBy(api, chat('gpt-4o', { tags: ['free'] }))).toEqual(['free']);
    expect(await servedBy(api, chat('gpt-4o', { metadata: { tags: ['free'] } }))).toEqual(['free']);
    const headers = { 'x-litellm-tags': 'audited, gold' };
    expect(await servedBy(api, chat('gpt-4o'), { headers })).toEqual(['paid-audited']);
  });

  it('come from the key and its team, also by their metadata', async () => {
    const team = await api('/team/new', { metadata: { tags: ['free'] } });
    const { team_id } = team.body as { team_id: string };
    expect(await servedBy(api, chat('gpt-4o'), { key: await keyWith(api, { team_id }) })).toEqual(['free']);
    const key = await keyWith(api, { metadata: { tags: ['audited'] } });
    expect(await servedBy(api, chat('gpt-4o'), { key })).toEqual(['paid-audited']);
  });

  it('of a key cannot be dropped, replaced or widened by what the caller adds', async () => {
    const key = await keyWith(api, { tags: ['paid'] });
    expect(await servedBy(api, chat('gpt-4o', { tags: ['audited'] }), { key })).toEqual(['paid-audited']);
    expect(await servedBy(api, chat('gpt-4o', { tags: [] }), { key })).not.toContain('free');
    expectError(
      await api('/v1/chat/completions', chat('gpt-4o', { tags: ['free'] }), { key }),
      403,
      'auth_error',
      /No deployments available.*tags/,
    );
  });

  it('exclude with ! and require with &, from whomever they come', async () => {
    expect(await servedBy(api, chat('gpt-4o', { tags: ['!paid'] }))).toEqual(['free']);
    expect(await servedBy(api, chat('gpt-4o', { tags: ['paid', '&audited'] }))).toEqual(['paid-audited']);
    const key = await keyWith(api, { tags: ['!free', '&audited'] });
    expect(await servedBy(api, chat('gpt-4o', { tags: ['paid'] }), { key })).toEqual(['paid-audited']);
    const refused = await api('/v1/chat/completions', chat('with-default', { tags: ['free'] }), { key });
    expectError(refused, 403, 'auth_error');
  });

  it('lead to default deployments where there are none or nothing matches', async () => {
    expect(await servedBy(api, chat('with-default'))).toEqual(['default']);
    expect(await servedBy(api, chat('with-default', { tags: ['gold'] }))).toEqual(['default']);
    expect(await servedBy(api, chat('with-default', { tags: ['free'] }))).toEqual(['free-too']);
    expectError(await api('/v1/chat/completions', chat('gpt-4o', { tags: ['gold'] })), 403, 'auth_error');
  });
});

describe('tags, when all must match and callers may bring none', () => {
  let api: ApiCaller;
  beforeAll(async () => {
    api = await startWith('tag_filtering_match_any: false', ', reject_clientside_metadata_tags: true');
  });

  it('of a key are all needed', async () => {
    const key = await keyWith(api, { tags: ['paid', 'audited'] });
    expect(await servedBy(api, chat('gpt-4o'), { key })).toEqual(['paid-audited']);
    const impossible = await keyWith(api, { tags: ['free', 'audited'] });
    expectError(await api('/v1/chat/completions', chat('gpt-4o'), { key: impossible }), 403, 'auth_error');
  });

  it('of a caller are refused', async () => {
    const tagged = chat('gpt-4o', { metadata: { tags: ['paid'] } });
    expectError(await api('/v1/chat/completions', tagged), 400, 'invalid_request_error', /tags/);
  });
});
