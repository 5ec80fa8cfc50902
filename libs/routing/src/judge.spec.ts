import type { Catalog, RouteRequest } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { conclude } from './conclude.js';
import { judge } from './judge.js';
import { aCatalog, aDeployment, aRegion, aRouteRequest, aTeam } from './testing-builders.js';

const noFacts = { learnedRegion: () => undefined };

function judged(catalog: Catalog, words: Partial<RouteRequest> = {}) {
  return judge(catalog, aRouteRequest(words), noFacts);
}

function tiersOf(catalog: Catalog, words: Partial<RouteRequest> = {}): string[][] {
  const judgement = judged(catalog, words);
  if (judgement.kind === 'refused') throw new Error(judgement.fault.message);
  return judgement.tiers.map((tier) => tier.map(({ deployment }) => deployment.id));
}

function faultOf(catalog: Catalog, words: Partial<RouteRequest> = {}) {
  const judgement = judged(catalog, words);
  if (judgement.kind === 'open') throw new Error('the request has candidates');
  return judgement.fault;
}

const eu = aDeployment({ id: 'eu', region: aRegion('eu'), regionSource: 'declared' });
const us = aDeployment({ id: 'us', region: aRegion('us') });
const nowhere = aDeployment({ id: 'nowhere' });
const onlyEu = { residency: [{ allowed: ['eu'], from: 'end_user' as const }] };

describe('a customer restricted to the EU', () => {
  it('gets the deployment in the EU and nothing else', () => {
    expect(tiersOf(aCatalog([us, nowhere, eu]), onlyEu)).toEqual([['eu']]);
  });

  it('hears where it wanted to be and who said so when there is none', () => {
    const { code, message } = faultOf(aCatalog([us, nowhere]), onlyEu);
    expect(code).toBe('region_restricted');
    expect(message).toBe(
      'No deployments available for gpt-4 in the allowed region eu (demanded by the end user).',
    );
  });

  it('is not served elsewhere by asking for a deployment by its id', () => {
    expect(faultOf(aCatalog([us, eu]), { ...onlyEu, model: 'us' }).code).toBe('region_restricted');
  });

  it('is not served elsewhere on a retry', () => {
    expect(faultOf(aCatalog([us, eu]), { ...onlyEu, exclude: ['eu'] }).code).toBe('region_restricted');
  });

  it('is not served elsewhere through an alias or a wildcard', () => {
    const catalog = aCatalog([us, aDeployment({ id: 'wild', modelGroup: '*', region: aRegion('us') })], {
      groupAliases: { alias: { model: 'gpt-4', hidden: true } },
    });
    expect(faultOf(catalog, { ...onlyEu, model: 'alias' }).code).toBe('region_restricted');
    expect(faultOf(catalog, { ...onlyEu, model: 'anything' }).code).toBe('region_restricted');
  });
});

describe('which error', () => {
  it('is that of the deployment that came furthest', () => {
    const small = { ...eu, id: 'small', maxInputTokens: 5 };
    const catalog = aCatalog([us, small, nowhere], { checkContextWindow: true });
    const { code, message } = faultOf(catalog, onlyEu);
    expect(code).toBe('context_length_exceeded');
    expect(message).toContain('Context Window exceeded');
  });

  it('says that all were tried when all were', () => {
    expect(faultOf(aCatalog([eu, us]), { exclude: ['eu', 'us'] }).code).toBe('no_deployment_available');
  });

  it('says that the model cannot do this', () => {
    const catalog = aCatalog([aDeployment({ mode: 'embedding' })]);
    expect(faultOf(catalog).code).toBe('capability_unsupported');
  });

  it('says that the tags allow none', () => {
    const catalog = aCatalog([aDeployment({ tags: ['paid'] })], {
      tagFiltering: { enabled: true, matchAny: true },
    });
    const { code, message } = faultOf(catalog, { tags: ['free'] });
    expect(code).toBe('tags_restricted');
    expect(message).toContain('No deployments available');
  });

  it('hides deployments of other teams as if they did not exist', () => {
    const ofRed = aDeployment({ id: 'red', teamId: 'red' });
    expect(faultOf(aCatalog([ofRed]))).toEqual(faultOf(aCatalog([])));
    expect(faultOf(aCatalog([eu, ofRed]), { exclude: ['eu'] }).code).toBe('no_deployment_available');
  });
});

