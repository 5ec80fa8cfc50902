/** Real: NATS, Redis, two routers in one process with connections of their own, and the asking side of the bus. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  learnedRegions,
  routerDecide,
  routerExplain,
  valueOf,
  type Deployment,
  type RouteExplanation,
  type RouteOutcome,
  type RouteRequest,
} from '@signalbox/contracts';
import { ensureServerBinaries, startNats, startRedis, type RunningServer } from '@signalbox/local-stack';
import { connectBus, createBatcher, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { endpointKey } from '@signalbox/providers';
import { connectRedis, RedisLimitStore } from '@signalbox/rate-limits';
import { aCatalog, aDeployment, aRegion, aRouteRequest, aTeam } from '@signalbox/routing/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsOf } from './spec-support/settings-of.js';
import { startRouter, type RouterParts, type RunningRouter } from './start-router.js';

const logger = createLogger({ service: 'router-spec', level: 'silent' });
const dataDirectory = path.resolve(import.meta.dirname, '../../../.signalbox');
const replicas = 2;

const azure = { provider: 'azure', apiBase: 'https://contoso.openai.azure.com' };
const deployments: readonly Deployment[] = [
  aDeployment({ id: 'eu', region: aRegion('eu'), regionSource: 'declared' }),
  aDeployment({ id: 'us', region: aRegion('us'), regionSource: 'declared' }),
  aDeployment({ id: 'quiet', modelGroup: 'balanced' }),
  aDeployment({ id: 'loud', modelGroup: 'balanced' }),
  aDeployment({ id: 'learned', modelGroup: 'azure', upstream: azure }),
  aDeployment({ id: 'only', modelGroup: 'explained', limits: { rpm: 1 } }),
  aDeployment({ id: 'first', modelGroup: 'burst', limits: { rpm: 120 } }),
  aDeployment({ id: 'second', modelGroup: 'burst', limits: { tpm: 2_400 } }),
  aDeployment({ id: 'spare', modelGroup: 'burst', order: 9, limits: { maxParallelRequests: 7 } }),
];
const catalog = aCatalog(deployments.map((one) => (one.modelGroup === 'burst' ? { order: 1, ...one } : one)));

let directory: string;
let nats: RunningServer;
let redis: RunningServer;
let asking: Bus;
const closing: (() => Promise<unknown>)[] = [];
/** Requests that each router brought to admission. */
const admitted: number[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-router-'));
  const binaries = await ensureServerBinaries({ dataDirectory });
  nats = await startNats({ binary: binaries.nats, directory: path.join(directory, 'nats') });
  const options = { binary: binaries.redis, directory: path.join(directory, 'redis'), durable: false };
  redis = await startRedis(options);
  asking = await connectBus({ servers: nats.url, name: 'asking', logger });
  for (let replica = 0; replica < replicas; replica += 1) await aRouter();
}, 120_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await asking.drain();
  await nats.stop();
  await redis.stop();
  await rm(directory, { recursive: true, force: true });
});

async function aRouter(words: Partial<RouterParts> = {}): Promise<RunningRouter> {
  const bus = await connectBus({ servers: nats.url, name: 'router', logger });
  const client = connectRedis({ url: redis.url, name: 'router', onError: () => undefined });
  const store = new RedisLimitStore({ redis: client });
  const replica = admitted.push(0) - 1;
  const limits: RouterParts['limits'] = {
    preview: (requests) => store.preview(requests),
    used: (ids) => store.used(ids),
    admit(requests) {
      admitted[replica] = (admitted[replica] ?? 0) + requests.length;
      return store.admit(requests);
    },
  };
  const router = await startRouter({ settings: settingsOf({ catalog }), limits, bus, logger, ...words });
  closing.push(async () => {
    await router.stop();
    await bus.drain();
    client.disconnect();
  });
  return router;
}

let attempts = 0;

function aQuestion(words: Partial<RouteRequest> = {}): RouteRequest {
  attempts += 1;
  return aRouteRequest({ attemptId: `attempt-${attempts}`, ...words });
}

async function ask(...requests: RouteRequest[]): Promise<RouteOutcome[]> {
  return valueOf(await asking.call(routerDecide, { requests }, { deadlineMs: 20_000 })).outcomes;
}

