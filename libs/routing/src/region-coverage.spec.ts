import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude } from './conclude.js';
import type { FallbackRules } from './fallbacks/fallback-rules.js';
import { judge } from './judge.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest } from './testing-builders.js';
import { regionCoverage } from './region-coverage.js';

const facts = { learnedRegion: () => undefined };

function rulesFrom(
  general: Record<string, string[]>,
  contextWindow: Record<string, string[]> = {},
): FallbackRules {
  const table = (entries: Record<string, string[]>) =>
    Object.entries(entries).map(([model, names]) => ({
      model,
      fallbacks: names.map((name) => ({ model: name })),
    }));
  return {
    tables: { general: table(general), context_window: table(contextWindow), content_policy: [] },
    defaults: [],
    maxFallbacks: 5,
  };
}

describe('the coverage of regions', () => {
  const catalog = aCatalog(
    [
      aDeployment({ id: 'se', modelGroup: 'chat', region: aRegion('eu', { country: 'SE' }) }),
      aDeployment({ id: 'ch', modelGroup: 'chat', region: aRegion('ch') }),
      aDeployment({ id: 'us', modelGroup: 'chat-us', region: aRegion('us') }),
      aDeployment({ id: 'somewhere', modelGroup: 'chat-us' }),
      aDeployment({ id: 'lab', modelGroup: 'lab', region: { name: 'my-cellar' } }),
    ],
    { groupAliases: { fast: { model: 'chat', hidden: false } } },
  );

  it('says where each group serves, and where its callers are refused', () => {
    const { zones, groups } = regionCoverage(catalog, rulesFrom({ 'chat-us': ['fast'] }), facts);
    expect(zones).toEqual(['ch', 'eu', 'my-cellar', 'us']);
    expect(groups.map(({ modelGroup, zones: own, refusedIn }) => [modelGroup, own, refusedIn])).toEqual([
      ['chat', ['ch', 'eu'], ['my-cellar', 'us']],
      ['chat-us', ['us'], ['my-cellar']],
      ['lab', ['my-cellar'], ['ch', 'eu', 'us']],
    ]);
    expect(groups[1]?.deployments).toEqual([
      { deploymentId: 'us', region: aRegion('us'), regionSource: 'declared' },
      { deploymentId: 'somewhere' },
    ]);
  });

  it('says which fallbacks never serve whom, of each kind', () => {
    const rules = rulesFrom({ chat: ['chat-us', 'nobody'] }, { chat: ['lab'] });
    const [chat] = regionCoverage(catalog, rules, facts).groups;
    expect(chat?.fallbacks).toEqual([
      { kind: 'general', model: 'chat-us', zones: ['us'], neverFor: ['ch', 'eu', 'my-cellar'] },
      { kind: 'general', model: 'nobody', zones: [], neverFor: ['ch', 'eu', 'my-cellar', 'us'] },
      { kind: 'context_window', model: 'lab', zones: ['my-cellar'], neverFor: ['ch', 'eu', 'us'] },
    ]);
  });

  it('follows fallbacks of fallbacks, round and round', () => {
    const rules = rulesFrom({ lab: ['chat-us'], 'chat-us': ['chat'], chat: ['lab'] });
    const { groups } = regionCoverage(catalog, rules, facts);
    expect(groups.map(({ refusedIn }) => refusedIn)).toEqual([[], [], []]);
  });

  it('counts Europe as the house does', () => {
    const house = { ...catalog, regionCompat: 'litellm' as const };
    const coverage = regionCoverage(house, rulesFrom({}), facts);
    expect(coverage.groups[0]?.zones).toEqual(['ch', 'eu']);
    expect(
      regionCoverage({ ...house, deployments: house.deployments.slice(1) }, rulesFrom({}), facts).zones,
    ).toEqual(['ch', 'my-cellar', 'us']);
  });

  it('is what the router decides, whatever the catalog', () => {
    const zone = fc.constantFrom('eu', 'us', 'ap', undefined);
    const anyDeployments = fc.array(fc.record({ modelGroup: fc.constantFrom('a', 'b'), zone }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyDeployments, (words) => {
        const deployments = words.map(({ modelGroup, zone: at }, index) =>
          aDeployment({ id: String(index), modelGroup, ...(at !== undefined && { region: aRegion(at) }) }),
        );
        const house = aCatalog(deployments);
        const { zones, groups } = regionCoverage(house, rulesFrom({}), facts);
        for (const { modelGroup, zones: served } of groups) {
          for (const at of zones) {
            const request = aRouteRequest({ model: modelGroup, residency: [{ allowed: [at], from: 'key' }] });
            const { outcome } = conclude(judge(house, request, facts));
            expect(outcome === 'chosen').toBe(served.includes(at));
          }
        }
      }),
    );
  });
});
