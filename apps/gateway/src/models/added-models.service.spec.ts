/** Real: HTTP, the whole gateway, NATS, the seal. Fake: the identity service that keeps models. */
import { loadCallSettings } from '@signalbox/calls';
import { checkAddedModel } from '@signalbox/config';
import {
  fault,
  FaultError,
  modelCreate,
  modelDelete,
  modelRead,
  modelUpdate,
  type StoredModel,
} from '@signalbox/contracts';
import { ModelSeal } from '@signalbox/live-settings';
import { aDeployment } from '@signalbox/routing/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayUnderTest } from '../spec-support/gateway-under-test.js';

const seal = new ModelSeal('words');
const secret = 'sk-of-the-provider';
const params = {
  model: 'openai/gpt-4o',
  api_base: 'https://eu.example/v1',
  api_key: secret,
  region_name: 'eu',
};

let under: GatewayUnderTest;
let stored: Map<string, StoredModel>;
/** Somebody else changes a model before each of the next updates. */
let overtakings = 0;

/** What all replicas do when they hear of a change. */
async function refresh(): Promise<void> {
  const { catalog, router } = under.settings.current;
  const added = [...stored.values()].flatMap(({ id, modelName, modelInfo, encryptedParams }) => {
    const checked = checkAddedModel(
      { id, modelName, modelInfo, params: seal.open(id, encryptedParams) },
      catalog,
    );
    return checked.ok ? checked.deployments : [];
  });
  const deployments = [...catalog.deployments.filter(({ isAdded }) => isAdded !== true), ...added];
  under.settings.replace(await loadCallSettings({ catalog: { ...catalog, deployments }, router }));
}

function keepModels(): void {
  const at = (id: string): StoredModel => {
    const model = stored.get(id);
    if (model === undefined) throw new FaultError(fault('record_not_found'));
    return model;
  };
  const kept = <Model extends StoredModel>(model: Model): Model => {
    stored.set(model.id, model);
    return model;
  };
  const times = { createdAt: '2026-11-21T10:00:00.000Z', updatedAt: '2026-11-21T10:00:00.000Z' };
  const { bus } = under;
  bus.answer(modelCreate, 'identity', (model) => kept({ ...model, ...times, revision: 1 }));
  bus.answer(modelRead, 'identity', ({ id }) => at(id));
  bus.answer(modelUpdate, 'identity', (model) => {
    if (overtakings > 0) {
      overtakings -= 1;
      kept({ ...at(model.id), revision: at(model.id).revision + 1 });
    }
    const { revision } = at(model.id);
    return {
      updated: revision === model.revision ? kept({ ...model, ...times, revision: revision + 1 }) : null,
    };
  });
  bus.answer(modelDelete, 'identity', ({ id }) => {
    stored.delete(at(id).id);
    return { id };
  });
}

