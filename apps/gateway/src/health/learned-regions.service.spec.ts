/** Real: HTTP, the whole gateway, NATS with its bucket. Fake: what router, identity and an Azure resource say. */
import { learnedRegions, type RouteDecision, type RouteRequest } from '@signalbox/contracts';
import { endpointKey, parseRegion } from '@signalbox/providers';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answersJson, chatAnswer, FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }], allowed_model_region: 'eu' };

beforeAll(async () => {
  provider = await FakeProvider.start();
  provider.on('azure', (response, body, request) => {
    const answer = request.method === 'GET' ? { data: [] } : chatAnswer();
    return answersJson(answer, 200, { 'x-ms-region': 'Sweden Central' })(response, body, request);
  });
  const upstream = { provider: 'azure', apiBase: provider.siteUrl('azure'), apiKey: 'secret-of-azure' };
  const elsewhere = { ...upstream, apiBase: provider.siteUrl('moved') };
  provider.on('moved', answersJson(chatAnswer(), 200, { 'x-ms-region': 'East US' }));
  under = await GatewayUnderTest.start({
    general: { decisionRecords: 'all' },
    deployments: [
      aDeployment({ id: 'azure', upstream }),
      aDeployment({
        id: 'moved',
        modelGroup: 'moved',
        upstream: elsewhere,
        region: parseRegion('swedencentral'),
      }),
    ],
  });
  // The router would have learned the same from the bucket; here it chooses whatever the region.
  under.services.decide = ({ requestId, attemptId, model }: RouteRequest): RouteDecision => ({
    outcome: 'chosen',
    requestId,
    attemptId,
    deploymentId: model === 'moved' ? 'moved' : 'azure',
    modelGroup: 'gpt-4',
    catalogVersion: 'a-version',
    verdicts: [],
    rateLimits: {},
    reservedTokens: 0,
  });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

async function learned(): Promise<string | undefined> {
  const bucket = await under.bus.bucket(learnedRegions);
  return (await bucket.get(endpointKey({ provider: 'azure', apiBase: provider.siteUrl('azure') })))?.header;
}

describe('a region that nobody declared', () => {
  it('is asked for at the start, without data, and told to everybody', async () => {
    await vi.waitFor(async () => {
      expect(await learned()).toBe('Sweden Central');
    });
    const [probe] = provider.calls('azure');
    expect(probe).toMatchObject({ method: 'GET', body: '', headers: { 'api-key': 'secret-of-azure' } });
    expect(probe?.path).toMatch(/^\/azure\/openai\/models\?api-version=/);
  });

  it('lets restricted customers in, and is told in the answer', async () => {
    const response = await under.post('/v1/chat/completions', chat);
    expect([response.status, response.headers.get('x-litellm-model-region')]).toEqual([200, 'eu']);
  });

  it('shows in /health and /model/info, which hold no secret', async () => {
    const health: unknown = await (await under.get('/health?model=gpt-4')).json();
    const info: unknown = await (await under.get('/v1/model/info?litellm_model_id=azure')).json();
    expect(health).toMatchObject({
      healthy_endpoints: [{ model: 'azure/gpt-4', 'x-ms-region': 'Sweden Central' }],
      healthy_count: 1,
      unhealthy_count: 0,
    });
    expect(info).toMatchObject({
      data: [{ model_name: 'gpt-4', model_info: { id: 'azure', region: 'eu' } }],
    });
    expect(JSON.stringify([health, info])).not.toContain('secret-of-azure');
  });

  it('is not believed any more once the endpoint has answered from a second place', async () => {
    provider.on('azure', answersJson(chatAnswer(), 200, { 'x-ms-region': 'East US' }));
    await under.post('/v1/chat/completions', { ...chat, allowed_model_region: undefined });
    const received = provider.calls('azure').length;
    const refused = await under.post('/v1/chat/completions', chat);
    expect([refused.status, provider.calls('azure').length]).toEqual([503, received]);
    await vi.waitFor(async () => {
      expect(await learned()).toBe('several regions');
    });
  });
});

describe('a region that the provider contradicts', () => {
  const metric = async (): Promise<string | undefined> =>
    /signalbox_contradicted_regions (\d+)/.exec(await (await under.get('/metrics')).text())?.[1];

  it('keeps the data of restricted callers away from the next call on, and of nobody else', async () => {
    const moved = { ...chat, model: 'moved' };
    expect(await metric()).toBe('0');
    const first = await under.post('/v1/chat/completions', moved);
    expect([first.status, first.headers.get('llm_provider-x-ms-region')]).toEqual([200, 'East US']);
    const refused = await under.post('/v1/chat/completions', moved);
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { error: { message: expect.stringContaining('nothing was sent') as unknown } },
    ]);
    expect(provider.calls('moved')).toHaveLength(1);
    const free = await under.post('/v1/chat/completions', { ...moved, allowed_model_region: undefined });
    expect([free.status, free.headers.get('x-litellm-model-region')]).toEqual([200, null]);
    expect(await metric()).toBe('1');
    const ids = [first, free].map(({ headers }) => headers.get('x-signalbox-decision-id'));
    await vi.waitFor(() => {
      for (const id of ids) {
        const record = under.services.decisions.find(({ decisionId }) => decisionId === id);
        expect(record?.hops).toMatchObject([{ deploymentId: 'moved', answeredFrom: 'East US' }]);
      }
    });
  });

  it('counts again once an operator has the provider asked and it answers from where it should', async () => {
    const readmit = async (modelId: string): Promise<unknown> => {
      const answer = await under.post('/residency/readmit', { model_id: modelId });
      return [answer.status, await answer.json()];
    };
    const still = { model_id: 'moved', answered: 'East US', contradicted_by: 'eastus' };
    expect(await readmit('moved')).toEqual([200, still]);
    expect(await metric()).toBe('1');
    provider.on('moved', answersJson(chatAnswer(), 200, { 'x-ms-region': 'Sweden Central' }));
    expect(await readmit('moved')).toEqual([
      200,
      { ...still, answered: 'Sweden Central', contradicted_by: null },
    ]);
    expect(await metric()).toBe('0');
    const moved = { ...chat, model: 'moved' };
    for (let call = 0; call < 2; call += 1) {
      expect((await under.post('/v1/chat/completions', moved)).status).toBe(200);
    }
    provider.on('moved', answersJson(chatAnswer(), 200, { 'x-ms-region': 'East US' }));
    expect((await under.post('/v1/chat/completions', moved)).status).toBe(200);
    expect((await under.post('/v1/chat/completions', moved)).status).toBe(503);

    provider.on('moved', answersJson(chatAnswer()));
    expect(await readmit('moved')).toMatchObject([502, {}]);
    expect(await readmit('nobody')).toMatchObject([404, {}]);
    expect(await metric()).toBe('1');
  });
});
