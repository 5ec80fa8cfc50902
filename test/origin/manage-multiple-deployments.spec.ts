import { readFileSync } from 'node:fs';
import { usageSummary, valueOf } from '@signalbox/contracts';
import { connectBus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { startFakeUpstream, startSignalbox, type FakeUpstream, type Signalbox } from '@signalbox/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { curlCommands, readDocument } from './document.js';
import { typeCommand, type TypedAnswer } from './type-command.js';

// The page's own command against the template it says to copy. Real: the whole system, two routers where Redis is
// shared. Fake: Azure and OpenAI. The page's `docker build` and `docker run` are tried by hand: they need an engine.

const [test = ''] = curlCommands(readDocument('manage-multiple-deployments'));
let providers: FakeUpstream;
let system: Signalbox | undefined;

beforeAll(async () => {
  providers = await startFakeUpstream();
});
beforeEach(() => {
  providers.reset();
});
afterEach(async () => {
  await system?.stop();
  system = undefined;
});
afterAll(async () => {
  await providers.stop();
});

function type(): Promise<TypedAnswer> {
  return typeCommand(test.replace('http://0.0.0.0:8000', system?.url ?? ''));
}

function calls(site: string): number {
  return providers.requests(site).filter((request) => request.method === 'POST').length;
}

/** The page's list of three deployments as a configuration: same limits at the same level. */
function threeDeployments(limits: { rpm: number; tpm: number }): string {
  const entry = (name: string): string => `
  - model_name: gpt-3.5-turbo
    litellm_params: { model: azure/${name}, api_key: x, api_base: "${providers.siteUrl(name)}", api_version: "2024-10-21" }
    model_info: { id: ${name} }
    tpm: ${limits.tpm}
    rpm: ${limits.rpm}`;
  return `model_list:${['one', 'two', 'three'].map(entry).join('')}
router_settings:
  routing_strategy: usage-based-routing
`;
}

describe('managing multiple deployments', () => {
  it('answers the page’s test, without a key, from a copy of the template', async () => {
    system = await startSignalbox({
      config: readFileSync(new URL('../../router_config_template.yaml', import.meta.url), 'utf8'),
      environment: {
        SIGNALBOX_FAKE_EU_URL: providers.siteUrl('eu'),
        SIGNALBOX_FAKE_SWEDEN_URL: providers.siteUrl('sweden'),
        SIGNALBOX_FAKE_US_URL: providers.siteUrl('us'),
      },
    });
    const answer = await type();
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ object: 'chat.completion' });
    expect(answer.text).toMatch(/you said \\"Hey\\"/);
  });

  it('picks the deployment that has used the least tokens', async () => {
    system = await startSignalbox({ config: threeDeployments({ rpm: 1_800, tpm: 240_000 }) });
    const cost: Record<string, number> = { one: 500, two: 300, three: 200 };
    for (const [site, tokens] of Object.entries(cost))
      providers.always(site, { tokens: { prompt: tokens, completion: 0 } });
    const used: Record<string, number> = { one: 0, two: 0, three: 0 };
    for (let call = 0; call < 12; call += 1) {
      const least = Math.min(...Object.values(used));
      const chosen = String((await type()).headers.get('x-litellm-model-id'));
      expect(used[chosen]).toBe(least);
      used[chosen] = (used[chosen] ?? 0) + (cost[chosen] ?? 0);
      await settled(used);
    }
    expect(Math.max(...Object.values(used)) - Math.min(...Object.values(used))).toBeLessThanOrEqual(500);
  });

  it('shares the limits between routers over Redis, to the last request', async () => {
    system = await startSignalbox({
      config: threeDeployments({ rpm: 5, tpm: 240_000 }),
      replicas: { router: 2, gateway: 2 },
    });
    const urls = system.urls;
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const answer = await fetch(`${urls[index % urls.length] ?? ''}/router/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-3.5-turbo', messages: [{ role: 'user', content: 'Hey' }] }),
        });
        return answer.status;
      }),
    );
    expect(statuses.filter((status) => status === 200).length).toBe(15);
    expect(statuses.filter((status) => status === 429).length).toBe(25);
    expect(['one', 'two', 'three'].map(calls)).toEqual([5, 5, 5]);
    const decided = await Promise.all(system.opsUrlsOf('router').map(decisionsOf));
    expect(decided.every((count) => count > 0)).toBe(true);
    expect(decided.reduce((sum, count) => sum + count, 0)).toBe(40);
  });

  it('holds back a request that would exceed the tokens a minute', async () => {
    system = await startSignalbox({ config: threeDeployments({ rpm: 1_800, tpm: 1_000 }) });
    for (const site of ['one', 'two', 'three'])
      providers.always(site, { tokens: { prompt: 900, completion: 100 } });
    const used = { one: 1_000, two: 1_000, three: 1_000 };
    for (let call = 0; call < 3; call += 1) expect((await type()).status).toBe(200);
    await settled(used);
    const refused = await type();
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('No deployments available');
    expect(['one', 'two', 'three'].map(calls)).toEqual([1, 1, 1]);
  });
});

/** Tokens counted today by deployment, asked of the usage service itself: the page has no key to ask the gateway with. */
async function tokensUsed(natsUrl: string): Promise<Record<string, number>> {
  const bus = await connectBus({
    servers: natsUrl,
    name: 'test',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  try {
    const { day } = valueOf(await bus.call(usageSummary, {}, { unavailable: 'usage_unavailable' }));
    return Object.fromEntries(
      Object.entries(day.by_deployment).map(([id, counts]) => [id, counts.total_tokens]),
    );
  } finally {
    await bus.drain();
  }
}

/** How many requests this router has decided. */
async function decisionsOf(opsUrl: string): Promise<number> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  const counts = metrics.matchAll(/^signalbox_decisions_total\{.*\} (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Waits until the tokens that the providers reported are the ones that count. */
async function settled(used: Readonly<Record<string, number>>): Promise<void> {
  const counted = async (): Promise<Record<string, number>> => {
    const tokens = await tokensUsed(system?.natsUrl ?? '');
    return Object.fromEntries(Object.keys(used).map((id) => [id, tokens[id] ?? 0]));
  };
  await expect.poll(counted, { timeout: 20_000, interval: 20 }).toEqual(used);
}
