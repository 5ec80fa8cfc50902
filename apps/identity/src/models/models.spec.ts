// Real: NATS, Postgres and two replicas of the service. Nothing is fake.
import {
  modelChanged,
  modelCreate,
  modelDelete,
  modelList,
  modelRead,
  modelUpdate,
  valueOf,
  type CallContract,
  type StoredModel,
} from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { startIdentityUnderTest, type IdentityUnderTest } from '../spec-support/identity-under-test.js';

let under: IdentityUnderTest;
const announced: string[][] = [];

beforeAll(async () => {
  under = await startIdentityUnderTest();
  under.bus.listen(modelChanged, ({ modelIds }) => announced.push(modelIds));
  await under.bus.flush();
}, 120_000);
afterAll(async () => {
  await under.stop();
});

async function ask<Request extends z.ZodType, Value extends z.ZodType>(
  contract: CallContract<Request, Value>,
  request: z.input<Request>,
) {
  return valueOf(await under.bus.call(contract, request));
}

const fields = { modelName: 'gpt-4o', encryptedParams: 'v1.sealed', modelInfo: { tier: 'paid' } };

async function all(): Promise<StoredModel[]> {
  return (await ask(modelList, {})).models;
}

describe('models', () => {
  it('are kept as they came, in the order in which they came', async () => {
    const first = await ask(modelCreate, { id: 'z', ...fields });
    const second = await ask(modelCreate, { id: 'a', ...fields });
    expect(first).toMatchObject({ id: 'z', ...fields, revision: 1 });
    expect(await all()).toEqual([first, second]);
    expect(await ask(modelList, { page: 2, size: 1 })).toEqual({ models: [second], total: 2 });
    expect(await ask(modelRead, { id: 'z' })).toEqual(first);
  });

  it('have an id of their own', async () => {
    await expect(ask(modelCreate, { id: 'z', ...fields })).rejects.toThrow('already_exists');
  });

  it('are changed once by those who saw the same revision', async () => {
    const change = (modelName: string) => ask(modelUpdate, { id: 'z', ...fields, modelName, revision: 1 });
    const outcomes = await Promise.all([change('one'), change('other')]);
    expect(outcomes.filter(({ updated }) => updated?.revision === 2)).toHaveLength(1);
    expect(outcomes.filter(({ updated }) => updated === null)).toHaveLength(1);
  });

  it('are gone when they are deleted', async () => {
    await ask(modelDelete, { id: 'z' });
    expect((await all()).map(({ id }) => id)).toEqual(['a']);
    await expect(ask(modelDelete, { id: 'z' })).rejects.toThrow('record_not_found');
    await expect(ask(modelRead, { id: 'z' })).rejects.toThrow('record_not_found');
    await expect(ask(modelUpdate, { id: 'z', revision: 2, ...fields })).rejects.toThrow('record_not_found');
  });

  it('are announced with every change', async () => {
    await under.bus.flush();
    expect(announced).toEqual([['z'], ['a'], ['z'], ['z']]);
  });
});
