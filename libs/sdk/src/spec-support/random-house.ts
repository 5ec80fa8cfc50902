import { loadCallSettings, readCall, type Call } from '@signalbox/calls';
import type { RouterSettings } from '@signalbox/config';
import type { Caller } from '@signalbox/contracts';
import type { DecisionSources } from '@signalbox/decisions';
import { MemoryLimitStore } from '@signalbox/rate-limits';
import { simpleShuffle, type CooldownPhase } from '@signalbox/routing';
import { aCatalog, aDeployment, aRegion } from '@signalbox/routing/testing';
import fc from 'fast-check';

/** Deployments of three models, each named by its first letter. */
export const ids = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'];
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

/** Where deployments are and how they do, who asks for what, and what all are allowed. */
export const anyState = fc.record({
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
export type State = typeof anyState extends fc.Arbitrary<infer Value> ? Value : never;

/** A house in this state, to which the same call is put twice: to be explained, and in earnest. */
export async function aHouse(state: State) {
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
  const router = routerSettings(state);
  const settings = await loadCallSettings({ catalog, router });
  const rules = { strategy: simpleShuffle, timeoutMs: 10_000 };
  const sources: DecisionSources & { limits: MemoryLimitStore } = { catalog, facts, limits, rules };
  const down = new Set(ids.filter((id) => stateOf(id)?.isDown));
  return { settings, sources, limits, down };
}

function routerSettings(state: State): RouterSettings {
  return {
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
}

export type House = Awaited<ReturnType<typeof aHouse>>;

/** The call of a key with limits, for an end user of some region. */
export function aCall(state: State, { settings }: House): Call {
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
