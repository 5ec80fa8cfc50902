import {
  startFakeUpstream,
  startOwnPostgres,
  startServers,
  startSignalbox,
  type FakeUpstream,
  type OwnPostgres,
  type Signalbox,
  type TestServers,
} from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiAnswer, type ApiCaller } from './api-caller.js';
import { expectError } from './expect-error.js';

// Real: two gateways, two identity services, router, NATS, Redis; Postgres, which is taken away and brought back. Fake:
// the provider.

let upstream: FakeUpstream;
let servers: TestServers;
let postgres: OwnPostgres;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;
let key: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  [servers, postgres] = await Promise.all([startServers(), startOwnPostgres()]);
  const site = (name: string): string =>
    `api_base: ${upstream.siteUrl(name)}/v1, api_key: sk-up, region_name: ${name}`;
  system = await startSignalbox({
    servers: { ...servers, databaseUrl: postgres.url },
    replicas: { gateway: 2, identity: 2 },
    config: `
model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, ${site('eu')} } }
  - { model_name: only-us, litellm_params: { model: openai/gpt-4o, ${site('us')} } }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
  gateways = system.urls.map(apiCaller);
  admin = apiCaller(system.url);
  await admin('/end_user/new', { user_id: 'european', allowed_model_region: 'eu' });
  key = ((await admin('/key/generate', {})).body as { key: string }).key;
  for (const answer of await everywhere(chat('gpt-4o', { user: 'european' })))
    expect(answer.status).toBe(200);
});
afterAll(async () => {
  await system.stop();
  await Promise.all([servers.stop(), postgres.stop(), upstream.stop()]);
});

/** The same call at every gateway. */
function everywhere(body: object, presented = key): Promise<ApiAnswer[]> {
  return Promise.all(gateways.map((call) => call('/v1/chat/completions', body, { key: presented })));
}

describe('while Postgres is away', () => {
  beforeAll(() => postgres.takeAway());

  it('callers that are known go on', async () => {
    for (const answer of await everywhere(chat('gpt-4o', { user: 'european' })))
      expect(answer.status).toBe(200);
  });

  it('an end user that is known to be restricted stays so', async () => {
    for (const answer of await everywhere(chat('only-us', { user: 'european' })))
      expectError(answer, 403, 'region_restricted');
  });

  it('a key that nobody knows is not called wrong', async () => {
    for (const answer of await everywhere(chat('gpt-4o'), 'sk-never-seen'))
      expectError(answer, 503, 'no_db_connection');
  });

  it('an end user that nobody knows is not taken for unrestricted, whoever calls', async () => {
    for (const presented of [key, MASTER_KEY]) {
      for (const answer of await everywhere(chat('only-us', { user: 'stranger' }), presented))
        expectError(answer, 503, 'no_db_connection');
    }
  });

  it('nothing can be changed', async () => {
    expectError(await admin('/end_user/block', { user_ids: ['european'] }), 503, 'no_db_connection');
    expectError(await admin('/audit'), 503, 'no_db_connection');
  });
});

describe('when Postgres is back', () => {
  beforeAll(() => postgres.bringBack());

  it('everybody is known again', async () => {
    const statuses = async (...call: Parameters<typeof everywhere>) =>
      (await everywhere(...call)).map(({ status }) => status);
    await expect
      .poll(() => statuses(chat('gpt-4o'), 'sk-never-seen'), { timeout: 20_000 })
      .toEqual([401, 401]);
    await expect
      .poll(() => statuses(chat('only-us', { user: 'stranger' })), { timeout: 20_000 })
      .toEqual([200, 200]);
  });
});
