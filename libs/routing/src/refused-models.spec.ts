import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conclude } from './conclude.js';
import type { FallbackRules } from './fallbacks/fallback-rules.js';
import { judge } from './judge.js';
import { refusedModels, type RestrictedCustomer } from './refused-models.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest, aTeam } from './testing-builders.js';

const facts = { learnedRegion: () => undefined };
const european: RestrictedCustomer = {
  residency: [{ allowed: ['eu'], from: 'end_user' }],
  keyModels: [],
  keyAliases: {},
  team: null,
};

function rulesFrom(general: Readonly<Record<string, readonly string[]>>): FallbackRules {
  const entries = Object.entries(general).map(([model, names]) => ({
    model,
    fallbacks: names.map((name) => ({ model: name })),
  }));
  return {
    tables: { general: entries, context_window: [], content_policy: [] },
    defaults: [],
    maxFallbacks: 5,
  };
}

describe('the models that a restricted customer may use and is refused', () => {
  const catalog = aCatalog([
    aDeployment({ id: 'se', modelGroup: 'chat', region: aRegion('eu') }),
    aDeployment({ id: 'us', modelGroup: 'chat-us', region: aRegion('us') }),
    aDeployment({ id: 'lost', modelGroup: 'lost' }),
    aDeployment({ id: 'reds', modelGroup: 'of-red', region: aRegion('eu'), teamId: 'red' }),
  ]);
  const refused = (customer: Partial<RestrictedCustomer>, general = {}): string[] =>
    refusedModels(catalog, rulesFrom(general), facts, { ...european, ...customer });

  it('are those with no deployment in all of its regions', () => {
    expect(refused({})).toEqual(['chat-us', 'lost']);
    const both = [...european.residency, { allowed: ['us'], from: 'key' as const }];
    expect(refused({ residency: both })).toEqual(['chat', 'chat-us', 'lost']);
  });

  it('are not those with a fallback that serves it, or one of that', () => {
    expect(refused({}, { 'chat-us': ['lost'], lost: ['chat'], chat: ['chat-us'] })).toEqual([]);
    expect(refused({ keyModels: ['chat-us'] }, { 'chat-us': ['chat'] })).toEqual(['chat-us']);
  });

  it('are those of its own lists, names and teams alone', () => {
    expect(refused({ keyModels: ['chat', 'lost'] })).toEqual(['lost']);
    const red = aTeam({ teamId: 'red', modelAliases: { 'chat-us': 'chat' } });
    expect(refused({ team: red })).toEqual(['lost']);
    expect(refused({ team: { ...red, teamId: 'blue' } })).toEqual(['lost']);
    expect(refused({ keyAliases: { 'chat-us': 'chat' } })).toEqual(['lost']);
  });

  it('are what the router refuses for its region, whatever the catalog', () => {
    const place = fc.constantFrom('eu', 'us', 'ch', undefined);
    const team = fc.constantFrom('red', 'blue', undefined);
    const group = fc.constantFrom('a', 'b', 'c/*');
    const deployments = fc.array(fc.record({ group, place, team }), { maxLength: 6 });
    const residency = fc.array(fc.uniqueArray(fc.constantFrom('eu', 'us', 'ch'), { minLength: 1 }), {
      minLength: 1,
      maxLength: 3,
    });
    const models = fc.uniqueArray(fc.constantFrom('a', 'b', 'c/d'));
    const teamId = fc.constantFrom('red', 'blue', null);
    fc.assert(
      fc.property(deployments, residency, models, teamId, (words, lists, keyModels, of) => {
        const house = aCatalog(
          words.map(({ group: modelGroup, place: at, team: owner }, index) =>
            aDeployment({
              id: String(index),
              modelGroup,
              ...(at !== undefined && { region: aRegion(at) }),
              ...(owner !== undefined && { teamId: owner }),
            }),
          ),
        );
        const rules = lists.map((allowed) => ({ allowed, from: 'key' as const }));
        const customer = { residency: rules, keyModels, keyAliases: {}, team: of && aTeam({ teamId: of }) };
        const told = new Set(refusedModels(house, rulesFrom({}), facts, customer));
        for (const model of ['a', 'b', 'c/d']) {
          const decided = outcomeOf(model);
          const code = decided.outcome === 'refused' ? decided.fault.code : 'chosen';
          const name = model === 'c/d' && !keyModels.includes('c/d') ? 'c/*' : model;
          expect([model, told.has(name)]).toEqual([model, code === 'region_restricted']);
        }
        function outcomeOf(model: string) {
          const { team: own, residency: under } = customer;
          return conclude(
            judge(house, aRouteRequest({ model, residency: under, keyModels, team: own }), facts),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