async function askOne(words: Partial<RouteRequest> = {}): Promise<RouteOutcome> {
  const [outcome] = await ask(aQuestion(words));
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

const onlyEu = [{ allowed: ['eu'], from: 'end_user' as const }];

describe('a decision over the bus', () => {
  it('names the deployment, where it is and what is left of its limits', async () => {
    const outcome = await askOne({ residency: onlyEu });
    expect(outcome).toMatchObject({
      outcome: 'chosen',
      deploymentId: 'eu',
      region: { zone: 'eu' },
      regionSource: 'declared',
      catalogVersion: catalog.version,
      reservedTokens: 30,
    });
    expect(outcome.verdicts.map(({ code }) => code)).toEqual(['chosen', 'region_outside']);
  });

  it('refuses a region that no deployment is in', async () => {
    const outcome = await askOne({ residency: [{ allowed: ['ap'], from: 'team' }] });
    expect(outcome).toMatchObject({ outcome: 'refused', fault: { code: 'region_restricted' } });
  });

  it('follows the aliases of a team', async () => {
    const team = aTeam({ modelAliases: { 'gpt-3.5-turbo': 'gpt-4' } });
    expect(await askOne({ model: 'gpt-3.5-turbo', team })).toMatchObject({ modelGroup: 'gpt-4' });
  });

  it('takes the deployment with the least tokens used, limits or not', async () => {
    const first = await askOne({ model: 'balanced', outputTokens: 1_000 });
    const busy = first.outcome === 'chosen' ? first.deploymentId : '';
    const next = await ask(
      ...Array.from({ length: 5 }, () => aQuestion({ model: 'balanced', outputTokens: 1 })),
    );
    const others = next.map((outcome) => (outcome.outcome === 'chosen' ? outcome.deploymentId : ''));
    expect(['quiet', 'loud']).toContain(busy);
    expect(new Set(others)).toEqual(new Set(['quiet', 'loud'].filter((id) => id !== busy)));
  });

  it('answers a batch in its order', async () => {
    const models = ['gpt-4', 'unknown', 'balanced'];
    const outcomes = await ask(...models.map((model) => aQuestion({ model })));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['chosen', 'refused', 'chosen']);
  });

  it('uses a region as soon as a gateway has learned it', async () => {
    const words = { model: 'azure', residency: onlyEu };
    expect(await askOne(words)).toMatchObject({ fault: { code: 'region_restricted' } });
    const bucket = await asking.bucket(learnedRegions);
    await bucket.put(endpointKey(azure), { header: 'Sweden Central', observedAt: 0 });
    await expect
      .poll(() => askOne(words), { timeout: 10_000 })
      .toMatchObject({
        outcome: 'chosen',
        deploymentId: 'learned',
        regionSource: 'learned',
      });
  });
});

describe('an explanation over the bus', () => {
  it('is the decision that would be made and what it is made from, and reserves nothing', async () => {
    const before = [...admitted];
    const request = aQuestion({ model: 'explained', outputTokens: 1 });
    const explain = async (): Promise<RouteExplanation> =>
      valueOf(await asking.call(routerExplain, { request }, { deadlineMs: 20_000 }));
    const first = await explain();
    expect(first).toMatchObject({
      outcome: { outcome: 'chosen', deploymentId: 'only' },
      modelGroup: 'explained',
      candidates: [
        { deploymentId: 'only', limits: { rpm: 1 }, used: { requests: 0, tokens: 0, parallel: 0 } },
      ],
    });
    expect(await explain()).toEqual(first);
    expect(admitted).toEqual(before);
    expect(await ask(request)).toMatchObject([{ outcome: 'chosen' }]);
    expect(await ask(aQuestion({ model: 'explained' }))).toMatchObject([
      { fault: { code: 'rate_limit_exceeded' } },
    ]);
    const second = { ...request, attemptId: 'another' };
    expect(
      valueOf(await asking.call(routerExplain, { request: second }, { deadlineMs: 20_000 })),
    ).toMatchObject({
      outcome: { fault: { code: 'rate_limit_exceeded' }, verdicts: [{ code: 'rpm' }] },
      candidates: [{ used: { requests: 1, parallel: 1 } }],
    });
  });
});

it(`keeps limits exact when 500 calls ask ${replicas} routers at once`, async () => {
  const batched = createBatcher((requests: RouteRequest[]) => ask(...requests));
  const single = (request: RouteRequest) => ask(request).then(([outcome]) => outcome);
  const questions = Array.from({ length: 500 }, () => aQuestion({ model: 'burst' }));
  const outcomes = await Promise.all(
    questions.map((question, index) => (index % 2 === 0 ? single(question) : batched(question))),
  );
  const count = (id: string) =>
    outcomes.filter((one) => one?.outcome === 'chosen' && one.deploymentId === id).length;
  // 120 requests a minute, 2,400 tokens a minute at 30 each, 7 at the same time.
  expect([count('first'), count('second'), count('spare')]).toEqual([120, 80, 7]);
  expect(admitted.filter((requests) => requests > 0)).toHaveLength(replicas);
  const refused = outcomes.flatMap((one) => (one?.outcome === 'refused' ? one.fault : []));
  expect(refused).toHaveLength(293);
  for (const { code, message, retryAfterMs } of refused) {
    expect(code).toBe('rate_limit_exceeded');
    expect(message).toContain('No deployments available');
    expect(retryAfterMs).toBeGreaterThan(0);
  }
});

describe('when Redis is gone', () => {
  it('refuses what needs capacity, and a region is still the reason where it was', async () => {
    await redis.stop();
    expect(await askOne()).toMatchObject({ outcome: 'refused', fault: { code: 'limits_unavailable' } });
    const elsewhere = await askOne({ residency: [{ allowed: ['ap'], from: 'end_user' }] });
    expect(elsewhere).toMatchObject({ outcome: 'refused', fault: { code: 'region_restricted' } });
  });
});
