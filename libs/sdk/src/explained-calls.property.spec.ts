/** Real: calls, decisions and limits, in this process. Fakes: providers that answer or do not, a clock that stands still. */
import {
  CallService,
  explainCall,
  httpFailureOf,
  loadCallSettings,
  readCall,
  silentTrace,
  UpstreamError,
  type Call,
  type CallTools,
} from '@signalbox/calls';
import type { RouterSettings } from '@signalbox/config';
import { FaultError, type Caller, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import { decideBatch, explainDecision, type DecisionSources } from '@signalbox/decisions';
import { MemoryLimitStore } from '@signalbox/rate-limits';
import { simpleShuffle, type CooldownPhase } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion } from '@signalbox/routing/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const runs = 300;
const ids = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'];
const regionOf = {
  eu: aRegion('eu'),
  us: aRegion('us', { country: 'US' }),
  se: aRegion('eu', { name: 'swedencentral', country: 'SE' }),
  unknown: undefined,
};
const place = fc.constantFrom<keyof typeof regionOf>('eu', 'us', 'se', 'unknown');
const limit = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const target = fc.constantFrom('a', 'b', 'c', 'a1', 'c1', 'nobody');
const regions = fc.constantFrom<string[]>([], ['eu'], ['us'], ['SE'], ['eu', 'us'], ['ap']);

const anyState = fc.record({
  deployments: fc.tuple(
    ...ids.map(() =>
      fc.record({
        place,
        learned: place,
        rpm: limit,
        maxParallelRequests: limit,
        cooling: fc.constantFrom('cooling', 'probation', undefined, undefined, undefined),
        tags: fc.subarray(['paid', 'free']),
        isDown: fc.boolean(),
        earlierCalls: fc.integer({ min: 0, max: 3 }),
      }),
    ),
  ),
  fallbacks: fc.dictionary(fc.constantFrom('a', 'b', 'c', '*'), fc.array(target, { maxLength: 3 })),
  numRetries: fc.integer({ min: 0, max: 2 }),
  allowedRegions: regions,
  askedRegion: regions,
  keyModels: fc.constantFrom<string[]>([], [], ['a'], ['a', 'b']),
  keyRpm: limit,
  alias: target,
  model: fc.constantFrom('a', 'b', 'c', 'alias', 'b1', 'nobody'),
  tags: fc.subarray(['paid', 'free']),
  taggedOnly: fc.boolean(),
});
type State = typeof anyState extends fc.Arbitrary<infer Value> ? Value : never;

