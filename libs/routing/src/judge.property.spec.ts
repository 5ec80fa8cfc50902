/**
 * Random catalogs, requests, learned regions and capacities, judged a second time by an oracle that shares no
 * code with the lib: it follows the documentation word by word and does not care for speed.
 */
import type { Catalog, Deployment, Region, RouteOutcome, RouteRequest } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude, type Admission } from './conclude.js';
import { judge } from './judge.js';
import type { Judgement } from './judgement.js';
import { aCatalog, aDeployment, aRouteRequest } from './testing-builders.js';
import { visibleModels } from './visible-models.js';

const regions: readonly Region[] = [
  { name: 'swedencentral', zone: 'eu', country: 'SE' },
  { name: 'eu-west-3', zone: 'eu', country: 'FR' },
  { name: 'eu', zone: 'eu' },
  { name: 'uksouth', zone: 'uk', country: 'GB' },
  { name: 'switzerlandnorth', zone: 'ch', country: 'CH' },
  { name: 'eastus', zone: 'us', country: 'US' },
  { name: 'moon base' },
];
const groups = ['a', 'b', 'openai/*', 'openai/x', 'openai/x*', '*'];
const names = [...groups, 'openai/xy', 'openai/z', 'd0', 'd1', 'alias', 'ghost', 'constructor'];
const tags = ['free', 'paid', 'default'];
const entries = ['eu', 'EU', 'us', 'SE', 'fr', 'uk', 'CH', 'Moon Base', 'Sweden Central', 'atlantis', ''];
const listEntries = [...names, 'all-proxy-models', 'all-team-models', 'no-default-models'];

const maybe = <Value>(values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const some = <Value>(values: readonly Value[], maxLength: number) =>
  fc.array(fc.constantFrom(...values), { maxLength });
const aliases = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...names), { maxKeys: 2 });
const models = fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, some(listEntries, 3));

const deployments = fc
  .array(
    fc.record({
      modelGroup: fc.constantFrom(...groups),
      region: maybe(regions),
      order: maybe([1, 2]),
      tags: some(tags, 2),
      teamId: maybe([undefined, undefined, 'red', 'blue']),
      mode: maybe([undefined, 'chat', 'embedding', 'completion', 'rerank']),
      maxInputTokens: maybe([undefined, 10, 100]),
    }),
    { maxLength: 7 },
  )
  .map((drawn): Deployment[] => drawn.map((words, index) => deploymentOf(index, words)));

function deploymentOf(index: number, words: Record<string, unknown>): Deployment {
  const known = Object.entries(words).filter(([, value]) => value !== undefined);
  return aDeployment({ ...Object.fromEntries(known), id: `d${index}`, upstream: { model: '*' } });
}

const catalogs = fc
  .record({
    deployments,
    aliased: aliases,
    enabled: fc.boolean(),
    matchAny: fc.boolean(),
    checkContextWindow: fc.boolean(),
    regionCompat: fc.constantFrom('strict' as const, 'litellm' as const),
  })
  .map(({ deployments: drawn, aliased, enabled, matchAny, ...rules }) =>
    aCatalog(drawn, {
      ...rules,
      tagFiltering: { enabled, matchAny },
      groupAliases: Object.fromEntries(
        Object.entries(aliased).map(([alias, model]) => [alias, { model, hidden: false }]),
      ),
    }),
  );

const requests = fc
  .record({
    model: fc.constantFrom(...names),
    mode: fc.constantFrom('chat' as const, 'completion' as const, 'embedding' as const),
    promptTokens: fc.constantFrom(1, 10, 11, 100, 101),
    residency: fc.array(
      fc.record({
        allowed: fc.array(fc.constantFrom(...entries), { minLength: 1, maxLength: 2 }),
        from: fc.constantFrom('end_user' as const, 'team' as const, 'key' as const, 'request' as const),
      }),
      { maxLength: 2 },
    ),
    keyModels: models,
    keyAliases: aliases,
    team: fc.option(fc.record({ teamId: fc.constantFrom('red', 'blue'), models, modelAliases: aliases })),
    tags: some(tags, 2),
    exclude: some(['d0', 'd1', 'd2', 'd3'], 2),
  })
  .map((words) => aRouteRequest(words));

/** Per deployment number: its learned region and whether it has capacity. */
const worlds = fc.record({
  learned: fc.array(maybe(regions), { minLength: 7, maxLength: 7 }),
  full: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
});
type World = typeof worlds extends fc.Arbitrary<infer Drawn> ? Drawn : never;
const numberOf = (id: string) => Number(id.slice(1));
function admit(judgement: Judgement, { full }: World): Admission | undefined {
  if (judgement.kind === 'refused') return undefined;
  const offered = judgement.tiers.flat().map(({ deployment }) => deployment.id);
  const chosenId = offered.find((id) => full[numberOf(id)] === false);
  const code = (id: string) => (full[numberOf(id)] === true ? 'rpm' : 'eligible');
  return { chosenId, verdicts: offered.map((id) => ({ id, code: code(id) })) };
}

