import { describe, expect, it } from 'vitest';
import { aCatalog, aDeployment, aTeam } from './testing-builders.js';
import { visibleModels } from './visible-models.js';

const catalog = aCatalog(
  [
    aDeployment({ id: '1', modelGroup: 'gpt-4' }),
    aDeployment({ id: '2', modelGroup: 'gpt-4' }),
    aDeployment({ id: '3', modelGroup: 'openai/*' }),
    aDeployment({ id: '4', modelGroup: 'reds-own', teamId: 'red' }),
  ],
  {
    groupAliases: {
      smart: { model: 'gpt-4', hidden: false },
      secret: { model: 'gpt-4', hidden: true },
      dangling: { model: 'gone', hidden: false },
    },
  },
);

describe('visibleModels', () => {
  it('lists groups once, wildcards as they are and aliases that are not hidden', () => {
    expect(visibleModels(catalog, { keyModels: [], team: null })).toEqual(['gpt-4', 'openai/*', 'smart']);
  });

  it('shows a team its own deployments and aliases', () => {
    const team = aTeam({ teamId: 'red', modelAliases: { best: 'gpt-4', nothing: 'gone' } });
    expect(visibleModels(catalog, { keyModels: [], team })).toEqual([
      'gpt-4',
      'openai/*',
      'reds-own',
      'smart',
      'best',
    ]);
  });

  it('leaves out what the lists of key and team do not grant', () => {
    expect(visibleModels(catalog, { keyModels: ['gpt-4'], team: null })).toEqual(['gpt-4', 'smart']);
    const team = aTeam({ models: ['openai/*'] });
    expect(visibleModels(catalog, { keyModels: [], team })).toEqual(['openai/*']);
    expect(visibleModels(catalog, { keyModels: ['gpt-4'], team })).toEqual([]);
  });

  it('names a single model that a list takes out of a wildcard group', () => {
    const viewer = { keyModels: ['openai/gpt-4o', 'unknown'], team: null };
    expect(visibleModels(catalog, viewer)).toEqual(['openai/gpt-4o']);
  });
});
