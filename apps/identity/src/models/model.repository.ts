import { Inject, Injectable } from '@nestjs/common';
import type { modelCreate } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database, type Prisma, type StoredModel } from '@signalbox/database';
import type { z } from 'zod';

type ModelFields = Omit<z.output<typeof modelCreate.request>, 'id'>;

/** The table of models. */
@Injectable()
export class ModelRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the id is taken. */
  async create(id: string, fields: ModelFields): Promise<StoredModel | undefined> {
    try {
      return await this.database.storedModel.create({ data: { id, ...columns(fields) } });
    } catch (error) {
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such model, or it was changed since this revision. */
  async update(id: string, revision: number, fields: ModelFields): Promise<StoredModel | undefined> {
    const data = { ...columns(fields), revision: revision + 1 };
    const [updated] = await this.database.storedModel.updateManyAndReturn({ where: { id, revision }, data });
    return updated;
  }

  /** False when there is no such model. */
  async delete(id: string): Promise<boolean> {
    const { count } = await this.database.storedModel.deleteMany({ where: { id } });
    return count > 0;
  }

  find(id: string): Promise<StoredModel | null> {
    return this.database.storedModel.findUnique({ where: { id } });
  }

  /** One page, oldest first, and the count of all. */
  async list(page: number, size: number): Promise<{ records: StoredModel[]; total: number }> {
    const [records, total] = await this.database.$transaction([
      this.database.storedModel.findMany({
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.storedModel.count(),
    ]);
    return { records, total };
  }
}

function columns({ modelName, encryptedParams, modelInfo }: ModelFields) {
  return { name: modelName, encryptedParams, info: modelInfo as Prisma.InputJsonObject };
}
