import { Inject, Injectable } from '@nestjs/common';
import type { EndUserFields, endUserList } from '@signalbox/contracts';
import { DATABASE, databaseFailure, Prisma, type Database } from '@signalbox/database';
import type { z } from 'zod';
import { holderColumns, refuseBudgets, withBudget } from '../limits/holder-columns.js';
import { modelLimitColumns } from '../limits/model-limit-columns.js';
import { regionColumn } from '../residency/region-columns.js';
import type { EndUserWithBudget } from './end-user-row.js';

type EndUserQuery = z.output<typeof endUserList.request>;

/** The table of end users. */
@Injectable()
export class EndUserRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  find(id: string): Promise<EndUserWithBudget | null> {
    return this.database.endUser.findUnique({ where: { id }, include: withBudget });
  }

  /** The record, made without restrictions if there is none; of two that come together one makes it. */
  async findOrCreate(id: string): Promise<EndUserWithBudget> {
    const known = await this.find(id);
    if (known !== null) return known;
    await this.database.endUser.createMany({ data: { id }, skipDuplicates: true });
    // Read, not assumed: somebody else may have made it, with restrictions.
    return this.database.endUser.findUniqueOrThrow({ where: { id }, include: withBudget });
  }

  /** Undefined when the id is taken. */
  async create(id: string, fields: EndUserFields): Promise<EndUserWithBudget | undefined> {
    try {
      return await this.database.endUser.create({ data: { id, ...columns(fields) }, include: withBudget });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** Undefined when there is no such record. */
  async update(id: string, fields: EndUserFields): Promise<EndUserWithBudget | undefined> {
    try {
      return await this.database.endUser.update({
        where: { id },
        data: columns(fields),
        include: withBudget,
      });
    } catch (error) {
      refuseBudgets(error, fields);
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Deletes all of them, or none and returns the ids that do not exist. */
  deleteAll(ids: readonly string[]): Promise<readonly string[]> {
    return this.database.$transaction(async (transaction) => {
      const where = { id: { in: [...ids] } };
      const found = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM end_users WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
      const present = new Set(found.map(({ id }) => id));
      const missing = ids.filter((id) => !present.has(id));
      if (missing.length === 0) await transaction.endUser.deleteMany({ where });
      return missing;
    });
  }

  /** Sets the mark on all of them, making records for ids never seen, and returns them in the order given. */
  async block(ids: readonly string[], blocked: boolean): Promise<EndUserWithBudget[]> {
    // One statement, and always in one order, so that two calls about the same ids cannot wait for each other.
    const sorted = [...ids].sort();
    await this.database.$executeRaw`
      INSERT INTO end_users (id, blocked) SELECT unnest(${sorted}::text[]), ${blocked}
      ON CONFLICT (id) DO UPDATE SET blocked = EXCLUDED.blocked, updated_at = CURRENT_TIMESTAMP`;
    const records = await this.database.endUser.findMany({
      where: { id: { in: sorted } },
      include: withBudget,
    });
    const byId = new Map(records.map((record) => [record.id, record]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** One page by id, and the count of all that match. */
  async list(query: EndUserQuery): Promise<{ records: EndUserWithBudget[]; total: number }> {
    const { page, size } = query;
    const where = condition(query);
    const [records, total] = await this.database.$transaction([
      this.database.endUser.findMany({
        where,
        include: withBudget,
        orderBy: { id: 'asc' },
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.endUser.count({ where }),
    ]);
    return { records, total };
  }
}

function condition(query: EndUserQuery): Prisma.EndUserWhereInput {
  const { user_id: id, alias, blocked, allowed_model_region: region } = query;
  return {
    ...(id !== undefined && { id: { contains: id } }),
    ...(alias !== undefined && { alias: { contains: alias, mode: 'insensitive' } }),
    ...(blocked !== undefined && { blocked }),
    ...(region !== undefined && {
      OR: [{ allowedRegion: { equals: region } }, { allowedRegion: { array_contains: [region] } }],
    }),
  };
}

/** Absent fields stay out; null clears. */
function columns(fields: EndUserFields) {
  const { alias, blocked, default_model: defaultModel } = fields;
  return {
    ...(alias !== undefined && { alias }),
    ...(blocked !== undefined && { blocked: blocked ?? false }),
    ...regionColumn(fields),
    ...(defaultModel !== undefined && { defaultModel }),
    ...holderColumns(fields),
    ...modelLimitColumns(fields),
  };
}
