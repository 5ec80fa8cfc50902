import { Inject, Injectable } from '@nestjs/common';
import type { TagFields } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database } from '@signalbox/database';
import { holderColumns, refuseBudgets, withBudget } from '../limits/holder-columns.js';
import type { TagWithBudget } from './tag-row.js';

/** The table of tags. */
@Injectable()
export class TagRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the name is taken. */
  async create(name: string, fields: TagFields): Promise<TagWithBudget | undefined> {
    try {
      return await this.database.tag.create({ data: { name, ...columns(fields) }, include: withBudget });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such tag. */
  async update(name: string, fields: TagFields): Promise<TagWithBudget | undefined> {
    try {
      return await this.database.tag.update({ where: { name }, data: columns(fields), include: withBudget });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** False when there is no such tag. */
  async delete(name: string): Promise<boolean> {
    const { count } = await this.database.tag.deleteMany({ where: { name } });
    return count > 0;
  }

  /** Those of the names that there are. */
  findAll(names: readonly string[]): Promise<TagWithBudget[]> {
    return this.database.tag.findMany({ where: { name: { in: [...names] } }, include: withBudget });
  }

  /** One page by name, and the count of all. */
  async list(page: number, size: number): Promise<{ records: TagWithBudget[]; total: number }> {
    const [records, total] = await this.database.$transaction([
      this.database.tag.findMany({
        include: withBudget,
        orderBy: { name: 'asc' },
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.tag.count(),
    ]);
    return { records, total };
  }

  /** The next so many by name. */
  listAfter(name: string, size: number): Promise<TagWithBudget[]> {
    return this.database.tag.findMany({
      where: { name: { gt: name } },
      include: withBudget,
      orderBy: { name: 'asc' },
      take: size,
    });
  }
}

/** Absent fields stay out; null clears. */
function columns(fields: TagFields) {
  const { description } = fields;
  return { ...(description !== undefined && { description }), ...holderColumns(fields) };
}
