import { aCatalog, aDeployment } from '@signalbox/routing/testing';
import { expect, it } from 'vitest';
import { checkDefaultModel } from './default-model.js';

const catalog = aCatalog(
  [aDeployment({ modelGroup: 'gpt-4' }), aDeployment({ id: 'any', modelGroup: 'openai/*' })],
  {
    groupAliases: { cheap: { model: 'gpt-4', hidden: false } },
  },
);

it.each(['gpt-4', 'cheap', 'openai/o3', null, undefined])('takes %j', (model) => {
  expect(() => {
    checkDefaultModel(catalog, model);
  }).not.toThrow();
});

it('refuses a model that nobody serves, and names the field', () => {
  expect(() => {
    checkDefaultModel(catalog, 'nothing');
  }).toThrow(
    expect.objectContaining({
      fault: expect.objectContaining({ code: 'validation_error', param: 'default_model' }) as unknown,
    }) as Error,
  );
});
