import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY, type ApiCaller } from './api-caller.js';

// Real: two gateways, two usage services, router, identity, NATS, Redis, Postgres. Fake: the provider, which counts
// one token per word: two for "Hey there", seven for its answer.

let upstream: FakeUpstream;
let system: Signalbox;
let gateways: ApiCaller[];
let admin: ApiCaller;

interface Counts {
  requests: number;
  failed_requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}
interface Day {
  total: Counts;
  by_deployment: Record<string, Counts>;
  by_model_group: Record<string, Counts>;
  by_team: Record<string, Counts>;
  by_key: Record<string, Counts>;
  by_end_user: Record<string, Counts>;
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const params = (site: string): string =>
    `{ model: openai/gpt-4o, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up }`;
  system = await startSignalbox({
    replicas: { gateway: 2, usage: 2 },
    config: `
model_list:
  - { model_name: plain, litellm_params: ${params('plain')}, model_info: { id: plain } }
  - { model_name: failing, litellm_params: ${params('failing')}, model_info: { id: failing } }
  - { model_name: silent, litellm_params: ${params('silent')}, model_info: { id: silent } }
  - { model_name: embed, litellm_params: ${params('embed')}, model_info: { id: embed } }
router_settings: { num_retries: 0 }
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

async function today(): Promise<Day> {
  const answer = await admin('/usage');
  expect(answer.status).toBe(200);
  return (answer.body as { day: Day }).day;
}

function times<Result>(count: number, make: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

async function call(index: number, path: string, body: object, key?: string): Promise<number> {
  const gateway = gateways[index % gateways.length];
  return (await gateway?.(path, body, { key }))?.status ?? 0;
}

describe('counted usage', () => {
  it('equals what the provider served, for every dimension', async () => {
    const { body: team } = await admin('/team/new', { team_alias: 'counted' });
    const teamId = (team as { team_id: string }).team_id;
    const { body: made } = await admin('/key/generate', { team_id: teamId });
    const { key, token } = made as { key: string; token: string };

    await times(120, (index) =>
      call(
        index,
        '/v1/chat/completions',
        chat('plain', { user: `customer-${index % 3}`, stream: index % 2 === 0 }),
        key,
      ),
    );
    await times(30, (index) =>
      call(index, '/v1/embeddings', { model: 'embed', input: 'three little words' }),
    );
    upstream.always('failing', { status: 500 });
    await times(20, (index) => call(index, '/v1/chat/completions', chat('failing')));

    expect(upstream.requests('plain').length).toBe(120);
    await expect
      .poll(async () => (await today()).total.requests, { timeout: 20_000, interval: 100 })
      .toBe(170);
    const day = await today();
    const words = {
      requests: 120,
      failed_requests: 0,
      prompt_tokens: 240,
      completion_tokens: 840,
      total_tokens: 1_080,
    };
    expect(day.by_model_group['plain']).toEqual(words);
    expect(day.by_deployment['plain']).toEqual(words);
    expect(day.by_team[teamId]).toEqual(words);
    expect(day.by_key[token]).toEqual(words);
    expect(Object.keys(day.by_end_user).toSorted()).toEqual(['customer-0', 'customer-1', 'customer-2']);
    expect(day.by_end_user['customer-1']).toMatchObject({ requests: 40, total_tokens: 360 });
    expect(day.by_model_group['embed']).toMatchObject({
      requests: 30,
      prompt_tokens: 90,
      completion_tokens: 0,
    });
    expect(day.by_model_group['failing']).toMatchObject({
      requests: 20,
      failed_requests: 20,
      total_tokens: 0,
    });
  });

  it('counts a refused call nowhere', async () => {
    const before = (await today()).total.requests;
    expect(await call(0, '/v1/chat/completions', chat('gpt-17'))).toBe(404);
    expect(await call(0, '/v1/chat/completions', chat('plain'), 'sk-unknown')).toBe(401);
    await call(0, '/v1/chat/completions', chat('plain'));
    await expect
      .poll(async () => (await today()).total.requests, { timeout: 20_000, interval: 100 })
      .toBe(before + 1);
  });

  it('estimates when the provider sends no usage', async () => {
    upstream.always('silent', { usage: false });
    await call(0, '/v1/chat/completions', chat('silent'));
    await call(1, '/v1/chat/completions', chat('silent', { stream: true }));
    await expect
      .poll(async () => (await today()).by_model_group['silent']?.requests, {
        timeout: 20_000,
        interval: 100,
      })
      .toBe(2);
    const counts = (await today()).by_model_group['silent'];
    expect(counts?.prompt_tokens).toBeGreaterThan(0);
    expect(counts?.completion_tokens).toBeGreaterThan(0);
  });

  it('loses nothing when a usage service is killed under load', async () => {
    const before = (await today()).by_model_group['plain']?.requests ?? 0;
    const calls = times(200, (index) => call(index, '/v1/chat/completions', chat('plain')));
    await upstream.until('plain', (requests) => requests.length > 160);
    await system.kill('usage');
    expect(new Set(await calls)).toEqual(new Set([200]));
    await expect
      .poll(async () => (await today()).by_model_group['plain']?.requests, { timeout: 60_000, interval: 200 })
      .toBe(before + 200);
  });
});
