import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: two gateways with caches of their own, two identity services, router, NATS, Redis, Postgres. Fake: the provider.

// The promise is one second. A busy machine gets more: what is proved is that changes are pushed, for what a gateway
// caches would otherwise stay for a minute.
const soon = { timeout: 5_000, interval: 20 };

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const site = (name: string): string =>
    `api_base: ${upstream.siteUrl(name)}/v1, api_key: sk-up, region_name: ${name}`;
  system = await startSignalbox({
    replicas: { gateway: 2, identity: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, ${site('eu')} }, model_info: { id: eu } }
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, ${site('us')} }, model_info: { id: us } }
  - { model_name: only-us, litellm_params: { model: openai/gpt-4o, ${site('us')} } }
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

/** The statuses that both gateways answer to the same call. */
async function statuses(body: object, key = MASTER_KEY): Promise<number[]> {
  const answers = await Promise.all(gateways.map((call) => call('/v1/chat/completions', body, { key })));
  return answers.map((answer) => answer.status);
}

async function made(path: string, fields: object): Promise<Record<string, string>> {
  const answer = await admin(path, fields);
  expect(answer.status).toBe(200);
  return answer.body as Record<string, string>;
}

describe('end users', () => {
  it('moves to another region', async () => {
    await made('/end_user/new', { user_id: 'mover', allowed_model_region: 'us' });
    const call = chat('only-us', { user: 'mover' });
    expect(await statuses(call)).toEqual([200, 200]);
    await made('/end_user/update', { user_id: 'mover', allowed_model_region: 'eu' });
    await expect.poll(() => statuses(call), soon).toEqual([403, 403]);
    await made('/end_user/update', { user_id: 'mover', allowed_model_region: null });
    await expect.poll(() => statuses(call), soon).toEqual([200, 200]);
  });

  it('gets a restriction after it called without one', async () => {
    const call = chat('only-us', { user: 'newcomer' });
    expect(await statuses(call)).toEqual([200, 200]);
    await made('/end_user/update', { user_id: 'newcomer', allowed_model_region: 'eu' });
    await expect.poll(() => statuses(call), soon).toEqual([403, 403]);
  });

  it('is blocked and unblocked', async () => {
    const call = chat('gpt-4o', { user: 'naughty' });
    expect(await statuses(call)).toEqual([200, 200]);
    await made('/end_user/block', { user_ids: ['naughty'] });
    await expect.poll(() => statuses(call), soon).toEqual([403, 403]);
    await made('/end_user/unblock', { user_ids: ['naughty'] });
    await expect.poll(() => statuses(call), soon).toEqual([200, 200]);
  });
});

describe('keys', () => {
  it('is blocked, unblocked and deleted', async () => {
    const { key = '' } = await made('/key/generate', {});
    expect(await statuses(chat('gpt-4o'), key)).toEqual([200, 200]);
    await made('/key/block', { key });
    await expect.poll(() => statuses(chat('gpt-4o'), key), soon).toEqual([403, 403]);
    await made('/key/unblock', { key });
    await expect.poll(() => statuses(chat('gpt-4o'), key), soon).toEqual([200, 200]);
    await made('/key/delete', { keys: [key] });
    await expect.poll(() => statuses(chat('gpt-4o'), key), soon).toEqual([401, 401]);
  });
});

describe('limits', () => {
  it('of a key change', async () => {
    const { key = '' } = await made('/key/generate', { rpm_limit: 1_000 });
    const limits = async () => {
      const answers = await Promise.all(
        gateways.map((call) => call('/v1/chat/completions', chat('gpt-4o'), { key })),
      );
      return answers.map(({ headers }) => headers.get('x-ratelimit-api_key-limit-requests'));
    };
    expect(await limits()).toEqual(['1000', '1000']);
    await made('/key/update', { key, rpm_limit: 2_000 });
    await expect.poll(limits, soon).toEqual(['2000', '2000']);
    await made('/key/update', { key, rpm_limit: null });
    await expect.poll(limits, soon).toEqual([null, null]);
    await made('/key/update', { key, rpm_limit: 1 });
    await expect.poll(() => statuses(chat('gpt-4o'), key), soon).toEqual([429, 429]);
  });
});

describe('teams', () => {
  it('changes what a name means for its keys, is blocked, and takes its keys along', async () => {
    const { team_id = '' } = await made('/team/new', {
      team_alias: 'movers',
      model_aliases: { mine: 'gpt-4o' },
    });
    const { key = '' } = await made('/key/generate', { team_id });
    expect(await statuses(chat('mine'), key)).toEqual([200, 200]);
    await made('/team/update', { team_id, model_aliases: { mine: 'no-such-group' } });
    await expect.poll(() => statuses(chat('mine'), key), soon).toEqual([404, 404]);
    await made('/team/update', { team_id, model_aliases: { mine: 'gpt-4o' }, blocked: true });
    await expect.poll(() => statuses(chat('mine'), key), soon).toEqual([403, 403]);
    await made('/team/update', { team_id, blocked: false });
    await expect.poll(() => statuses(chat('mine'), key), soon).toEqual([200, 200]);
    await made('/team/delete', { team_ids: [team_id] });
    await expect.poll(() => statuses(chat('mine'), key), soon).toEqual([401, 401]);
  });
});
