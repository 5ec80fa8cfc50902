/** Real: HTTP, the whole gateway, NATS. Fake: what router, identity and provider say, and the file that changes. */
import { loadCallSettings } from '@signalbox/calls';
import { fault, type Deployment, type RouteRequest } from '@signalbox/contracts';
import { conclude, judge, refuse } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion } from '@signalbox/routing/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chatEvent, FakeProvider } from '../spec-support/fake-provider.js';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

let provider: FakeProvider;
let under: GatewayUnderTest;
const chat = { model: 'gpt-4', messages: [{ role: 'user', content: 'Hey' }] };

const deployment = (region: string): Deployment =>
  aDeployment({ id: 'mover', region: aRegion(region), upstream: { apiBase: provider.apiBase('mover') } });
const catalogOf = (version: string, ...deployments: Deployment[]) => aCatalog(deployments, { version });

/** The file of the gateway changes. */
async function gatewayGoesBy(version: string, ...deployments: Deployment[]): Promise<void> {
  const { router } = under.settings.current;
  under.settings.replace(await loadCallSettings({ catalog: catalogOf(version, ...deployments), router }));
}

/** A router that goes by these catalogs, and has no other. */
function routerHas(...catalogs: ReturnType<typeof catalogOf>[]): void {
  under.services.decide = (request) => {
    const catalog = catalogs.find(({ version }) => version === request.catalogVersion);
    if (catalog === undefined) return refusedByMismatch(request);
    return conclude(judge(catalog, request, { learnedRegion: () => undefined }));
  };
}

function refusedByMismatch(request: RouteRequest) {
  return refuse(
    { kind: 'refused', request, fault: fault('catalog_mismatch'), verdicts: [] },
    fault('internal_error'),
  );
}

beforeAll(async () => {
  provider = await FakeProvider.start();
  under = await GatewayUnderTest.start({
    deployments: [deployment('eu')],
    catalog: { version: 'first' },
    limits: { agreeWithinMs: 2_000 },
  });
  const policy = { allowedRegions: ['eu'], blocked: false, defaultModel: null };
  under.services.endUsers.set('from-eu', { endUserId: 'from-eu', ...policy });
});

afterAll(async () => {
  await under.stop();
  await provider.stop();
});

beforeEach(async () => {
  provider.reset();
  under.services.forget();
  await gatewayGoesBy('first', deployment('eu'));
  routerHas(catalogOf('first', deployment('eu')));
});

describe('while the configuration changes', () => {
  it('waits for a router that has not seen the change yet', async () => {
    await gatewayGoesBy('second', deployment('eu'));
    const first = under.services.decide;
    under.services.decide = (request) => {
      if (under.services.asked.length >= 3) routerHas(catalogOf('second', deployment('eu')));
      return first(request);
    };
    const response = await under.post('/v1/chat/completions', chat);
    expect(response.status).toBe(200);
    expect(new Set(under.services.asked.map(({ catalogVersion }) => catalogVersion))).toEqual(
      new Set(['second']),
    );
    expect(await under.usageOf(response)).toHaveLength(1);
  });

  it('sends nothing by a decision that was under way, and gives back what it had reserved', async () => {
    under.services.decide = async (request) => {
      const decision = conclude(
        judge(catalogOf('first', deployment('eu')), request, { learnedRegion: () => undefined }),
      );
      await gatewayGoesBy('second', deployment('us'));
      routerHas(catalogOf('second', deployment('us')));
      return decision;
    };
    const response = await under.post('/v1/chat/completions', { ...chat, user: 'from-eu' });
    expect(response.status).toBe(403);
    expect(provider.calls('mover')).toEqual([]);
    const [overtaken] = under.services.asked;
    await vi.waitFor(() => {
      expect(under.services.usage).toMatchObject([{ attemptId: overtaken?.attemptId, outcome: 'failed' }]);
    });
  });

  it('lets an answer that has begun go on to its end, wherever its deployment has gone', async () => {
    let finish: (() => void) | undefined;
    provider.on('mover', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${chatEvent('first')}\n\n`);
      finish = () => response.end(`data: ${chatEvent('last')}\n\ndata: [DONE]\n\n`);
    });
    const response = await under.post('/v1/chat/completions', { ...chat, stream: true });
    await gatewayGoesBy('second', aDeployment({ id: 'another', modelGroup: 'another' }));
    routerHas(catalogOf('second', aDeployment({ id: 'another', modelGroup: 'another' })));
    finish?.();
    expect(await response.text()).toContain('last');
    expect((await under.post('/v1/chat/completions', chat)).status).toBe(404);
    const models = (await (await under.get('/v1/models')).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual(['another']);
  });

  it('retries at what is configured by then', async () => {
    await gatewayGoesBy('second', deployment('eu'));
    routerHas(catalogOf('second', deployment('eu')));
    provider.on('mover', async (response) => {
      const other = aDeployment({ id: 'other', upstream: { apiBase: provider.apiBase('other') } });
      await gatewayGoesBy('third', other);
      routerHas(catalogOf('third', other));
      response.writeHead(500).end();
    });
    const response = await under.post('/v1/chat/completions', chat);
    expect([response.status, response.headers.get('x-litellm-model-id')]).toEqual([200, 'other']);
  });
});

/** Where the deployment is, for the gateway, and while it is being decided; how often the router is asked until it knows. */
const aChange = fc.record({
  region: fc.constantFrom('eu', 'us'),
  meanwhile: fc.option(fc.constantFrom('eu', 'us'), { nil: undefined }),
  askedBefore: fc.nat(2),
});

it('sends nobody restricted to where a deployment has gone, whenever it goes there', async () => {
  const at = (region: string): Deployment =>
    aDeployment({ id: 'mover', region: aRegion(region), upstream: { apiBase: provider.apiBase(region) } });
  let version = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(aChange, { minLength: 1, maxLength: 6 }), async (changes) => {
      const routerCatalogs = [catalogOf('first', deployment('eu'))];
      const goesTo = async (region: string): Promise<void> => {
        version += 1;
        await gatewayGoesBy(`version ${version}`, at(region));
        routerCatalogs.unshift(catalogOf(`version ${version}`, at(region)));
      };
      for (const { region, meanwhile, askedBefore } of changes) {
        await goesTo(region);
        let asked = 0;
        under.services.decide = async (request) => {
          asked += 1;
          if (asked <= askedBefore) return refusedByMismatch(request);
          const catalog = routerCatalogs.find(({ version: known }) => known === request.catalogVersion);
          if (asked === askedBefore + 1 && meanwhile !== undefined) await goesTo(meanwhile);
          if (catalog === undefined) return refusedByMismatch(request);
          return conclude(judge(catalog, request, { learnedRegion: () => undefined }));
        };
        const { status } = await under.post('/v1/chat/completions', { ...chat, user: 'from-eu' });
        // What was refused before the change stays refused.
        const mayBe = new Set([region, meanwhile ?? region].map((one) => (one === 'eu' ? 200 : 403)));
        expect(mayBe).toContain(status);
      }
      expect(provider.calls('us')).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

it('gives up when gateway and router do not come together', async () => {
  await gatewayGoesBy('never heard of', deployment('eu'));
  const response = await under.post('/v1/chat/completions', chat);
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([503, 'true']);
  expect(provider.calls('mover')).toEqual([]);
});
