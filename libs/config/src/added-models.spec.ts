import { describe, expect, it } from 'vitest';
import { checkAddedModel, withAddedModels, type AddedModel } from './added-models.js';
import { settingsOf } from './testing-settings.js';

const file = settingsOf(
  'model_list: [{model_name: gpt-4o, litellm_params: {model: openai/gpt-4o, api_key: k}, model_info: {id: of-the-file}}]',
);
const added = (id: string, params: object = {}): AddedModel => ({
  id,
  modelName: 'gpt-4o',
  params: { model: 'azure/gpt-4o', api_base: 'https://x.openai.azure.com', api_key: 'sk-secret', ...params },
  modelInfo: { tier: 'paid' },
});
const idsOf = (...models: AddedModel[]): string[] =>
  withAddedModels(file, models).settings.catalog.deployments.map(({ id }) => id);

describe('an added model', () => {
  it('is read as an entry of the file', () => {
    const checked = checkAddedModel(added('one', { region_name: 'swedencentral', rpm: 7 }), file.catalog);
    expect(checked).toMatchObject({
      ok: true,
      deployments: [
        {
          id: 'one',
          modelGroup: 'gpt-4o',
          region: { zone: 'eu' },
          limits: { rpm: 7 },
          modelInfo: { id: 'one', tier: 'paid' },
          isAdded: true,
        },
      ],
    });
  });

  it.each([
    ['no api_base', { api_base: null }, 'litellm_params.model'],
    ['a limit that is none', { rpm: -1 }, 'litellm_params.rpm'],
    ['a variable of the server', { api_key: 'os.environ/MASTER_KEY' }, 'litellm_params.api_key'],
    ['one at any depth', { extra_body: { a: ['os.environ/X'] } }, 'litellm_params.extra_body.a[0]'],
    ['a region that is no text', { region_name: ['eu'] }, 'litellm_params.region_name'],
  ])('is refused for %s', (_, params, place) => {
    const checked = checkAddedModel(added('one', params), file.catalog);
    expect(checked.ok ? [] : checked.faults.map(({ path }) => path)).toContain(place);
    expect(JSON.stringify(checked)).not.toContain('sk-secret');
  });
});

describe('a catalog with added models', () => {
  it('has them behind those of the file, in their order', () => {
    expect(idsOf(added('b'), added('a'))).toEqual(['of-the-file', 'b', 'a']);
  });

  it('has a version that follows them, and forgets a rotated key', () => {
    const versionOf = (...models: AddedModel[]): string =>
      withAddedModels(file, models).settings.catalog.version;
    expect(versionOf()).toBe(file.catalog.version);
    expect(versionOf(added('a'))).not.toBe(file.catalog.version);
    expect(versionOf(added('a', { api_key: 'another' }))).toBe(versionOf(added('a')));
    expect(versionOf(added('a', { region_name: 'us' }))).not.toBe(versionOf(added('a')));
  });

  it('leaves out what is no good or stands in the file, and keeps the rest', () => {
    const { settings, leftOut } = withAddedModels(file, [
      added('of-the-file'),
      added('bad', { rpm: 'many' }),
      added('good'),
    ]);
    expect(settings.catalog.deployments.map(({ id }) => id)).toEqual(['of-the-file', 'good']);
    expect(settings.catalog.deployments[0]?.isAdded).toBeUndefined();
    expect(leftOut.map(({ id }) => id)).toEqual(['of-the-file', 'bad']);
  });
});
