import { expect, it } from 'vitest';
import { aCatalog, aDeployment, aTeam } from '../testing-builders.js';
import { namesOfModel } from './names-of-model.js';

const catalog = aCatalog(
  [
    aDeployment({ id: 'd1', modelGroup: 'gpt-4' }),
    aDeployment({ id: 'd2', modelGroup: 'openai/*', upstream: { model: '*' } }),
  ],
  { groupAliases: { best: { model: 'gpt-4', hidden: false } } },
);

it.each([
  ['gpt-4', ['gpt-4']],
  ['best', ['best', 'gpt-4']],
  ['cheap', ['cheap', 'best', 'gpt-4']],
  ['d1', ['d1', 'gpt-4']],
  ['openai/gpt-4o', ['openai/gpt-4o']],
  ['nobody', ['nobody']],
])('%s goes by %j', (model, names) => {
  const team = aTeam({ modelAliases: { cheap: 'best' } });
  expect(namesOfModel(catalog, { model, keyAliases: {}, team })).toEqual(names);
});
