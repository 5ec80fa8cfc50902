import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiCaller, chat, MASTER_KEY } from './api-caller.js';

// Real: the whole system, two routers and two usage services. Fake: the provider, whose sites are slow or fast.

let upstream: FakeUpstream;
let system: Signalbox | undefined;

beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterEach(async () => {
  await system?.stop();
  system = undefined;
});
afterAll(() => upstream.stop());

/** Starts the system with one deployment per site, each with more of its parameters. */
async function startWith(sites: Readonly<Record<string, string>>, routerSettings: string): Promise<void> {
  const entries = Object.entries(sites).map(
    ([site, more]) =>
      `  - { model_name: m, litellm_params: { model: openai/m, api_base: ${upstream.siteUrl(site)}/v1, api_key: sk-up, ${more} }, model_info: { id: ${site} } }`,
  );
  system = await startSignalbox({
    replicas: { router: 2, usage: 2 },
    config: `
model_list:
${entries.join('\n')}
router_settings: { ${routerSettings} }
general_settings: { master_key: ${MASTER_KEY} }
`,
  });
}

/** The deployments that served so many calls, one after the other. */
async function servedBy(calls: number, more: object = {}): Promise<(string | null)[]> {
  const api = apiCaller(system?.url ?? '');
  const served: (string | null)[] = [];
  for (let call = 0; call < calls; call += 1) {
    const { headers } = await api('/v1/chat/completions', chat('m', more));
    served.push(headers.get('x-litellm-model-id'));
  }
  return served;
}

describe('a routing strategy, from configuration to upstream', () => {
  it('cost: the cheapest until it is full, then the next', async () => {
    const price = (dollars: string) => `input_cost_per_token: ${dollars}, output_cost_per_token: ${dollars}`;
    const sites = { dear: price('0.00003'), cheap: `${price('0.00001')}, rpm: 2`, middle: price('0.00002') };
    await startWith(sites, 'routing_strategy: cost-based-routing');
    expect(await servedBy(4)).toEqual(['cheap', 'cheap', 'middle', 'middle']);
  });

  it('latency: every router learns from every answer who is fastest, of streams by their first byte', async () => {
    upstream.always('slow', { latencyMs: 300 });
    upstream.always('fast', { latencyMs: 5 });
    await startWith(
      { slow: 'tpm: 1000000', fast: 'tpm: 1000000' },
      'routing_strategy: latency-based-routing',
    );
    const onlyFast = ['fast', 'fast', 'fast', 'fast', 'fast', 'fast'];
    const patience = { timeout: 20_000, interval: 200 };
    await expect.poll(() => servedBy(6), patience).toEqual(onlyFast);
    await expect.poll(() => servedBy(6, { stream: true }), patience).toEqual(onlyFast);
  });

  it('shuffle: never one without a weight while another has room', async () => {
    await startWith({ first: 'weight: 1', never: 'weight: 0' }, 'routing_strategy: simple-shuffle');
    expect(new Set(await servedBy(10))).toEqual(new Set(['first']));
  });
});
