import { describe, expect, it } from 'vitest';
import { findTarget, followAliases } from './resolve-model.js';
import { aCatalog, aDeployment, aTeam } from './testing-builders.js';

describe('followAliases', () => {
  it('asks the team first, then the key, then the configuration, each about the result so far', () => {
    const catalog = aCatalog([], { groupAliases: { c: { model: 'd', hidden: false } } });
    const path = followAliases(catalog, {
      model: 'a',
      team: aTeam({ modelAliases: { a: 'b' } }),
      keyAliases: { b: 'c' },
    });
    expect(path).toEqual({ requested: 'a', afterTeamAlias: 'b', afterKeyAlias: 'c', afterGroupAlias: 'd' });
  });

  it('applies each once, so that aliases in a circle end', () => {
    const catalog = aCatalog([], { groupAliases: { a: { model: 'b', hidden: false } } });
    const team = aTeam({ modelAliases: { a: 'b', b: 'a' } });
    expect(followAliases(catalog, { model: 'a', team, keyAliases: { b: 'a', a: 'b' } }).afterGroupAlias).toBe(
      'b',
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('is not fooled by a model called %s', (model) => {
    const path = followAliases(aCatalog([]), { model, team: aTeam(), keyAliases: {} });
    expect(path.afterGroupAlias).toBe(model);
  });
});

describe('findTarget', () => {
  const catalog = aCatalog([
    aDeployment({ id: 'exact', modelGroup: 'openai/gpt-4' }),
    aDeployment({ id: 'all', modelGroup: '*', upstream: { model: '*' } }),
    aDeployment({ id: 'openai', modelGroup: 'openai/*', upstream: { model: '*' } }),
    aDeployment({ id: 'gpt', modelGroup: 'openai/gpt-*', upstream: { model: 'gpt-*' } }),
    aDeployment({ id: 'suffix', modelGroup: '*-batch' }),
  ]);

  it('takes the group of exactly this name before any wildcard', () => {
    expect(findTarget(catalog, 'openai/gpt-4')).toMatchObject({ modelGroup: 'openai/gpt-4' });
  });

  it.each([
    ['openai/gpt-4o', 'openai/gpt-*', '4o'],
    ['openai/o3', 'openai/*', 'o3'],
    ['mistral/large', '*', 'mistral/large'],
    ['nightly-batch', '*-batch', 'nightly'],
    ['openai/', '*', 'openai/'],
  ])('%s belongs to %s with the tail %s', (name, modelGroup, wildcardTail) => {
    expect(findTarget(catalog, name)).toMatchObject({ modelGroup, wildcardTail });
  });

  it('treats the name of a wildcard group itself as any other name', () => {
    expect(findTarget(catalog, 'openai/*')).toMatchObject({ modelGroup: 'openai/*', wildcardTail: '*' });
  });

  it('finds a single deployment by its id', () => {
    const plain = aCatalog([aDeployment({ id: 'one' }), aDeployment({ id: 'two' })]);
    const target = findTarget(plain, 'two');
    expect(target?.modelGroup).toBe('gpt-4');
    expect(target?.deployments.map(({ id }) => id)).toEqual(['two']);
  });

  it('cannot serve a wildcard deployment by its id, for the upstream model would have no name', () => {
    const wild = aDeployment({ id: 'wild', modelGroup: 'openai/*', upstream: { model: '*' } });
    const fixed = aDeployment({ id: 'fixed', modelGroup: 'azure/*', upstream: { model: 'gpt-4' } });
    expect(findTarget(aCatalog([wild, fixed]), 'wild')).toBeUndefined();
    expect(findTarget(aCatalog([wild, fixed]), 'fixed')?.deployments).toEqual([fixed]);
  });

  it('knows nothing else', () => {
    expect(findTarget(aCatalog([aDeployment()]), 'gpt-5')).toBeUndefined();
  });
});
