import { Inject, Injectable } from '@nestjs/common';
import type { SharedBudgetFields } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database, type SharedBudget } from '@signalbox/database';
import { limitColumns } from '../limits/limit-columns.js';

/** The table of budgets that several hold. */
@Injectable()
export class SharedBudgetRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the id is taken. */
  async create(id: string, fields: SharedBudgetFields): Promise<SharedBudget | undefined> {
    try {
      return await this.database.sharedBudget.create({ data: { id, ...limitColumns(fields) } });
    } catch (error) {
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such budget. */
  async update(id: string, fields: SharedBudgetFields): Promise<SharedBudget | undefined> {
    try {
      return await this.database.sharedBudget.update({ where: { id }, data: limitColumns(fields) });
    } catch (error) {
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such budget, `held` when somebody has it. */
  async delete(id: string): Promise<SharedBudget | 'held' | undefined> {
    try {
      return await this.database.sharedBudget.delete({ where: { id } });
    } catch (error) {
      if (databaseFailure(error) !== 'missing') throw error;
      return (await this.database.sharedBudget.findUnique({ where: { id } })) === null ? undefined : 'held';
    }
  }

  find(id: string): Promise<SharedBudget | null> {
    return this.database.sharedBudget.findUnique({ where: { id } });
  }

  /** Those of the ids that there are. */
  findAll(ids: readonly string[]): Promise<SharedBudget[]> {
    return this.database.sharedBudget.findMany({ where: { id: { in: [...ids] } } });
  }

  /** One page by id, and the count of all. */
  async list(page: number, size: number): Promise<{ records: SharedBudget[]; total: number }> {
    const [records, total] = await this.database.$transaction([
      this.database.sharedBudget.findMany({ orderBy: { id: 'asc' }, skip: (page - 1) * size, take: size }),
      this.database.sharedBudget.count(),
    ]);
    return { records, total };
  }
}