function decide(catalog: Catalog, request: RouteRequest, world: World): RouteOutcome {
  const learnedRegion = ({ id }: Deployment) => world.learned[numberOf(id)];
  const judgement = judge(catalog, request, { learnedRegion });
  return conclude(judgement, admit(judgement, world));
}

// ---- the oracle ----

const squeeze = (text: string) => text.toLowerCase().split(' ').join('');

function naiveLocation(deployment: Deployment, world: World): Region | undefined {
  return deployment.region ?? world.learned[numberOf(deployment.id)];
}

function naivelyInside(region: Region | undefined, request: RouteRequest, catalog: Catalog): boolean {
  for (const { allowed } of request.residency) {
    let inside = false;
    for (const entry of allowed) {
      if (region === undefined || entry === '') continue;
      if (squeeze(entry) === squeeze(region.name)) inside = true;
      if (squeeze(entry) === region.zone || entry.toUpperCase() === region.country) inside = true;
      const counted = catalog.regionCompat === 'litellm' && (region.zone === 'uk' || region.zone === 'ch');
      if (counted && entry.toLowerCase() === 'eu') inside = true;
    }
    if (!inside) return false;
  }
  return true;
}

const naiveMatch = (pattern: string, name: string) =>
  new RegExp(`^${pattern.replace('*', '.+')}$`).test(name);

function naiveNames(catalog: Catalog, request: RouteRequest): string[] {
  const steps = [
    new Map(Object.entries(request.team?.modelAliases ?? {})),
    new Map(Object.entries(request.keyAliases)),
    new Map(Object.entries(catalog.groupAliases).map(([alias, { model }]) => [alias, model])),
  ];
  const path = [request.model];
  for (const step of steps) path.push(step.get(path.at(-1) ?? '') ?? path.at(-1) ?? '');
  return path;
}

function naiveGroup(catalog: Catalog, name: string): { group: string; members: Deployment[] } | undefined {
  const all = catalog.deployments;
  const exact = all.filter((one) => one.modelGroup === name && !name.includes('*'));
  if (exact.length > 0) return { group: name, members: exact };
  const patterns = [...new Set(all.map((one) => one.modelGroup))]
    .filter((pattern) => pattern.includes('*') && naiveMatch(pattern, name))
    .sort((a, b) => b.length - a.length);
  const best = patterns[0];
  if (best !== undefined) return { group: best, members: all.filter((one) => one.modelGroup === best) };
  const single = all.find((one) => one.id === name && !one.modelGroup.includes('*'));
  return single && { group: single.modelGroup, members: [single] };
}

function naivelyDenied(request: RouteRequest, path: string[], group: string | undefined): string | undefined {
  const grants = (list: string[], listed: string[]) =>
    list.length === 0 ||
    list.includes('all-proxy-models') ||
    list
      .filter((entry) => !entry.endsWith('-models'))
      .some((entry) =>
        listed.some((name) => entry === name || (entry.includes('*') && naiveMatch(entry, name))),
      );
  const reached = group === undefined ? path : [...path, group];
  const leftToTeam = request.team !== null && request.keyModels.includes('all-team-models');
  if (!leftToTeam && !grants(request.keyModels, reached)) return 'key_model_access_denied';
  const keyChangedIt = path[1] !== path[2];
  const fits = grants(request.team?.models ?? [], keyChangedIt ? reached.slice(2) : reached);
  return fits ? undefined : 'team_model_access_denied';
}

/** The first true objection in the documented order; undefined: none. */
function naiveObjection(one: Deployment, request: RouteRequest, catalog: Catalog, world: World) {
  const { enabled, matchAny } = catalog.tagFiltering;
  const shared = request.tags.filter((tag) => one.tags.includes(tag)).length;
  const tagged = matchAny ? shared > 0 : shared === request.tags.length;
  const text = ['chat', 'completion'];
  const sameKind =
    one.mode === undefined ||
    one.mode === request.mode ||
    (text.includes(one.mode) && text.includes(request.mode));
  if (request.exclude.includes(one.id)) return 'already_tried';
  if (one.teamId !== undefined && one.teamId !== request.team?.teamId) return 'team_access';
  const where = naiveLocation(one, world);
  if (!naivelyInside(where, request, catalog))
    return where === undefined ? 'region_unknown' : 'region_outside';
  if (enabled && request.tags.length > 0 && !tagged && !one.tags.includes('default')) return 'tags';
  if (!sameKind) return 'mode';
  if (catalog.checkContextWindow && request.promptTokens > (one.maxInputTokens ?? Infinity))
    return 'context_window';
  return undefined;
}

