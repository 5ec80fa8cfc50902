/** Real: NATS, and two sides of the bus. Fake: the identity service that keeps models. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AddedModel } from '@signalbox/config';
import { fault, FaultError, modelChanged, modelList, type StoredModel } from '@signalbox/contracts';
import { ensureBinaries, startNats, type RunningServer } from '@signalbox/local-stack';
import { connectBus, type Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelSeal } from './model-seal.js';
import { StoredModels } from './stored-models.js';

const dataDirectory = path.resolve(import.meta.dirname, '../../../.signalbox');
const seal = new ModelSeal('words');

let directory: string;
let nats: RunningServer;
let identity: Bus;
let asking: Bus;
let stored: StoredModel[];
let isAway: boolean;
let taken: (readonly AddedModel[])[];
let lines: string[];
let models: StoredModels | undefined;

const model = (id: string, words = seal): StoredModel => ({
  id,
  modelName: 'gpt-4o',
  encryptedParams: words.seal(id, { model: `openai/${id}` }),
  modelInfo: {},
  revision: 1,
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
});

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'signalbox-models-'));
  const [binary] = await ensureBinaries(['nats-server'], { dataDirectory });
  if (binary === undefined) throw new Error('no nats-server');
  nats = await startNats({ binary, directory });
  const logger = createLogger({ service: 'spec', level: 'silent' });
  identity = await connectBus({ servers: nats.url, name: 'identity', logger });
  asking = await connectBus({ servers: nats.url, name: 'asking', logger });
  identity.answer(modelList, 'identity', ({ page, size }) => {
    if (isAway) throw new FaultError(fault('identity_unavailable'));
    return { models: stored.slice((page - 1) * size, page * size), total: stored.length };
  });
  await identity.flush();
}, 120_000);
afterAll(async () => {
  await Promise.all([identity.drain(), asking.drain()]);
  await nats.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  stored = [];
  isAway = false;
  taken = [];
  lines = [];
});
afterEach(() => models?.stop());

async function follow(everyMs = 60_000): Promise<StoredModels> {
  const logger = createLogger({
    service: 'spec',
    level: 'info',
    destination: { write: (line) => lines.push(line) },
  });
  const onModels = (now: readonly AddedModel[]): Promise<void> => {
    taken.push(now);
    return Promise.resolve();
  };
  return (models = await StoredModels.follow({ bus: asking, seal, onModels, logger, everyMs }));
}

const idsTaken = (): string[][] => taken.map((some) => some.map(({ id }) => id));

describe('stored models', () => {
  it('are read at the start, all of them, and opened', async () => {
    stored = Array.from({ length: 120 }, (_, index) => model(`m${index}`));
    await follow();
    expect(idsTaken()).toEqual([stored.map(({ id }) => id)]);
    expect(taken[0]?.[7]).toEqual({
      id: 'm7',
      modelName: 'gpt-4o',
      modelInfo: {},
      params: { model: 'openai/m7' },
    });
  });

  it('are read again when somebody says that they changed', async () => {
    await follow();
    stored = [model('a')];
    identity.broadcast(modelChanged, { modelIds: ['a'] });
    await expect.poll(idsTaken).toEqual([[], ['a']]);
  });

  it('are found changed though nobody said so, and are not taken twice', async () => {
    await follow(5);
    stored = [model('a')];
    await expect.poll(idsTaken).toEqual([[], ['a']]);
    await models?.refresh();
    await models?.refresh();
    expect(idsTaken()).toEqual([[], ['a']]);
  });

  it('stay while they cannot be read', async () => {
    stored = [model('a')];
    await follow();
    isAway = true;
    await models?.refresh();
    expect(idsTaken()).toEqual([['a']]);
    expect(lines.join()).toContain('cannot be read');
    isAway = false;
    stored = [];
    await models?.refresh();
    expect(idsTaken()).toEqual([['a'], []]);
  });

  it('are not known until they were read once', async () => {
    isAway = true;
    await follow();
    expect(models?.isKnown).toBe(false);
    isAway = false;
    await models?.refresh();
    isAway = true;
    await models?.refresh();
    expect(models?.isKnown).toBe(true);
  });

  it('are left out one by one where the key does not fit', async () => {
    stored = [model('a', new ModelSeal('others')), model('b')];
    await follow();
    expect(idsTaken()).toEqual([['b']]);
    expect(lines.join()).toContain('sealed with another key');
  });
});
