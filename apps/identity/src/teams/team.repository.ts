import { Inject, Injectable } from '@nestjs/common';
import type { TeamNewSchema } from '@signalbox/contracts';
import { DATABASE, databaseFailure, type Database, type Prisma, type Team } from '@signalbox/database';
import type { z } from 'zod';
import { limitColumns } from '../limits/limit-columns.js';

export type TeamFields = Omit<z.output<typeof TeamNewSchema>, 'team_id'>;

/** The outcome of deleting teams: all of them, or none because some do not exist. */
export interface TeamDeletion {
  readonly missing: readonly string[];
  readonly keyHashes: readonly string[];
}

/** The table of teams. */
@Injectable()
export class TeamRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the id is taken. */
  async create(id: string, fields: TeamFields): Promise<Team | undefined> {
    try {
      return await this.database.team.create({ data: { id, ...columns(fields) } });
    } catch (error) {
      if (databaseFailure(error) === 'duplicate') return undefined;
      throw error;
    }
  }

  /** The changed team and its keys; undefined when there is no such team. */
  async update(id: string, fields: TeamFields): Promise<{ team: Team; keyHashes: string[] } | undefined> {
    try {
      const { keys, ...team } = await this.database.team.update({
        where: { id },
        data: columns(fields),
        include: { keys: { select: { hash: true } } },
      });
      return { team, keyHashes: keys.map(({ hash }) => hash) };
    } catch (error) {
      if (databaseFailure(error) === 'missing') return undefined;
      throw error;
    }
  }

  /** Deletes the teams and their keys, all or none. */
  deleteAll(ids: readonly string[]): Promise<TeamDeletion> {
    return this.database.$transaction(async (transaction) => {
      // The strong lock keeps anybody from adding a key meanwhile that would vanish unannounced.
      const found = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM teams WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
      const present = new Set(found.map(({ id }) => id));
      const missing = ids.filter((id) => !present.has(id));
      if (missing.length > 0) return { missing, keyHashes: [] };
      const keys = await transaction.apiKey.findMany({
        where: { teamId: { in: [...ids] } },
        select: { hash: true },
      });
      // Their keys go with them, by the foreign key's ON DELETE CASCADE.
      await transaction.team.deleteMany({ where: { id: { in: [...ids] } } });
      return { missing, keyHashes: keys.map(({ hash }) => hash) };
    });
  }

  /** The team and its keys, oldest first; null when there is no such team. */
  async findWithKeys(id: string): Promise<{ team: Team; keyHashes: string[] } | null> {
    const found = await this.database.team.findUnique({
      where: { id },
      include: { keys: { select: { hash: true }, orderBy: [{ createdAt: 'asc' }, { hash: 'asc' }] } },
    });
    if (found === null) return null;
    const { keys, ...team } = found;
    return { team, keyHashes: keys.map(({ hash }) => hash) };
  }

  /** One page, oldest first, and the count of all. */
  async list(page: number, size: number): Promise<{ records: Team[]; total: number }> {
    const [records, total] = await this.database.$transaction([
      this.database.team.findMany({
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        skip: (page - 1) * size,
        take: size,
      }),
      this.database.team.count(),
    ]);
    return { records, total };
  }
}

/** Absent fields stay out; null clears. */
function columns(fields: TeamFields) {
  return {
    ...(fields.team_alias !== undefined && { alias: fields.team_alias }),
    ...(fields.models !== undefined && { models: fields.models ?? [] }),
    ...(fields.model_aliases !== undefined && { modelAliases: fields.model_aliases ?? {} }),
    ...(fields.members_with_roles !== undefined && { members: fields.members_with_roles ?? [] }),
    ...(fields.metadata !== undefined && { metadata: (fields.metadata ?? {}) as Prisma.InputJsonObject }),
    ...(fields.tags !== undefined && { tags: fields.tags ?? [] }),
    ...(fields.blocked !== undefined && { blocked: fields.blocked ?? false }),
    ...limitColumns(fields),
  };
}