const faultsByRank: readonly (readonly [string, string])[] = [
  ['context_window', 'context_length_exceeded'],
  ['mode', 'capability_unsupported'],
  ['tags', 'tags_restricted'],
  ['region_outside', 'region_restricted'],
  ['region_unknown', 'region_restricted'],
  ['already_tried', 'no_deployment_available'],
  ['team_access', 'model_not_found'],
];

function naiveRefusal(catalog: Catalog, request: RouteRequest, world: World): string | undefined {
  const path = naiveNames(catalog, request);
  const found = naiveGroup(catalog, path[3] ?? '');
  const denied = naivelyDenied(request, path, found?.group);
  if (denied !== undefined) return denied;
  if (found === undefined) return 'model_not_found';
  const objections = found.members.map((one) => naiveObjection(one, request, catalog, world));
  if (!objections.includes(undefined)) {
    return faultsByRank.find(([objection]) => objections.some((each) => each === objection))?.[1];
  }
  const preferred = naivelyPreferred(found.members, request, catalog, world);
  return preferred.every(({ id }) => world.full[numberOf(id)]) ? 'rate_limit_exceeded' : undefined;
}

function naivelyPreferred(members: Deployment[], request: RouteRequest, catalog: Catalog, world: World) {
  const passed = members.filter((one) => naiveObjection(one, request, catalog, world) === undefined);
  if (!catalog.tagFiltering.enabled) return passed;
  const wants = request.tags.length === 0 ? ['default'] : request.tags;
  const all = !catalog.tagFiltering.matchAny && request.tags.length > 0;
  const better = passed.filter((one) =>
    all ? wants.every((tag) => one.tags.includes(tag)) : wants.some((tag) => one.tags.includes(tag)),
  );
  return better.length > 0 ? better : passed;
}

const cases = { numRuns: 10_000 };

describe('whatever the catalog, the request and the learned regions', () => {
  it('a decision stays in the allowed regions, in the group, and off tried deployments', () => {
    const property = fc.property(catalogs, requests, worlds, (catalog, request, world) => {
      const outcome = decide(catalog, request, world);
      if (outcome.outcome === 'refused') return;
      const chosen = catalog.deployments.find(({ id }) => id === outcome.deploymentId);
      if (chosen === undefined) throw new Error('an unknown deployment was chosen');
      expect(naivelyInside(naiveLocation(chosen, world), request, catalog)).toBe(true);
      expect(outcome.region).toEqual(naiveLocation(chosen, world));
      expect(request.exclude).not.toContain(chosen.id);
      const found = naiveGroup(catalog, naiveNames(catalog, request)[3] ?? '');
      const preferred = naivelyPreferred(found?.members ?? [], request, catalog, world);
      const free = preferred.filter(({ id }) => world.full[numberOf(id)] === false);
      const lowest = Math.min(...free.map(({ order }) => order ?? Infinity));
      expect(free).toContain(chosen);
      expect(chosen.order ?? Infinity).toBe(lowest);
    });
    fc.assert(property, cases);
  }, 120_000);

  it('a refusal names a true reason, and a request that can be served is not refused', () => {
    const property = fc.property(catalogs, requests, worlds, (catalog, request, world) => {
      const outcome = decide(catalog, request, world);
      const code = outcome.outcome === 'refused' ? outcome.fault.code : undefined;
      expect(code).toBe(naiveRefusal(catalog, request, world));
    });
    fc.assert(property, cases);
  }, 120_000);

  it('every deployment of the resolved group has exactly one verdict, and a true one', () => {
    const property = fc.property(catalogs, requests, worlds, (catalog, request, world) => {
      const path = naiveNames(catalog, request);
      const found = naiveGroup(catalog, path[3] ?? '');
      const { verdicts } = decide(catalog, request, world);
      if (found === undefined || naivelyDenied(request, path, found.group) !== undefined) {
        expect(verdicts).toEqual([]);
        return;
      }
      expect(verdicts.map(({ deploymentId }) => deploymentId)).toEqual(found.members.map(({ id }) => id));
      for (const [index, one] of found.members.entries()) {
        const objection = naiveObjection(one, request, catalog, world);
        const passed = ['chosen', 'eligible', 'lower_order', 'not_preferred', 'rpm'];
        expect(objection === undefined ? passed : [objection]).toContain(verdicts[index]?.code);
      }
    });
    fc.assert(property, cases);
  }, 120_000);

  it('a model that is listed can be called, as far as lists and teams go', () => {
    const property = fc.property(catalogs, requests, worlds, (catalog, request, world) => {
      for (const model of visibleModels(catalog, request)) {
        const plain = aRouteRequest({ model, keyModels: request.keyModels, team: request.team });
        const outcome = decide(catalog, plain, { ...world, full: world.full.map(() => false) });
        const code = outcome.outcome === 'refused' ? outcome.fault.code : undefined;
        expect([undefined, 'capability_unsupported', 'context_length_exceeded']).toContain(code);
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  }, 120_000);
});
