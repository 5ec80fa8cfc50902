import { describe, expect, it } from 'vitest';
import { deniedBy } from './model-access.js';
import type { NamePath } from './resolve-model.js';
import { aTeam } from './testing-builders.js';

function path(requested: string, words: Partial<NamePath> = {}): NamePath {
  const afterTeamAlias = words.afterTeamAlias ?? requested;
  const afterKeyAlias = words.afterKeyAlias ?? afterTeamAlias;
  return {
    requested,
    afterTeamAlias,
    afterKeyAlias,
    afterGroupAlias: words.afterGroupAlias ?? afterKeyAlias,
  };
}

function key(...keyModels: string[]) {
  return { keyModels, team: null };
}

function team(...models: string[]) {
  return { keyModels: [], team: aTeam({ models }) };
}

describe('a list of models', () => {
  it.each([
    [[], 'gpt-4', 'grants everything when empty'],
    [['all-proxy-models'], 'gpt-4', 'grants everything'],
    [['gpt-4'], 'gpt-4', 'grants a name'],
    [['openai/*'], 'openai/gpt-4o', 'grants what its wildcard covers'],
    [['*'], 'gpt-4', 'grants everything by a star'],
  ])('%j with %s: %s', (models, name) => {
    expect(deniedBy(key(...models), path(name))).toBeUndefined();
    expect(deniedBy(team(...models), path(name))).toBeUndefined();
  });

  it.each([
    [['gpt-3.5-turbo'], 'gpt-4'],
    [['no-default-models'], 'gpt-4'],
    [['no-default-models'], 'no-default-models'],
    [['all-team-models'], 'all-team-models'],
    [['openai/*'], 'azure/gpt-4o'],
    [['openai/gpt-4'], 'openai/gpt-4o'],
  ])('%j refuses %s', (models, name) => {
    expect(deniedBy(key(...models), path(name))).toBe('key');
    expect(deniedBy(team(...models), path(name))).toBe('team');
  });

  it('of a wildcard group grants its models, also when it names the group itself', () => {
    expect(deniedBy(key('openai/*'), path('openai/gpt-4o'), 'openai/*')).toBeUndefined();
    expect(deniedBy(key('openai/gpt-4o'), path('openai/o3'), 'openai/*')).toBe('key');
  });

  it('grants a deployment asked for by its id through the name of its group', () => {
    expect(deniedBy(key('gpt-4'), path('some-id'), 'gpt-4')).toBeUndefined();
  });
});

describe('an alias', () => {
  it('leads to a granted model: {"cheap":"gpt-3.5-turbo"} with models ["gpt-3.5-turbo"]', () => {
    expect(deniedBy(key('gpt-3.5-turbo'), path('cheap', { afterKeyAlias: 'gpt-3.5-turbo' }))).toBeUndefined();
  });

  it('of the configuration may be granted by either name', () => {
    const aliased = path('gpt-4', { afterGroupAlias: 'gpt-4-eu' });
    expect(deniedBy(key('gpt-4'), aliased)).toBeUndefined();
    expect(deniedBy(key('gpt-4-eu'), aliased)).toBeUndefined();
  });

  it('of the team keeps working for keys that name what their clients send', () => {
    expect(deniedBy(key('gpt-4'), path('gpt-4', { afterTeamAlias: 'gpt-4-eu' }))).toBeUndefined();
  });

  it('of a key cannot lead past the team', () => {
    const lists = { keyModels: [], team: aTeam({ models: ['gpt-3.5-turbo'] }) };
    expect(deniedBy(lists, path('gpt-3.5-turbo', { afterKeyAlias: 'gpt-4' }))).toBe('team');
  });
});

describe('all-team-models', () => {
  it('leaves the question to the team', () => {
    const lists = { keyModels: ['all-team-models'], team: aTeam({ models: ['gpt-4'] }) };
    expect(deniedBy(lists, path('gpt-4'))).toBeUndefined();
    expect(deniedBy(lists, path('gpt-5'))).toBe('team');
  });

  it('grants nothing to a key without a team', () => {
    expect(deniedBy(key('all-team-models'), path('gpt-4'))).toBe('key');
  });
});

describe('the list of a user', () => {
  const lists = (userModels: string[], keyModels: string[] = []) => ({ keyModels, userModels, team: null });

  it('binds a key beside its own list', () => {
    expect(deniedBy(lists(['gpt-4'], ['gpt-4', 'gpt-5']), path('gpt-4'))).toBeUndefined();
    expect(deniedBy(lists(['gpt-4'], ['gpt-4', 'gpt-5']), path('gpt-5'))).toBe('user');
    expect(deniedBy(lists(['gpt-4', 'gpt-5'], ['gpt-4']), path('gpt-5'))).toBe('key');
    expect(deniedBy(lists([]), path('gpt-5'))).toBeUndefined();
  });

  it("judges what an alias of the key leads to, not the alias' name", () => {
    expect(deniedBy(lists(['cheap']), path('cheap', { afterKeyAlias: 'gpt-5' }))).toBe('user');
    expect(deniedBy(lists(['gpt-5']), path('cheap', { afterKeyAlias: 'gpt-5' }))).toBeUndefined();
  });
});
