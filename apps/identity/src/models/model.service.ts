import { Inject, Injectable } from '@nestjs/common';
import { modelChanged, type modelCreate, type modelUpdate, type StoredModel } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';
import { refusal } from '../failures/refusal.js';
import { BUS } from '../identity.tokens.js';
import { modelRow } from './model-row.js';
import { ModelRepository } from './model.repository.js';

/** Keeps models for gateways and routers, which check them and alone can read them. */
@Injectable()
export class ModelService {
  constructor(
    private readonly models: ModelRepository,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  async create({ id, ...fields }: z.output<typeof modelCreate.request>): Promise<StoredModel> {
    const record = await this.models.create(id, fields);
    if (record === undefined) {
      throw refusal('already_exists', `Model id = ${id} already exists.`, 'model_info.id');
    }
    return this.announced(modelRow(record));
  }

  async update({
    id,
    revision,
    ...fields
  }: z.output<typeof modelUpdate.request>): Promise<{ updated: StoredModel | null }> {
    const record = await this.models.update(id, revision, fields);
    if (record !== undefined) return { updated: this.announced(modelRow(record)) };
    await this.read(id);
    return { updated: null };
  }

  async delete(id: string): Promise<{ id: string }> {
    if (!(await this.models.delete(id))) throw unknownModel(id);
    return this.announced({ id });
  }

  async read(id: string): Promise<StoredModel> {
    const record = await this.models.find(id);
    if (record === null) throw unknownModel(id);
    return modelRow(record);
  }

  async list(page: number, size: number): Promise<{ models: StoredModel[]; total: number }> {
    const { records, total } = await this.models.list(page, size);
    return { models: records.map(modelRow), total };
  }

  /** After the commit, never before. */
  private announced<Changed extends { readonly id: string }>(changed: Changed): Changed {
    this.bus.broadcast(modelChanged, { modelIds: [changed.id] });
    return changed;
  }
}

/** LiteLLM's words for it. */
function unknownModel(id: string) {
  return refusal('record_not_found', `Model with id=${id} not found in db`, 'id');
}