/** A house in this state, to which the same call is put twice: to be explained, and in earnest. */
async function aHouse(state: State) {
  const deployments = state.deployments.map(({ place: at, rpm, maxParallelRequests, tags }, index) => {
    const id = ids[index] ?? '';
    const region = regionOf[at];
    return aDeployment({
      id,
      modelGroup: id.charAt(0),
      order: index,
      tags,
      limits: {
        ...(rpm !== undefined && { rpm }),
        ...(maxParallelRequests !== undefined && { maxParallelRequests }),
      },
      upstream: { provider: 'somebody', model: 'm', apiBase: `https://${id}.example/v1` },
      ...(region !== undefined && { region }),
    });
  });
  const catalog = aCatalog(deployments, { tagFiltering: { enabled: state.taggedOnly, matchAny: true } });
  const limits = new MemoryLimitStore({ now: () => 1_000, random: () => 0 });
  for (const [index, { earlierCalls }] of state.deployments.entries()) {
    for (let count = 0; count < earlierCalls; count += 1) {
      const id = ids[index] ?? '';
      const asked = { candidates: [{ id }], pick: 'first', scopes: [], tokens: 1, leaseMs: 60_000 } as const;
      await limits.admit([{ reservationId: `${id}-${count}`, ...asked }]);
    }
  }
  const stateOf = (id: string) => state.deployments[ids.indexOf(id)];
  const facts = {
    learnedRegion: ({ id }: { id: string }) => regionOf[stateOf(id)?.learned ?? 'unknown'],
    cooldown: ({ id }: { id: string }): CooldownPhase | undefined => {
      const phase = stateOf(id)?.cooling;
      return phase === 'cooling' ? { phase, retryAfterMs: 5_000 } : phase && { phase };
    },
    latencyMs: () => undefined,
    random: () => 0,
  };
  const router: RouterSettings = {
    numRetries: state.numRetries,
    timeoutMs: 10_000,
    retryAfterMs: 0,
    retryPolicy: {},
    modelGroupRetryPolicy: {},
    fallbacks: {
      tables: {
        general: Object.entries(state.fallbacks).map(([model, names]) => ({
          model,
          fallbacks: names.map((name) => ({ model: name })),
        })),
        context_window: [],
        content_policy: [],
      },
      defaults: [],
      maxFallbacks: 5,
    },
    cooldowns: { disabled: true, timeMs: 0, allowedFailsPolicy: {} },
    routingStrategy: 'simple-shuffle',
    limitsWithoutRedis: 'refuse',
  };
  const settings = await loadCallSettings({ catalog, router });
  const rules = { strategy: simpleShuffle, timeoutMs: 10_000 };
  const sources: DecisionSources & { limits: MemoryLimitStore } = { catalog, facts, limits, rules };
  const down = new Set(ids.filter((id) => stateOf(id)?.isDown));
  return { settings, sources, limits, down };
}

type House = Awaited<ReturnType<typeof aHouse>>;

function aCall(state: State, { settings }: House): Call {
  const caller: Caller = {
    keyHash: 'a'.repeat(64),
    keyAlias: null,
    userId: null,
    models: state.keyModels,
    aliases: { alias: state.alias },
    tags: state.tags,
    expiresAt: null,
    team: null,
    ...(state.keyRpm !== undefined && { limits: { rpm: state.keyRpm } }),
  };
  const body = {
    model: state.model,
    messages: [{ role: 'user', content: 'hi' }],
    ...(state.askedRegion.length > 0 && { allowed_model_region: state.askedRegion }),
  };
  const { allowedRegions } = state;
  return readCall(
    {
      requestId: 'a-request',
      mode: 'chat',
      headers: {},
      model: undefined,
      bytes: Buffer.from(JSON.stringify(body)),
      body,
      caller,
      endUserId: 'customer',
      policy: { endUserId: 'customer', blocked: false, allowedRegions, defaultModel: null },
      mayOrderFailures: false,
      tags: { tags: state.tags },
      tagLimits: undefined,
      arrivedAt: performance.now(),
    },
    settings.estimates,
  );
}

/** What the call comes to: every decision, and the error if there is one. */
async function served(house: House, call: Call): Promise<{ decisions: RouteOutcome[]; error: unknown }> {
  const decisions: RouteOutcome[] = [];
  const { settings, sources, down } = house;
  const tools: CallTools = {
    router: {
      async decide(request: RouteRequest) {
        const [outcome] = await decideBatch(sources, [request]);
        if (outcome === undefined) throw new Error('no outcome');
        decisions.push(outcome);
        return outcome;
      },
    },
    attempt: {
      dispatcher: {
        dispatch({ origin }, handler) {
          const controller = handler as never;
          const id = new URL(String(origin)).hostname.split('.')[0] ?? '';
          if (down.has(id)) handler.onResponseError?.(controller, new Error('connection refused'));
          else {
            handler.onResponseStart?.(controller, 200, {});
            handler.onResponseData?.(controller, Buffer.from('{"usage":{"total_tokens":1}}'));
            handler.onResponseEnd?.(controller, {});
          }
          return true;
        },
      },
      settings: { current: settings },
      facts: sources.facts,
      learned: { observe: () => undefined },
      outbox: { add: () => undefined },
      metrics: {
        upstream: () => undefined,
        tokens: () => undefined,
        retry: () => undefined,
        fallback: () => undefined,
      },
      logger: { warn: () => undefined },
      version: 'spec',
      maxAnswerBytes: 1_000,
      isDraining: () => false,
    },
    waits: { wait: () => Promise.resolve(true), stop: () => undefined },
    backoff: { firstMs: 1, longestMs: 1 },
    agreeWithinMs: 0,
    dice: () => 0,
  };
  const client = {
    gone: false,
    onGone: () => undefined,
    setHeaders: () => undefined,
    writeHead: () => undefined,
    write: () => true,
    onDrain: () => undefined,
    end: () => undefined,
  };
  try {
    await new CallService(tools, 10).serve(call, client, silentTrace);
    return { decisions, error: undefined };
  } catch (error) {
    return { decisions, error };
  }
}