describe('model access', () => {
  it('answers an unrestricted caller that the model does not exist', () => {
    const { code, message, param } = faultOf(aCatalog([eu]), { model: 'gpt-5' });
    expect(code).toBe('model_not_found');
    expect(message).toBe('Invalid model name passed. model=gpt-5');
    expect(param).toBe('model');
  });

  it('does not tell a restricted key whether a model it may not use exists', () => {
    const asked = (model: string) => faultOf(aCatalog([eu]), { model, keyModels: ['other'] });
    expect(asked('gpt-4').code).toBe('key_model_access_denied');
    expect(asked('gpt-4').message).toContain('key not allowed to access model');
    expect(asked('gpt-9')).toEqual({
      ...asked('gpt-4'),
      message: asked('gpt-4').message.replace('gpt-4', 'gpt-9'),
    });
  });

  it('names the team when its list refuses', () => {
    const team = aTeam({ models: ['other'] });
    expect(faultOf(aCatalog([eu]), { team }).code).toBe('team_model_access_denied');
  });

  it('tells a restricted caller about a granted model that is gone', () => {
    expect(faultOf(aCatalog([eu]), { model: 'gone', keyModels: ['gone'] }).code).toBe('model_not_found');
  });

  it('repeats no more than a glimpse of an endless name', () => {
    expect(faultOf(aCatalog([eu]), { model: 'x'.repeat(100_000) }).message.length).toBeLessThan(300);
  });
});

describe('preferences', () => {
  const first = aDeployment({ id: 'first', order: 1 });
  const second = aDeployment({ id: 'second', order: 2 });
  const unordered = aDeployment({ id: 'unordered' });

  it('offer the lowest order first and deployments without one last', () => {
    expect(tiersOf(aCatalog([unordered, second, first]))).toEqual([['first'], ['second'], ['unordered']]);
  });

  it('go on with the next order when the lowest was tried', () => {
    expect(tiersOf(aCatalog([unordered, second, first]), { exclude: ['first'] })[0]).toEqual(['second']);
  });

  const tagFiltering = { enabled: true, matchAny: true };
  const free = aDeployment({ id: 'free', tags: ['free'], order: 2 });
  const fallback = aDeployment({ id: 'fallback', tags: ['default'], order: 1 });
  const plain = aDeployment({ id: 'plain' });

  it('take matching tags before default ones, whatever their order', () => {
    expect(tiersOf(aCatalog([fallback, free], { tagFiltering }), { tags: ['free'] })).toEqual([['free']]);
  });

  it('take default ones when no tag matches', () => {
    expect(tiersOf(aCatalog([fallback, free, plain], { tagFiltering }), { tags: ['gold'] })).toEqual([
      ['fallback'],
    ]);
  });

  it('take default ones for requests without tags, and all when there is no default', () => {
    expect(tiersOf(aCatalog([free, plain, fallback], { tagFiltering }))).toEqual([['fallback']]);
    expect(tiersOf(aCatalog([free, plain], { tagFiltering }))).toEqual([['free'], ['plain']]);
  });

  it('take any that obeys a request which only requires or excludes, default ones first unless it requires', () => {
    const catalog = aCatalog([free, plain, fallback], { tagFiltering });
    expect(tiersOf(catalog, { tags: ['&free'] })).toEqual([['free']]);
    expect(tiersOf(catalog, { tags: ['!free'] })).toEqual([['fallback']]);
    expect(tiersOf(catalog, { tags: ['!default'] })).toEqual([['free'], ['plain']]);
  });

  it('leave tags alone while tag filtering is off', () => {
    expect(tiersOf(aCatalog([free, plain]), { tags: ['gold'] })).toEqual([['free'], ['plain']]);
  });
});

it('gives every deployment of the group one verdict, in the order of the configuration', () => {
  const tagFiltering = { enabled: true, matchAny: true };
  const deployments = [
    us,
    { ...eu, id: 'late', order: 7, tags: ['t'] },
    { ...eu, id: 'soon', order: 1, tags: ['t'] },
    { ...eu, id: 'else', tags: ['default'] },
    aDeployment({ id: 'foreign', modelGroup: 'gpt-3.5-turbo' }),
  ];
  const outcome = conclude(judged(aCatalog(deployments, { tagFiltering }), { ...onlyEu, tags: ['t'] }));
  expect(outcome.verdicts.map(({ deploymentId, code }) => [deploymentId, code])).toEqual([
    ['us', 'region_outside'],
    ['late', 'lower_order'],
    ['soon', 'chosen'],
    ['else', 'not_preferred'],
  ]);
});
