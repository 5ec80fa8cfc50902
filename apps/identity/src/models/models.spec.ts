// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  modelChanged,
  modelCreate,
  modelDelete,
  modelList,
  modelRead,
  modelUpdate,
  type StoredModel,
} from '@signalbox/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { useIdentity } from '../spec-support/use-identity.js';

const under = await useIdentity();
const announced: string[][] = [];

beforeAll(async () => {
  under.bus.listen(modelChanged, ({ modelIds }) => announced.push(modelIds));
  await under.bus.flush();
}, 120_000);

const fields = { modelName: 'gpt-4o', encryptedParams: 'v1.sealed', modelInfo: { tier: 'paid' } };

async function all(): Promise<StoredModel[]> {
  return (await under.ask(modelList, {})).models;
}

describe('models', () => {
  it('are kept as they came, in the order in which they came', async () => {
    const first = await under.ask(modelCreate, { id: 'z', ...fields });
    const second = await under.ask(modelCreate, { id: 'a', ...fields });
    expect(first).toMatchObject({ id: 'z', ...fields, revision: 1 });
    expect(await all()).toEqual([first, second]);
    expect(await under.ask(modelList, { page: 2, size: 1 })).toEqual({ models: [second], total: 2 });
    expect(await under.ask(modelRead, { id: 'z' })).toEqual(first);
  });

  it('have an id of their own', async () => {
    await expect(under.ask(modelCreate, { id: 'z', ...fields })).rejects.toThrow('already_exists');
  });

  it('are changed once by those who saw the same revision', async () => {
    const change = (modelName: string) =>
      under.ask(modelUpdate, { id: 'z', ...fields, modelName, revision: 1 });
    const outcomes = await Promise.all([change('one'), change('other')]);
    expect(outcomes.filter(({ updated }) => updated?.revision === 2)).toHaveLength(1);
    expect(outcomes.filter(({ updated }) => updated === null)).toHaveLength(1);
  });

  it('are gone when they are deleted', async () => {
    await under.ask(modelDelete, { id: 'z' });
    expect((await all()).map(({ id }) => id)).toEqual(['a']);
    await expect(under.ask(modelDelete, { id: 'z' })).rejects.toThrow('record_not_found');
    await expect(under.ask(modelRead, { id: 'z' })).rejects.toThrow('record_not_found');
    await expect(under.ask(modelUpdate, { id: 'z', revision: 2, ...fields })).rejects.toThrow(
      'record_not_found',
    );
  });

  it('are announced with every change', async () => {
    await under.bus.flush();
    expect(announced).toEqual([['z'], ['a'], ['z'], ['z']]);
  });
});