function explained(house: House, call: Call) {
  const { settings, sources, down } = house;
  return explainCall(
    {
      attempt: { settings: { current: settings }, facts: sources.facts, version: 'spec' },
      router: { explain: (request) => explainDecision(sources, request) },
      backoff: { firstMs: 1, longestMs: 1 },
      agreeWithinMs: 0,
    },
    call,
    { down, seesHidden: true },
  );
}

function told(outcome: RouteOutcome): unknown {
  const { verdicts } = outcome;
  return outcome.outcome === 'chosen'
    ? { to: outcome.deploymentId, region: outcome.region, verdicts }
    : { fault: outcome.fault, verdicts };
}

function answerOf(error: unknown): unknown {
  if (error instanceof UpstreamError) return error.failure;
  return error instanceof FaultError ? httpFailureOf(error.fault, 'signalbox') : error;
}

/**
 * An attempt that was made takes its request of a deployment's rpm, one that is pretended does not: when a
 * deployment is come back to, the two may differ.
 */
function untilAgain(outcomes: readonly RouteOutcome[]): readonly RouteOutcome[] {
  const seen = new Set<string>();
  const end = outcomes.findIndex((outcome) => {
    if (outcome.outcome !== 'chosen')
      return outcome.verdicts.some(({ deploymentId }) => seen.has(deploymentId));
    const isAgain = outcome.verdicts.some(
      ({ deploymentId, code }) => seen.has(deploymentId) && code !== 'already_tried',
    );
    seen.add(outcome.deploymentId);
    return isAgain;
  });
  return end < 0 ? outcomes : outcomes.slice(0, end);
}

describe('whatever the state of the house', () => {
  it('an explained call is the call that follows: its decisions, the reasons for them, and its error', async () => {
    let answered = 0;
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const house = await aHouse(state);
        const call = aCall(state, house);
        const before = await house.limits.used(ids);
        const explanation = await explained(house, call);
        expect(await house.limits.used(ids)).toEqual(before);
        const happened = await served(house, call);
        const outcomes = explanation.steps.map(({ outcome }) => outcome);
        const certain = untilAgain(happened.decisions);
        expect(outcomes.slice(0, certain.length).map(told)).toEqual(certain.map(told));
        if (certain.length < happened.decisions.length) return;
        expect(answerOf(explanation.error)).toEqual(answerOf(happened.error));
        compared += 1;
        if (happened.error === undefined) answered += 1;
      }),
      { numRuns: runs },
    );
    // Else the states were all alike.
    expect(compared).toBeGreaterThan(runs / 4);
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(compared);
  });

  it('no fallback is foreseen outside the regions that are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const house = await aHouse({ ...state, allowedRegions: ['eu'] });
        const { steps, fallbacks } = await explained(
          house,
          aCall({ ...state, allowedRegions: ['eu'] }, house),
        );
        const picked = [...steps, ...Object.values(fallbacks).flat()].flatMap(({ outcome }) =>
          outcome.outcome === 'chosen' ? [outcome.region?.zone] : [],
        );
        expect(picked.filter((zone) => zone !== 'eu')).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