async function sent(
  path: string,
  body: object,
  method = 'POST',
): Promise<{ status: number; body: unknown; text: string }> {
  const response = await fetch(`${under.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-master' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as unknown, text };
}

const messageOf = ({ body }: { body: unknown }): string =>
  (body as { error: { message: string } }).error.message;
const added = (id: string, words: object = {}) =>
  sent('/model/new', { model_name: 'added', litellm_params: { ...params, ...words }, model_info: { id } });
const opened = (id: string) => seal.open(id, stored.get(id)?.encryptedParams ?? '');

beforeAll(async () => {
  under = await GatewayUnderTest.start({
    deployments: [aDeployment({ id: 'of-the-file' })],
    models: { seal, isKnown: true, refresh, stop: () => Promise.resolve() },
  });
  keepModels();
  await under.bus.flush();
});
afterAll(() => under.stop());
beforeEach(async () => {
  stored = new Map();
  overtakings = 0;
  await refresh();
});

describe('a model', () => {
  it('is added, and told without its secrets', async () => {
    const { status, body, text } = await added('one', { rpm: 5 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      model_id: 'one',
      model_name: 'added',
      litellm_params: { model: 'openai/gpt-4o', region_name: 'eu', rpm: 5 },
      model_info: { id: 'one', db_model: true },
    });
    expect(text).not.toContain(secret);
    expect(opened('one')).toEqual({ ...params, rpm: 5 });
    expect(JSON.stringify([...stored.values()])).not.toContain('example');
    const listed = await (await under.get('/v1/model/info')).text();
    expect(listed).toContain('"db_model":true');
    expect(listed).not.toContain(secret);
  });

  it('gets an id where none is named', async () => {
    const { body } = await sent('/model/new', { model_name: 'added', litellm_params: params });
    expect([...stored.keys()]).toEqual([(body as { model_id: string }).model_id]);
  });

  it.each([
    ['POST', '/model/update', { model_info: { id: 'one', tier: 'paid' } }],
    ['PATCH', '/model/one/update', { model_info: { tier: 'paid' } }],
  ])('is changed by %s %s: what is absent stays, null clears', async (method, path, body) => {
    await added('one', { rpm: 5 });
    overtakings = 2;
    const change = { ...body, litellm_params: { rpm: null, tpm: 9, api_key: 'sk-rotated' } };
    const answer = await sent(path, change, method);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('sk-rotated');
    expect(opened('one')).toEqual({ ...params, api_key: 'sk-rotated', tpm: 9 });
    expect(stored.get('one')).toMatchObject({ modelName: 'added', modelInfo: { tier: 'paid' } });
  });

  it('is deleted', async () => {
    await added('one');
    const { body } = await sent('/model/delete', { id: 'one' });
    expect(body).toEqual({ message: 'Model: one deleted successfully' });
    expect(await (await under.get('/v1/model/info')).text()).not.toContain('"one"');
    expect((await sent('/model/delete', { id: 'one' })).status).toBe(404);
  });

  it.each([
    ['a fault of its parameters', { api_base: 'no address' }, 'litellm_params.api_base'],
    [
      'a variable of the server',
      { api_key: 'os.environ/SIGNALBOX_SALT_KEY' },
      'os.environ/ is for config.yaml only',
    ],
    ['more than a message takes', { extra: 'x'.repeat(20_000) }, 'too long'],
  ])('is refused for %s', async (_, words, told) => {
    const answer = await added('one', words);
    expect([answer.status, stored.size]).toEqual([422, 0]);
    expect(messageOf(answer)).toContain(told);
    expect(answer.text).not.toContain(secret);
  });

  it('of the file is not changed, deleted or hidden', async () => {
    const change = { model_info: { id: 'of-the-file' }, litellm_params: { rpm: 1 } };
    const answers = [
      await sent('/model/update', change),
      await sent('/model/of-the-file/update', { litellm_params: { rpm: 1 } }, 'PATCH'),
      await sent('/model/delete', { id: 'of-the-file' }),
      await added('of-the-file'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(messageOf(answers[0] ?? { body: {} })).toContain("Can't edit model. Model in config");
    expect(stored.size).toBe(0);
  });
});

it('lists models in pages', async () => {
  for (const id of ['a', 'b', 'c']) await added(id);
  const page = async (query: string) => {
    const { data, ...rest } = (await (await under.get(`/v2/model/info?${query}`)).json()) as {
      data: { model_info: { id: string } }[];
    };
    return [data.map(({ model_info: { id } }) => id), rest];
  };
  const rest = { total_count: 3, current_page: 2, total_pages: 2, size: 2 };
  expect(await page('search=ADD&size=2&page=2')).toEqual([['c'], rest]);
  expect(await page('modelId=b')).toMatchObject([['b'], { total_count: 1 }]);
  expect((await under.get('/v2/model/info?size=0')).status).toBe(422);
});

it('refuses to store secrets without a key to seal them', async () => {
  const without = await GatewayUnderTest.start({ deployments: [aDeployment({ id: 'of-the-file' })] });
  const response = await without.post('/model/new', { model_name: 'added', litellm_params: params });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('SIGNALBOX_SALT_KEY'),
  ]);
  await without.stop();
});
